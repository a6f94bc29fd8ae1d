import { siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { unknownSite } from '../access/known-site.js';
import { defaultOverlapHours, maxOverlapHours, rotateSiteKey } from '../access/rotate-site-key.js';
import type { SiteKeys } from '../access/site-keys.js';
import {
  changeSite,
  listSiteSettings,
  type SiteSettings,
  siteChangesSchema,
} from '../access/site-settings.js';
import { addSite } from '../access/sites.js';
import { parseInput, readInput } from '../read-input.js';
import { Refusal } from '../refusal.js';
import { type AdministrationDeps, requireAdministrator } from './require-administrator.js';

export type SiteDeps = AdministrationDeps & {
  siteKeys: Pick<SiteKeys, 'renew'>;
  /** How many days a new site keeps its events, null all of them. */
  retentionDays?: number | null;
};

/** What `POST /api/v1/sites` takes. */
export const newSiteSchema = siteChangesSchema.extend({ site: siteSlug });

/** What `POST …/rotate-key` takes. */
export const overlapSchema = z.strictObject({
  overlapHours: z
    .number({ error: 'expected hours' })
    .min(0, { error: 'expected 0 (at once) or more hours' })
    .max(maxOverlapHours, { error: `expected at most ${maxOverlapHours} hours` })
    .default(defaultOverlapHours),
});

const base = '/api/v1/sites';
const one = `${base}/:site`;
const placeSchema = z.object({ site: siteSlug });
const noStore = { 'cache-control': 'no-store' };

/** `/api/v1/sites`: list and create, read and change one, rotate its public key. */
export function siteRoutes(deps: SiteDeps): Hono<{ Bindings: HttpBindings }> {
  const { database, siteKeys, retentionDays = null } = deps;
  const routes = new Hono<{ Bindings: HttpBindings }>();

  routes.get(base, async (c) => {
    const { sites } = await requireAdministrator(deps, c);
    return c.json({ sites: await listSiteSettings(database, { sites, now: deps.now() }) }, 200, noStore);
  });

  routes.post(base, async (c) => {
    const { sites, by } = await requireAdministrator(deps, c);
    if (sites !== null)
      throw new Refusal(403, 'site', 'authorization: a key of some sites makes no others', {
        path: 'authorization',
      });
    const { site, ...changes } = parseInput(newSiteSchema, await readInput(c.env.incoming), 'bad_site');
    const added = await addSite(database, { site, name: changes.name ?? site, retentionDays, changes }, by);
    if (added === undefined)
      throw new Refusal(409, 'taken', `site: there is a site "${site}" already`, { path: 'site' });
    siteKeys.renew();
    return c.json(await describe(deps, site), 201, noStore);
  });

  routes.get(one, async (c) => {
    const { site } = parseInput(placeSchema, c.req.param(), 'bad_site');
    await requireAdministrator(deps, c, { site });
    return c.json(await describe(deps, site), 200, noStore);
  });

  routes.patch(one, async (c) => {
    const { site } = parseInput(placeSchema, c.req.param(), 'bad_site');
    const { by } = await requireAdministrator(deps, c, { site });
    const changes = parseInput(siteChangesSchema, await readInput(c.env.incoming), 'bad_site');
    if (!(await changeSite(database, { site, changes }, by))) throw unknownSite(site);
    siteKeys.renew();
    return c.json(await describe(deps, site), 200, noStore);
  });

  routes.post(`${one}/rotate-key`, async (c) => {
    const { site } = parseInput(placeSchema, c.req.param(), 'bad_site');
    const { by } = await requireAdministrator(deps, c, { site });
    const { overlapHours } = parseInput(overlapSchema, await readInput(c.env.incoming), 'bad_site');
    const rotated = await rotateSiteKey(database, { site, overlapHours }, by);
    if (!rotated) throw unknownSite(site);
    siteKeys.renew();
    return c.json({ site, ...rotated }, 201, noStore);
  });
  return routes;
}

async function describe({ database, now }: SiteDeps, site: string): Promise<SiteSettings> {
  const [settings] = await listSiteSettings(database, { sites: [site], now: now() });
  if (!settings) throw unknownSite(site);
  return settings;
}
