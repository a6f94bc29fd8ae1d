import { siteSlug } from '@footfall/schema';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { By } from '../access/audit.js';
import { authorize } from '../access/authorize.js';
import { authorizeReader } from '../access/authorize-reader.js';
import { actorOf } from '../access/principal.js';
import type { Database } from '../db/database.js';
import { sqlstateOf } from '../db/failure.js';
import { smallBody } from '../limit-body.js';
import { dimensionName } from '../query/filters/filter-schema.js';
import { runGuarded } from '../query/run-guarded.js';
import { Refusal } from '../refusal.js';
import { funnels } from '../reports/funnels.js';
import { parseWith, readInput, splitInput } from '../reports/read-request.js';
import { runReport } from '../reports/run-report.js';
import { savedFunnels, savedKinds } from './kinds.js';
import type { SavedKind } from './saved-kind.js';
import { addSaved, deleteSaved, findSaved, listSaved, replaceSaved } from './saved-store.js';

export type SavedDeps = { database: Database; now: () => number };

export const siteOnly = z.looseObject({ site: siteSlug });
export const writers = ['owner', 'admin'] as const;

/** `/api/v1/goals`, `/segments`, `/annotations` and `/saved-funnels`: who may read the site sees them, its admins change them. */
export function savedRoutes(deps: SavedDeps): Hono {
  const routes = new Hono();
  for (const kind of savedKinds) addKind(routes, kind, deps);
  addFunnelRuns(routes, deps);
  return routes;
}

function addKind(routes: Hono, kind: SavedKind, deps: SavedDeps): void {
  const { database } = deps;
  const path = `/api/v1/${kind.path}`;
  routes.get(path, async (c) => {
    const { site } = parseWith(siteOnly, await readInput(c));
    await authorizeReader(database, { header: c.req.header('authorization'), site });
    return answer(c, { [kind.table]: await listSaved(database, kind, site) });
  });
  routes.post(path, smallBody, async (c) => {
    const { site, value, by } = await readWrite(c, deps, kind);
    const saved = await addSaved(database, kind, { site, value }, by);
    if (!saved) throw taken(kind, value);
    return c.json(saved, 201);
  });
  routes.put(`${path}/:id`, smallBody, async (c) => {
    const { site, value, by } = await readWrite(c, deps, kind);
    const place = { site, id: c.req.param('id') };
    const saved = await replaceSaved(database, kind, { ...place, value }, by).catch((error) => {
      throw sqlstateOf(error) === uniqueViolation ? taken(kind, value) : error;
    });
    if (!saved) throw missing(kind.noun, place.id);
    return answer(c, saved);
  });
  routes.delete(`${path}/:id`, async (c) => {
    const { site } = parseWith(siteOnly, c.req.query());
    const by = await requireWriter(c, deps, site);
    const place = { site, id: c.req.param('id') };
    if (!(await deleteSaved(database, kind, place, by))) throw missing(kind.noun, place.id);
    return c.body(null, 204);
  });
}

/** The parameters of `GET /api/v1/saved-funnels/{id}/report`, beside those of every report. */
export const funnelRunSchema = z.strictObject({ breakdown: dimensionName.optional() });

function addFunnelRuns(routes: Hono, { database, now }: SavedDeps): void {
  routes.get('/api/v1/saved-funnels/:id/report', async (c) => {
    const { common, parameters } = splitInput(await readInput(c), funnelRunSchema);
    const { site } = common;
    await authorizeReader(database, { header: c.req.header('authorization'), site });
    const id = c.req.param('id');
    const body = await runGuarded(() =>
      database.withSite(site, async (tx) => {
        const saved = await findSaved(tx, savedFunnels, { site, id });
        if (!saved) throw missing(savedFunnels.noun, id);
        const asked = { ...(saved.parameters as object), ...parameters };
        const report = await runReport(tx, funnels, { common, parameters: asked, now: now() });
        return { id, name: saved.name, ...report };
      }),
    );
    return answer(c, body);
  });
}

function answer(c: Context, body: object): Response {
  return c.json(body, 200, { 'cache-control': 'no-store' });
}

async function readWrite(c: Context, deps: SavedDeps, { schema, check }: SavedKind) {
  const { site, ...given } = parseWith(siteOnly, await readInput(c));
  const by = await requireWriter(c, deps, site);
  const value = parseWith(schema, given);
  await check?.(deps.database, site, value);
  return { site, value, by };
}

async function requireWriter(c: Context, { database, now }: SavedDeps, site: string): Promise<By> {
  const header = c.req.header('authorization');
  return { actor: actorOf(await authorize(database, { header, allowed: writers, site })), at: now() };
}

const uniqueViolation = '23505';

function taken({ noun }: SavedKind, { name }: Record<string, unknown>): Refusal {
  return new Refusal(409, 'taken', `name: there is a ${noun} "${String(name)}" already`, { path: 'name' });
}

function missing(noun: string, id: string): Refusal {
  return new Refusal(404, 'not_found', `id: there is no ${noun} "${id}"`, { path: 'id' });
}
