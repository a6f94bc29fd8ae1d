import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import { authorizeReader } from '../access/authorize-reader.js';
import { actorOf } from '../access/principal.js';
import type { Database, Transaction } from '../db/database.js';
import { smallBody } from '../limit-body.js';
import { auditErrorRead } from '../privacy/audit-read.js';
import { runGuarded } from '../query/run-guarded.js';
import { Refusal } from '../refusal.js';
import { openScope } from '../reports/open-scope.js';
import { commonShape, parseWith, readInput, splitInput } from '../reports/read-request.js';
import type { Scope } from '../reports/report.js';
import { mapFrames, type OriginalFrame } from '../source-maps/map-frames.js';
import { findMaps } from '../source-maps/store.js';
import { type Decisions, decide, loadDecisions, storedStates } from './bug-state.js';
import { describeBug, sampleOf } from './describe-bug.js';
import { type Bug, countBugs, loadBugs, type Stack, stackKey } from './load-stacks.js';
import { parseStack } from './parse-stack.js';

export type ErrorDeps = { database: Database; now: () => number };

/** The body of `PATCH /api/v1/errors/{id}`. */
export const decisionSchema = z.strictObject({ site: commonShape.site, state: z.enum(storedStates) });
const maxSamples = 25;
const maxMapped = 10;

/** `GET /api/v1/errors/{id}`: one bug with its stacks as they were written. `PATCH` changes its state. */
export function errorRoutes({ database, now }: ErrorDeps): Hono {
  const routes = new Hono();
  routes.get('/api/v1/errors/:id', async (c) => {
    const { common } = splitInput(await readInput(c), z.strictObject({}));
    const header = c.req.header('authorization');
    // Its samples name visitors and sessions.
    const reader = await authorizeReader(database, { header, site: common.site, personal: true });
    const body = await runGuarded(() =>
      database.withSite(common.site, async (tx) => {
        const scope = await openScope(tx, common, now());
        const bug = await findBug(tx, scope.site, c.req.param('id'));
        return describeInFull(tx, scope, bug);
      }),
    );
    const { site } = common;
    await auditErrorRead(database, { site, id: body.id, requestedBy: actorOf(reader), at: now() });
    return answer(c, body);
  });
  routes.patch('/api/v1/errors/:id', smallBody, async (c) => {
    const { site, state } = parseWith(decisionSchema, await readInput(c));
    await authorize(database, { header: c.req.header('authorization'), allowed: ['owner', 'admin'], site });
    const bug = await database.withSite(site, (tx) => findBug(tx, site, c.req.param('id')));
    await decide(database, { site, bug, state, now: now() });
    const decisions = await database.withSite(site, (tx) => loadDecisions(tx, site));
    return answer(c, describeBug(bug, decisions));
  });
  return routes;
}

function answer(c: Context, body: object): Response {
  return c.json(body, 200, { 'cache-control': 'no-store' });
}

async function findBug(tx: Transaction, site: string, id: string): Promise<Bug> {
  const bug = (await loadBugs(tx, site)).find(({ signatures }) => signatures.has(id));
  if (bug) return bug;
  throw new Refusal(404, 'not_found', `id: there is no error "${id}"`, { path: 'id' });
}

async function describeInFull(tx: Transaction, scope: Scope, bug: Bug) {
  const decisions: Decisions = await loadDecisions(tx, scope.site);
  const samples = await readSamples(tx, scope.site, bug);
  const { parameters } = scope;
  const request = { hits: scope.events('e'), condition: scope.eventIn('e'), parameters };
  const [count] = await countBugs(tx, [bug], request);
  const { id: _, ...counts } = count ?? { id: bug.id, events: 0, occurrences: 0, sessions: 0, visitors: 0 };
  return {
    ...describeBug(bug, decisions),
    ...counts,
    frames: await mapNewest(tx, scope.site, bug),
    samples,
    stacks: bug.stacks.slice(0, maxSamples).map(({ key: _key, ...stack }) => stack),
  };
}

/** The frames of the newest stack that maps of its release were uploaded for, in the original sources; else of the newest. */
async function mapNewest(tx: Transaction, site: string, bug: Bug): Promise<OriginalFrame[]> {
  const newest = [...bug.stacks].sort((a, b) => b.last_seen.getTime() - a.last_seen.getTime());
  for (const stack of newest.filter(({ release }) => release !== null).slice(0, maxMapped)) {
    const frames = await mapStack(tx, site, stack);
    if (frames.some(({ source }) => source !== null)) return frames;
  }
  return mapStack(tx, site, { ...sampleOf(bug), release: null });
}

async function mapStack(tx: Transaction, site: string, stack: Stack): Promise<OriginalFrame[]> {
  const { source, line, column, release } = stack;
  const parsed = parseStack(stack.stack ?? '');
  const frames = parsed.length > 0 || source === null ? parsed : [{ func: null, file: source, line, column }];
  const urls = [...new Set(frames.flatMap(({ file }) => file ?? []))];
  const maps = release === null ? new Map<string, string>() : await findMaps(tx, { site, release, urls });
  return mapFrames(frames, maps);
}

function readSamples(tx: Transaction, site: string, { stacks }: Bug) {
  return tx.query(
    `/* errors.readSamples */
     select event_id, occurred_at, session_id, visitor_id, url, release, browser, browser_version, os, device,
       props -> 'handled' as handled, props -> 'causes' as causes
     from footfall.events e
     where e.site = $1::text and e.type = 'error' and not e.is_bot and ${stackKey('e')} = any ($2::text[])
     order by occurred_at desc limit $3::integer`,
    [site, stacks.map(({ key }) => key), maxSamples],
  );
}
