import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSite } from '../../src/access/sites.js';
import { type CollectorPair, startCollectorPair } from '../collector-pair.js';
import { type Arrived, arrive, type Made } from '../oracle/arrivals.js';
import { expectSessions } from '../oracle/sessions.js';
import { type Scenario, type Send, scenarios, scenarioTime } from '../session-scenario.js';

// FOOTFALL_SESSION_RUNS asks for more, FOOTFALL_SESSION_SEED for the cases of a run that failed.
const { FOOTFALL_SESSION_RUNS, FOOTFALL_SESSION_SEED } = process.env;
const runs = Number(FOOTFALL_SESSION_RUNS ?? 200);
let pair: CollectorPair;
let sites = 0;
let hasRestarted = false;

beforeAll(async () => {
  pair = await startCollectorPair(scenarioTime);
});
afterAll(() => pair.stop());

test(`in whatever order events arrive, sessions are those of one pass over the sorted events (${runs} cases)`, {
  timeout: 60_000 + runs * 2_000,
}, async () => {
  await fc.assert(fc.asyncProperty(scenarios, checkScenario), {
    numRuns: runs,
    endOnFailure: true,
    ...(FOOTFALL_SESSION_SEED ? { seed: Number(FOOTFALL_SESSION_SEED) } : {}),
  });
  expect(pair.logged).toEqual([]);
});

async function checkScenario({ waves }: Scenario): Promise<void> {
  sites += 1;
  const site = `site-${sites}`;
  await addSite(pair.database, { site, siteKey: site, retentionDays: 395 });
  const arrived = new Map<string, Arrived>();
  let accepted = 0;
  await rewind(waves.some(({ restart }) => restart !== undefined));
  for (const wave of waves) {
    pair.clock.now = wave.receivedAt;
    if (wave.restart !== undefined) await pair.restart(wave.restart);
    const answers = await Promise.all(wave.sends.map((one) => send(site, one)));
    for (const { events, delivery } of wave.sends) {
      for (const made of events) if (!arrived.has(made.id)) arrived.set(made.id, arrive(made, delivery));
    }
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.flatMap(({ body }) => body.rejected)).toEqual([]);
    accepted += answers.reduce((sum, { body }) => sum + body.accepted, 0);
  }
  expect(accepted).toBe(arrived.size);
  await compare(site, [...arrived.values()]);
}

// The clock goes back for each case, which no clock does: what a restart deleted may not be remembered by the other one.
async function rewind(willRestart: boolean): Promise<void> {
  pair.clock.now = 0;
  if (!hasRestarted && !willRestart) return;
  await Promise.all([pair.restart(0), pair.restart(1)]);
  await pair.query('delete from footfall.visitor_salts');
  hasRestarted = willRestart;
}

function send(site: string, { to, events, delivery }: Send) {
  const { sentAt, visitorId, userId, sessionId, links, address, agent, isServer } = delivery;
  const visitor = {
    ...(visitorId === null ? {} : { id: visitorId }),
    ...(userId === null ? {} : { userId }),
  };
  return pair.send(to, {
    site,
    address,
    agent,
    isServer,
    body: {
      ...(sentAt === undefined ? {} : { sentAt }),
      visitor,
      ...(sessionId === null ? {} : { session: { id: sessionId } }),
      ...(links ? { linkCookieless: true } : {}),
      events: events.map(toWire),
    },
  });
}

function toWire({ id, ts, type, path, engagedMs }: Made) {
  return {
    id,
    ts,
    type,
    url: `https://shop.example${path}`,
    props: type === 'engagement' ? { engagedMs } : {},
  };
}

async function compare(site: string, arrived: Arrived[]): Promise<void> {
  const expected = expectSessions(arrived);
  const stored = await pair.query<{ event_id: string; visitor_id: string | null; [key: string]: unknown }>(
    `select event_id, event_day, (extract(epoch from occurred_at) * 1000)::bigint as at, session_id, visitor_id
     from footfall.events where site = $1::text order by occurred_at, event_id`,
    [site],
  );
  const names = nameVisitors(stored, expected.events);
  const events = [...arrived].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  expect(
    stored.map(({ visitor_id, ...rest }) => ({ ...rest, visitor: names.get(visitor_id ?? '') ?? null })),
  ).toEqual(
    events.map(({ id, eventDay, at }) => {
      const { session = null, visitor = null } = expected.events.get(id) ?? {};
      return { event_id: id, event_day: eventDay, at, session_id: session, visitor };
    }),
  );
  const sessions = await readSessions(site, names);
  expect(sessions).toEqual(expected.sessions.sort((a, b) => (a.session_id < b.session_id ? -1 : 1)));
  const waiting = await pair.query('select event_id from footfall.waiting_events where site = $1::text', [
    site,
  ]);
  const without = events.filter(
    (event) => expected.events.get(event.id)?.session === null && event.visitor !== null,
  );
  expect(waiting.map(({ event_id }) => event_id).sort()).toEqual(without.map(({ id }) => id).sort());
}

/** The oracle knows no hashes: each must stand for one visitor of its own. */
function nameVisitors(
  stored: { event_id: string; visitor_id: string | null }[],
  expected: ReadonlyMap<string, { visitor: string | null }>,
): Map<string, string> {
  const names = new Map<string, string>();
  for (const { event_id, visitor_id } of stored) {
    const name = expected.get(event_id)?.visitor;
    if (visitor_id !== null && name && !names.has(visitor_id)) names.set(visitor_id, name);
  }
  expect(new Set(names.values()).size).toBe(names.size);
  return names;
}

async function readSessions(site: string, names: Map<string, string>) {
  const rows = await pair.query<{ visitor_id: string | null }>(
    `select session_id, is_client_id, client_session_id, user_id, is_bot, entry_rank, entry_event_id, entry_path,
       exit_event_id, exit_path, engaged_ms, pageview_count, event_count, interaction_count, error_count, is_bounce,
       (extract(epoch from started_at) * 1000)::bigint as started_at,
       (extract(epoch from ended_at) * 1000)::bigint as ended_at,
       (extract(epoch from last_seen_at) * 1000)::bigint as last_seen_at,
       visitor_id
     from footfall.sessions where site = $1::text order by session_id`,
    [site],
  );
  return rows.map(({ visitor_id, ...rest }) => ({ ...rest, visitor: names.get(visitor_id ?? '') ?? null }));
}
