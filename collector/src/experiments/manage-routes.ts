import {
  draftChangeSchema,
  experimentKey,
  layerSchema,
  newExperimentSchema,
  newPhaseSchema,
  rampSchema,
  siteSlug,
  stopSchema,
} from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import { actorOf, type Principal } from '../access/principal.js';
import type { Database } from '../db/database.js';
import { parseInput, readInput } from '../read-input.js';
import {
  archiveExperiment,
  beginNewPhase,
  rampExperiment,
  startExperiment,
  stopExperiment,
  updateExperiment,
} from './change-experiment.js';
import type { Configs } from './configs.js';
import { createExperiment } from './create-experiment.js';
import type { Author } from './experiment-rows.js';
import { listLayers, setLayer } from './layers.js';
import { previewParameter, signPreview } from './preview.js';
import { findExperiment, loadExperiments, type StoredExperiment } from './stored-experiment.js';

export type ManageDeps = { database: Database; now: () => number; configs: Configs };

type Environment = { Bindings: HttpBindings };

const readers = ['owner', 'admin', 'analyst'] as const;
const writers = ['owner', 'admin'] as const;
const base = '/api/v1/experiments';
const one = `${base}/:key`;
const maxPreviewDays = 30;
const dayMs = 86_400_000;

const targetSchema = z.object({ site: siteSlug, key: experimentKey });
/** The body of `POST …/{key}/preview`. */
export const previewSchema = z.strictObject({
  variation: experimentKey,
  url: z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' }),
  days: z.number().min(0).max(maxPreviewDays).default(1),
});

/** The management of experiments under `/api/v1/experiments` and `/api/v1/experiment-layers`. */
export function manageRoutes(deps: ManageDeps): Hono<Environment> {
  const { database, configs } = deps;
  const routes = new Hono<Environment>();

  routes.post(base, async (c) => {
    const input = parseInput(newExperimentSchema, await readInput(c.env.incoming), 'bad_experiment');
    const author = await requireAuthor(deps, c, input.site);
    const created = await createExperiment(database, input, author);
    configs.forget(input.site);
    return c.json(created, 201);
  });

  routes.get(base, async (c) => {
    const site = readSite(c);
    await requireReader(deps, c, site);
    const loaded = await database.withSite(site, (tx) => loadExperiments(tx, { site }));
    return c.json({ experiments: loaded.map(({ experiment }) => experiment) });
  });

  routes.get(one, async (c) => {
    const target = readTarget(c);
    await requireReader(deps, c, target.site);
    return c.json(await database.withSite(target.site, (tx) => findExperiment(tx, target)));
  });

  addChanges(routes, deps);
  addLayers(routes, deps);
  return routes;
}

type Target = z.infer<typeof targetSchema>;
type Apply = (target: Target, input: unknown, author: Author) => Promise<StoredExperiment>;

function addChanges(routes: Hono<Environment>, deps: ManageDeps): void {
  const { database, configs } = deps;
  const parse = <Schema extends z.ZodType>(schema: Schema, input: unknown) =>
    parseInput(schema, input ?? {}, 'bad_experiment');

  function add(method: 'post' | 'patch', path: string, apply: Apply): void {
    routes[method](path, async (c) => {
      const target = readTarget(c);
      const input = hasBody(c) ? await readInput(c.env.incoming) : undefined;
      const author = await requireAuthor(deps, c, target.site);
      const changed = await apply(target, input, author);
      configs.forget(target.site);
      return c.json(changed);
    });
  }

  add('patch', one, (target, input, author) =>
    updateExperiment(database, target, { change: parse(draftChangeSchema, input), ...author }),
  );
  add('post', `${one}/start`, (target, _, author) => startExperiment(database, target, author));
  add('post', `${one}/ramp`, (target, input, author) =>
    rampExperiment(database, target, { ...parse(rampSchema, input), ...author }),
  );
  add('post', `${one}/phases`, (target, input, author) =>
    beginNewPhase(database, target, { phase: parse(newPhaseSchema, input), ...author }),
  );
  add('post', `${one}/stop`, (target, input, author) =>
    stopExperiment(database, target, { ...parse(stopSchema, input), ...author }),
  );
  add('post', `${one}/archive`, (target, _, author) => archiveExperiment(database, target, author));

  routes.post(`${one}/preview`, async (c) => {
    const target = readTarget(c);
    await requireAuthor(deps, c, target.site);
    const input = parse(previewSchema, await readInput(c.env.incoming));
    return c.json(await makePreview(deps, target, input));
  });
}

/** A link that shows a variation of an experiment, for some days. */
export async function makePreview(
  { database, now }: { database: Database; now: () => number },
  { site, key }: Target,
  { variation, url, days }: z.infer<typeof previewSchema>,
): Promise<{ url: string; expiresAt: number }> {
  const experiment = await database.withSite(site, (tx) => findExperiment(tx, { site, key }));
  parseInput(z.object({ variation: variationOf(experiment) }), { variation }, 'bad_experiment');
  const expiresAt = now() + days * dayMs;
  const link = new URL(url);
  const token = await signPreview(database, { site, experiment: key, variation, expiresAt });
  link.searchParams.set(previewParameter, token);
  return { url: link.href, expiresAt };
}

function variationOf({ phases, phase }: StoredExperiment) {
  const keys = phases.find((one) => one.phase === phase)?.variations.map(({ key }) => key) ?? [];
  return z.string().refine((key) => keys.includes(key), { error: `expected one of ${keys.join(', ')}` });
}

/** RFC 9112, section 6.3: a request without either header has no body. */
function hasBody(c: Context<Environment>): boolean {
  return Number(c.req.header('content-length') ?? 0) > 0 || c.req.header('transfer-encoding') !== undefined;
}

function addLayers(routes: Hono<Environment>, deps: ManageDeps): void {
  const { database, configs } = deps;
  const path = '/api/v1/experiment-layers';

  routes.get(path, async (c) => {
    const site = readSite(c);
    await requireReader(deps, c, site);
    return c.json({ layers: await database.withSite(site, (tx) => listLayers(tx, site)) });
  });

  routes.put(path, async (c) => {
    const input = parseInput(layerSchema, await readInput(c.env.incoming), 'bad_layer');
    const author = await requireAuthor(deps, c, input.site);
    const layer = await setLayer(database, input, author);
    configs.forget(input.site);
    return c.json(layer);
  });
}

function readSite(c: Context<Environment>): string {
  return parseInput(targetSchema.pick({ site: true }), c.req.query(), 'bad_query').site;
}

function readTarget(c: Context<Environment>): Target {
  return parseInput(targetSchema, { site: c.req.query('site'), key: c.req.param('key') }, 'bad_query');
}

async function requireReader(
  { database }: ManageDeps,
  c: Context<Environment>,
  site: string,
): Promise<Principal> {
  return authorize(database, { header: c.req.header('authorization'), allowed: readers, site });
}

async function requireAuthor(
  { database, now }: ManageDeps,
  c: Context<Environment>,
  site: string,
): Promise<Author> {
  const header = c.req.header('authorization');
  const principal = await authorize(database, { header, allowed: writers, site });
  return { actor: actorOf(principal), now: now() };
}
