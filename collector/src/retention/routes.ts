import { siteSlug } from '@footfall/schema';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import { unknownSite } from '../access/known-site.js';
import { actorOf } from '../access/principal.js';
import { changeSite } from '../access/site-settings.js';
import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { maxDays, minSessionDays, type Retention, readRetention, retentionPresets } from './settings.js';

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
export function retentionRoutes({ database }: { database: Database }): Hono {
  const routes = new Hono();
  routes.get('/api/v1/sites/:site/retention', async (c) => {
    const { site } = parse(z.object({ site: siteSlug }), c.req.param());
    await authorize(database, {
      header: c.req.header('authorization'),
      allowed: ['owner', 'admin', 'analyst'],
      site,
    });
    return c.json(await describe(database, site));
  });
  routes.put('/api/v1/retention', async (c) => {
    const { site, preset, ...days } = parse(retentionSchema, await c.req.json().catch(() => null));
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

function parse<Value>(schema: z.ZodType<Value>, input: unknown): Value {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join('.') || 'body';
  throw new Refusal(400, 'bad_request', `${path}: ${issue?.message ?? 'does not fit'}`, { path });
}

async function describe(database: Database, site: string) {
  const retention = await readRetention(database, site);
  if (!retention) throw unknownSite(site);
  return { site, ...retention, presets: retentionPresets };
}
