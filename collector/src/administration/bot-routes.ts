import { siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { unknownSite } from '../access/known-site.js';
import { judgeReason, listBotReasons } from '../bots/judge-reason.js';
import { safeText } from '../query/filters/filter-schema.js';
import { parseInput, readInput } from '../read-input.js';
import { type AdministrationDeps, requireAdministrator } from './require-administrator.js';

/** What `GET /api/v1/bot-reasons` takes. */
export const botReasonQuery = z.strictObject({ site: siteSlug });

/** What `PUT /api/v1/bot-reasons` takes. */
export const botReasonSchema = z.strictObject({
  site: siteSlug,
  reason: safeText.min(1).max(500),
  isHuman: z.boolean({ error: 'expected true (people) or false (bots)' }),
});

const path = '/api/v1/bot-reasons';
const noStore = { 'cache-control': 'no-store' };

/** `/api/v1/bot-reasons`: for what clients of a site were taken for bots, and to say of a reason that they are people. */
export function botRoutes(deps: AdministrationDeps): Hono<{ Bindings: HttpBindings }> {
  const { database } = deps;
  const routes = new Hono<{ Bindings: HttpBindings }>();

  routes.get(path, async (c) => {
    const { site } = parseInput(botReasonQuery, c.req.query(), 'bad_query');
    await requireAdministrator(deps, c, { site, allowed: ['owner', 'admin', 'analyst'] });
    return c.json({ reasons: await listBotReasons(database, site) }, 200, noStore);
  });

  routes.put(path, async (c) => {
    const verdict = parseInput(botReasonSchema, await readInput(c.env.incoming), 'bad_verdict');
    const { by } = await requireAdministrator(deps, c, { site: verdict.site });
    const changed = await judgeReason(database, verdict, by);
    if (changed === undefined) throw unknownSite(verdict.site);
    return c.json({ ...verdict, changed }, 200, noStore);
  });
  return routes;
}
