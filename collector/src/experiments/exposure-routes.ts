import { createHash } from 'node:crypto';
import { experimentKey, siteSlug, unitId } from '@footfall/schema';
import { isUuidv7, uuidv7 } from '@footfall/schema/ids';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorizeBy } from '../access/authorize.js';
import { unknownSite } from '../access/known-site.js';
import type { SecretKeys } from '../access/secret-keys.js';
import { readSite, type Site, type SiteRow, siteColumns } from '../access/sites.js';
import type { Database } from '../db/database.js';
import { type CollectDeps, collect } from '../ingest/collect.js';
import { parseInput, readInput } from '../read-input.js';
import { type Assignment, readAssignments } from './assignment-store.js';

export type ExposureDeps = CollectDeps & { database: Database; now: () => number; secretKeys: SecretKeys };

type Environment = { Bindings: HttpBindings };

const roles = ['assign', 'ingest', 'admin', 'owner'] as const;
const maxExposures = 100;

const exposureSchema = z.strictObject({
  id: z.string().refine(isUuidv7, { error: 'expected a UUIDv7' }).optional(),
  experiment: experimentKey,
  unitType: z.string().min(1).max(64).default('visitor'),
  unitId,
  phase: z.number().int().positive().optional(),
  /** Milliseconds since 1970. */
  ts: z.number().min(0).max(8.64e15).optional(),
});
/** The body of `POST /v1/exposures`. */
export const exposuresSchema = z.strictObject({
  site: siteSlug,
  exposures: z
    .array(exposureSchema)
    .min(1)
    .max(maxExposures, { error: `expected at most ${maxExposures}` }),
});

type Exposure = z.infer<typeof exposureSchema>;
type Rejected = { index: number; code: string; message: string };
type Stored = { accepted: number; duplicate: number; rejected: Rejected[] };

const nothing = { accepted: 0, duplicate: 0 };

/**
 * `POST /v1/exposures`: servers tell that units have seen their variation. Only what was assigned can have been seen, and
 * the assignment says which variation it was. Sent again it changes nothing.
 */
export function exposureRoutes(deps: ExposureDeps): Hono<Environment> {
  const routes = new Hono<Environment>();
  routes.post('/v1/exposures', async (c) => {
    const header = c.req.header('authorization');
    const { site: slug, exposures } = parseInput(
      exposuresSchema,
      await readInput(c.env.incoming),
      'bad_exposure',
    );
    await authorizeBy(deps.secretKeys.find, { header, allowed: roles, site: slug });
    const { site, assignments } = await readStored(deps.database, slug, exposures);
    const receivedAt = deps.now();
    const client = {
      site,
      isServer: true,
      address: '',
      userAgent: '',
      clientHints: undefined,
      language: null,
    };
    const answers = await Promise.all(
      exposures.map(async (exposure, index): Promise<Stored> => {
        const assignment = findAssignment(exposure, assignments);
        if (!assignment) return { ...nothing, rejected: [refusalOf(exposure, index)] };
        const body = toBatch(exposure, assignment, receivedAt);
        const bytes = JSON.stringify(body).length;
        return atIndex(await collect(deps, { client, receivedAt, body, bytes }), index);
      }),
    );
    return c.json({
      accepted: answers.reduce((sum, { accepted }) => sum + accepted, 0),
      duplicate: answers.reduce((sum, { duplicate }) => sum + duplicate, 0),
      rejected: answers.flatMap(({ rejected }) => rejected),
      serverTime: receivedAt,
    });
  });
  return routes;
}

/** The answer of a batch of one event, in the words of a list of exposures. */
function atIndex({ accepted, duplicate, rejected }: Stored, index: number): Stored {
  const named = rejected.map(({ code, message }) => ({
    index,
    code,
    message: message.replace('events[0]', `exposures.${index}`),
  }));
  return { accepted, duplicate, rejected: named };
}

async function readStored(
  database: Database,
  site: string,
  exposures: Exposure[],
): Promise<{ site: Site; assignments: Assignment[] }> {
  return database.asIngest(async (tx) => {
    const [row] = await tx.query<SiteRow>(
      `/* exposure-routes.readStored */ select ${siteColumns} from footfall.sites s where s.site = $1::text`,
      [site],
    );
    if (!row) throw unknownSite(site);
    const units = exposures.map(({ unitType, unitId }) => ({ site, unitType, unitId }));
    return { site: readSite(row), assignments: await readAssignments(tx, units) };
  });
}

/** That of the phase that is named, or the latest. */
function findAssignment(
  { experiment, unitType, unitId, phase }: Exposure,
  assignments: Assignment[],
): Assignment | undefined {
  return assignments
    .filter((one) => one.experiment === experiment && one.unitType === unitType && one.unitId === unitId)
    .filter((one) => phase === undefined || one.phase === phase)
    .sort((left, right) => right.phase - left.phase)[0];
}

function refusalOf({ experiment, unitType, unitId }: Exposure, index: number): Rejected {
  const message = `exposures.${index}: the ${unitType} "${unitId}" is not assigned in "${experiment}"`;
  return { index, code: 'not_assigned', message };
}

function toBatch({ id, ts, unitType, unitId }: Exposure, assignment: Assignment, now: number) {
  const { experiment, phase, variation } = assignment;
  const visitor = { visitor: { id: unitId }, user: { userId: unitId } }[unitType];
  const unit = visitor ? {} : { unit: unitId };
  const props = { experiment, phase, variation, unitType, ...unit };
  const event = { id: id ?? idOf(assignment), type: 'exposure', ts: ts ?? now, props };
  return { sentAt: now, ...(visitor && { visitor }), events: [event] };
}

/** The same for the same exposure, so that what is sent twice is one event. */
function idOf({ assignedAt, site, experiment, phase, unitType, unitId, variation }: Assignment): string {
  const text = JSON.stringify([site, experiment, phase, unitType, unitId, variation]);
  return uuidv7(assignedAt, createHash('sha256').update(text).digest().subarray(0, 16));
}
