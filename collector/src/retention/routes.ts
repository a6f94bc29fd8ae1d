import { siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import { unknownSite } from '../access/known-site.js';
import { actorOf } from '../access/principal.js';
import { changeSite } from '../access/site-settings.js';
import type { Database } from '../db/database.js';
import { parseInput, readInput } from '../read-input.js';
import { maxDays, minSessionDays, type Retention, readRetention, retentionPresets } from './settings.js';

type Environment = { Bindings: HttpBindings };

const presetNames = Object.keys(retentionPresets) as (keyof typeof retentionPresets)[];

/** The body of `PUT /api/v1/retention`. */
export const retentionSchema = z.strictObject({
  site: siteSlug,
  preset: z.enum(presetNames).optional(),
  events: z.int().min(1).max(maxDays).nullable().optional(),
  sessions: z.int().min(minSessionDays).max(maxDays).nullable().optional(),
});

/**
 * `PUT /api/v1/retention` says how many days a site keeps events and sessions, null everything;
 * `GET /api/v1/sites/{site}/retention` reads it: what GET asks for at the first is the report of who came back.
 */
export function retentionRoutes({ database }: { database: Database }): Hono<Environment> {
  const routes = new Hono<Environment>();
  routes.get('/api/v1/sites/:site/retention', async (c) => {
    const { site } = parseInput(z.object({ site: siteSlug }), c.req.param(), 'bad_request');
    await authorize(database, {
      header: c.req.header('authorization'),
      allowed: ['owner', 'admin', 'analyst'],
      site,
    });
    return c.json(await describe(database, site));
  });
  routes.put('/api/v1/retention', async (c) => {
    const { site, preset, ...days } = parseInput(
      retentionSchema,
      await readInput(c.env.incoming),
      'bad_request',
    );
    const header = c.req.header('authorization');
    const principal = await authorize(database, { header, allowed: ['owner', 'admin'], site });
    const retention = { ...(preset && retentionPresets[preset]), ...withoutUndefined(days) };
    await changeSite(database, { site, changes: { retention } }, { actor: actorOf(principal) });
    return c.json(await describe(database, site));
  });
  return routes;
}

type Days = { events?: number | null | undefined; sessions?: number | null | undefined };

function withoutUndefined({ events, sessions }: Days): Partial<Retention> {
  return { ...(events !== undefined && { events }), ...(sessions !== undefined && { sessions }) };
}

async function describe(database: Database, site: string) {
  const retention = await readRetention(database, site);
  if (!retention) throw unknownSite(site);
  return { site, ...retention, presets: retentionPresets };
}
