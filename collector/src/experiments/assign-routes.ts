import { type Decision, type ExperimentConfig, experimentKey, siteSlug, unitId } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorizeBy } from '../access/authorize.js';
import { requireKnownSite } from '../access/known-site.js';
import type { SecretKeys } from '../access/secret-keys.js';
import type { Database } from '../db/database.js';
import { detectBot } from '../ingest/enrich/bot.js';
import { parseInput, readInput } from '../read-input.js';
import { Refusal } from '../refusal.js';
import type { Assigner } from './assigner.js';
import { type Assignment, readAssignments } from './assignment-store.js';
import type { Configs, SiteExperiments } from './configs.js';

export type AssignDeps = {
  database: Database;
  now: () => number;
  configs: Configs;
  assigner: Assigner;
  secretKeys: SecretKeys;
};

type Environment = { Bindings: HttpBindings };

const roles = ['assign', 'admin', 'owner'] as const;
const unitName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, { error: 'expected visitor, user, or another name' });

/** The body of `POST /v1/assign`. */
export const assignSchema = z.strictObject({
  site: siteSlug,
  /** `{"visitor": "…", "user": "…"}`: every id that the app knows of the unit. */
  unit: z.record(unitName, z.union([unitId, z.number()])).default({}),
  experiments: z.array(experimentKey).max(100).optional(),
  attributes: z.record(z.string(), z.unknown()).default({}),
  url: z.string().max(2_048).optional(),
  userAgent: z.string().max(2_048).optional(),
  overrides: z.record(experimentKey, experimentKey).optional(),
});

/** The parameters of `GET /v1/assignments`. */
export const assignmentsQuery = z.object({ site: siteSlug, unitType: unitName, unitId });

/** `POST /v1/assign`: one unit, one or many experiments, for good. `GET /v1/assignments`: what it has, without enrolling. */
export function assignRoutes({ database, configs, assigner, secretKeys }: AssignDeps): Hono<Environment> {
  const routes = new Hono<Environment>();

  routes.post('/v1/assign', async (c) => {
    const header = c.req.header('authorization');
    const { site, unit, experiments, attributes, userAgent, ...subject } = parseInput(
      assignSchema,
      await readInput(c.env.incoming),
      'bad_assign',
    );
    await authorizeBy(secretKeys.find, { header, allowed: roles, site });
    const known = await configs.of(site);
    const asked = chooseExperiments(known, experiments);
    const answers = await assigner.assign({
      ...subject,
      site,
      asked,
      all: known.all,
      attributes: { ...attributes, ...unit },
      isBot: userAgent !== undefined && detectBot(userAgent) !== null,
    });
    return c.json({ assignments: answers.map((answer) => describe(answer, known)) });
  });

  routes.get('/v1/assignments', async (c) => {
    const header = c.req.header('authorization');
    const unit = parseInput(assignmentsQuery, c.req.query(), 'bad_query');
    await authorizeBy(secretKeys.find, { header, allowed: [...roles, 'analyst'], site: unit.site });
    const assignments = await database.withSite(unit.site, async (tx) => {
      await requireKnownSite(tx, unit.site);
      return readAssignments(tx, [unit]);
    });
    const privately = { 'cache-control': 'no-store' };
    return c.json({ assignments: assignments.map(describeStored) }, 200, privately);
  });
  return routes;
}

function chooseExperiments({ all }: SiteExperiments, keys: string[] | undefined): ExperimentConfig[] {
  if (keys === undefined) return [...all.values()].filter(({ isRunning }) => isRunning);
  return keys.map((key, at) => {
    const found = all.get(key);
    if (found) return found;
    const path = `experiments.${at}`;
    throw new Refusal(404, 'unknown_experiment', `${path}: there is no experiment "${key}"`, { path });
  });
}

function describe(
  {
    experiment,
    phase,
    variation,
    reason,
    isEnrolled,
    unit,
    bucket,
    assignedAt,
  }: Decision & { assignedAt?: number },
  { all }: SiteExperiments,
) {
  const value = all.get(experiment)?.variations.find(({ key }) => key === variation)?.value;
  return {
    experiment,
    phase,
    variation,
    ...(value !== undefined && { value }),
    reason,
    isEnrolled,
    ...unit,
    ...(bucket !== undefined && { bucket }),
    ...(assignedAt !== undefined && { assignedAt }),
  };
}

function describeStored({ experiment, phase, variation, assignedAt, mergedFrom }: Assignment) {
  return { experiment, phase, variation, assignedAt, ...(mergedFrom !== null && { mergedFrom }) };
}
