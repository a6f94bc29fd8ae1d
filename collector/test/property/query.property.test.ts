import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { createNetworks } from '../../src/access/networks.js';
import { addSite } from '../../src/access/sites.js';
import {
  answerByHand,
  type OracleData,
  type OracleEvent,
  type OracleQuery,
  type OracleRow,
  type OracleVisit,
} from '../oracle/query.js';
import { type Asked, anyQuery, type Batch, makeVisits, scenarioNow, simpleQuery } from '../query-scenario.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

const runs = Number(process.env.FOOTFALL_QUERY_RUNS ?? 100);
const seed = Number(process.env.FOOTFALL_QUERY_SEED ?? Math.floor(Math.random() * 2 ** 31));
const visits = 150;
const sites = ['rolled', 'marked'] as const;
const siteTimezone = 'Europe/Berlin';
/** One answer holds no more; what a cursor walks through has no end but its own. */
const maxRows = 10_000;

let collector: TestCollector;
let owner: string;
let release: () => void;
let held: Promise<unknown>;
let data: OracleData;
const answered = { rollups: 0, events: 0 };
let unmarked = 0;

// Both sites get the same events. The rollups of one are kept from being made: it answers from its events.
beforeAll(async () => {
  const trustedProxies = createNetworks(['127.0.0.1']);
  collector = await startTestCollector({ now: () => scenarioNow, trustedProxies });
  owner = generateKey('owner');
  await addKey(collector.database, { key: owner, role: 'owner', name: 'test' });
  for (const site of sites) {
    await addSite(collector.database, { site, siteKey: site, timezone: siteTimezone, retentionDays: 395 });
  }
  await keepMarked();
  await sendAll(makeVisits(seed, visits));
  await collector.query(`select footfall.roll_up('rolled', 100)`);
});
afterAll(async () => {
  release();
  await held;
  await collector.stop();
});

async function keepMarked(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const freed = new Promise<void>((free) => {
      release = free;
    });
    held = collector.database
      .asIngest(async (tx) => {
        await tx.query(`select pg_advisory_xact_lock(footfall.lock_rollups('marked'))`);
        resolve();
        await freed;
      })
      .catch(reject);
  });
}

const sentAtOnce = 16;

async function sendAll(batches: Batch[]): Promise<void> {
  for (let at = 0; at < batches.length; at += sentAtOnce) {
    const answers = await Promise.all(batches.slice(at, at + sentAtOnce).flatMap(sendToBoth));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { rejected: [] } });
  }
  data = await readData();
}

function sendToBoth({ agent, address, visitor, events }: Batch) {
  const headers = { 'user-agent': agent, 'x-forwarded-for': address };
  const body = { sentAt: scenarioNow, visitor: { id: visitor }, events };
  return sites.map((site) => collector.send(body, { site, headers }));
}

async function readData(): Promise<OracleData> {
  const events = await collector.query<OracleEvent & { at: string; value: string | null }>(
    `select extract(epoch from occurred_at) * 1000 as at, event_id as id, session_id as session, visitor_id as visitor,
       is_bot as "isBot", type, name, path, host, value, currency, props
     from footfall.events where site = 'rolled'`,
  );
  const stored = await collector.query<Record<string, unknown>>(
    `select s.*, extract(epoch from started_at) * 1000 as started, extract(epoch from last_seen_at) * 1000 as seen
     from footfall.sessions s where site = 'rolled'`,
  );
  return {
    events: events.map((row) => ({
      ...row,
      at: Number(row.at),
      value: row.value === null ? null : Number(row.value),
    })),
    visits: stored.map(toVisit),
  };
}

const columns = {
  'visit:entry_page': 'entry_path',
  'visit:exit_page': 'exit_path',
  'visit:source': 'referrer_source',
  'visit:channel': 'channel',
  'visit:browser': 'browser',
  'visit:device': 'device',
  'visit:country': 'country',
  'visit:utm_source': 'utm_source',
};

function toVisit(row: Record<string, unknown>): OracleVisit {
  return {
    startedAt: Number(row.started),
    lastSeenAt: Number(row.seen),
    id: String(row.session_id),
    visitor: row.visitor_id as string | null,
    isBot: row.is_bot === true,
    isVisit: Number(row.entry_rank) < 2,
    isBounce: row.is_bounce === true,
    pageviews: Number(row.pageview_count),
    events: Number(row.event_count),
    texts: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, row[column] as string | null]),
    ),
  };
}

type Answer = {
  results: OracleRow[];
  meta: { source: 'rollups' | 'events'; next_cursor?: string };
  error?: unknown;
};

async function ask(site: string, asked: Asked, more: object = {}): Promise<Answer> {
  const response = await fetch(`${collector.origin}/api/v2/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json' },
    body: JSON.stringify({ site_id: site, ...asked, ...more }),
  });
  const answer = (await response.json()) as Answer;
  expect({ error: answer.error, logged: collector.logged }).toEqual({ error: undefined, logged: [] });
  return answer;
}

function toOracle(asked: Asked): OracleQuery {
  const [from, to] = asked.date_range;
  const range =
    from.length === 10 ? { from, to } : { startAt: Date.parse(from), endAt: Date.parse(to) + 1_000 };
  return {
    ...asked,
    range,
    timezone: asked.timezone ?? siteTimezone,
    weekStart: asked.week_start ?? 1,
    fillsTime: asked.include.zero_fill ?? false,
  };
}

// Amounts of money are compared by their value.
function plain({ dimensions, metrics }: OracleRow): OracleRow {
  const amount = (value: unknown) =>
    typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  return { dimensions, metrics: metrics.map(amount) as (number | null)[] };
}

type Key = string | number | null;

function compareKeys(a: Key, b: Key): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

/** By time, then by the first metric, the largest first, then by dimensions; nulls last. */
function inOrder(rows: OracleRow[], { dimensions }: Asked): OracleRow[] {
  const timeAt = dimensions.findIndex((name) => name.startsWith('time:'));
  const isMoment = /time:(minute|hour)/.test(dimensions[timeAt] ?? '');
  const timeOf = (row: OracleRow) => {
    const label = row.dimensions[timeAt] ?? null;
    return isMoment && label !== null ? Date.parse(label) : label;
  };
  const metricOf = (row: OracleRow) => (row.metrics[0] === null ? null : -Number(row.metrics[0]));
  return rows.toSorted(
    (a, b) =>
      (timeAt < 0 ? 0 : compareKeys(timeOf(a), timeOf(b))) ||
      compareKeys(metricOf(a), metricOf(b)) ||
      dimensions.reduce(
        (order, _, at) => order || compareKeys(a.dimensions[at] ?? null, b.dimensions[at] ?? null),
        0,
      ),
  );
}

async function expectAgreement(asked: Asked): Promise<void> {
  const expected = inOrder(answerByHand(toOracle(asked), data), asked);
  const [rolled, marked] = await Promise.all([ask('rolled', asked), ask('marked', asked)]);
  // A range without events has no mark either.
  unmarked += Number(marked.meta.source === 'rollups');
  for (const { results, meta } of [rolled, marked]) {
    answered[meta.source] += 1;
    expect(results.map(plain)).toEqual(expected.slice(0, maxRows));
  }
}

test('every answer is what plain code counts, from rollups and from events', async () => {
  const queries = fc.oneof({ arbitrary: anyQuery, weight: 3 }, { arbitrary: simpleQuery, weight: 2 });
  await fc.assert(fc.asyncProperty(queries, expectAgreement), { numRuns: runs, seed });
  console.log(`queries: ${runs} agreed with the oracle, seed ${seed}, answers:`, answered);
  expect(answered.rollups - unmarked).toBeGreaterThan(runs / 10);
  expect(unmarked).toBeLessThan(runs / 10);
}, 3_600_000);

type Overview = Record<string, unknown> & { visitors: number; sessions: number; pageviews: number };

/** The cards of an overview, in its order: what they are by, and what they count. */
const cards = [
  { name: 'pages', dimension: 'event:page', metrics: ['pageviews', 'visitors'] },
  { name: 'entry_pages', dimension: 'visit:entry_page', metrics: ['visitors', 'visits'] },
  { name: 'exit_pages', dimension: 'visit:exit_page', metrics: ['visitors', 'visits'] },
  { name: 'referrers', dimension: 'visit:source', metrics: ['visitors', 'visits'] },
  { name: 'channels', dimension: 'visit:channel', metrics: ['visitors', 'visits'] },
  { name: 'countries', dimension: 'visit:country', metrics: ['visitors', 'visits'] },
  { name: 'browsers', dimension: 'visit:browser', metrics: ['visitors', 'visits'] },
  { name: 'devices', dimension: 'visit:device', metrics: ['visitors', 'visits'] },
];

async function readOverview(site: string, { date_range: [from, to], filters }: Asked): Promise<Overview> {
  const query = new URLSearchParams({ site, from, to, filters: JSON.stringify(filters) });
  const response = await fetch(`${collector.origin}/api/v1/overview?${query}`, {
    headers: { authorization: `Bearer ${owner}` },
  });
  const answer = (await response.json()) as Overview;
  expect({ error: answer.error, logged: collector.logged }).toEqual({ error: undefined, logged: [] });
  return answer;
}

// The value of a row stands before its numbers; visits are called sessions there.
function toCard(rows: Record<string, string | number | null>[]): OracleRow[] {
  return rows.map(({ visitors, pageviews, sessions, ...value }) => ({
    dimensions: Object.values(value) as (string | null)[],
    metrics: (pageviews === undefined ? [visitors, sessions] : [pageviews, visitors]) as number[],
  }));
}

test('an overview is what plain code counts, whatever filters it has', async () => {
  const queries = anyQuery.filter(({ date_range: [from] }) => from.length === 10);
  const property = fc.asyncProperty(queries, async ({ date_range, filters }) => {
    const asked = {
      date_range,
      filters,
      include: {},
      dimensions: [],
      metrics: ['visitors', 'visits', 'pageviews'],
    };
    const count = (more: Partial<Asked>) => answerByHand(toOracle({ ...asked, ...more }), data);
    const [totals] = count({});
    for (const site of sites) {
      const overview = await readOverview(site, asked);
      expect([overview.visitors, overview.sessions, overview.pageviews]).toEqual(totals?.metrics);
      for (const { name, dimension, metrics } of cards) {
        const expected = count({ dimensions: [dimension], metrics }).toSorted(
          (a, b) =>
            Number(b.metrics[0]) - Number(a.metrics[0]) ||
            Number(b.metrics[1]) - Number(a.metrics[1]) ||
            compareKeys(a.dimensions[0] ?? null, b.dimensions[0] ?? null),
        );
        expect({ name, rows: toCard(overview[name] as never) }).toEqual({
          name,
          rows: expected.slice(0, 10),
        });
      }
    }
  });
  await fc.assert(property, { numRuns: Math.ceil(runs / 10), seed });
}, 3_600_000);

test('days that were reached by events since are answered with them', async () => {
  for (let round = 0; round < 4; round++) {
    await sendAll(makeVisits(seed + 1 + round, 1 + round));
    await fc.assert(fc.asyncProperty(simpleQuery, expectAgreement), { numRuns: 3, seed: seed + round });
  }
});

test('pages of a cursor are the rows of one answer, each once', async () => {
  const queries = anyQuery.filter(({ dimensions }) => dimensions.length > 0);
  const property = fc.asyncProperty(queries, async (asked) => {
    const whole = await ask('marked', asked);
    const rows: OracleRow[] = [];
    const limit = Math.max(1, Math.ceil(whole.results.length / 4));
    let cursor: string | undefined;
    do {
      const page = await ask('marked', asked, { pagination: { limit, ...(cursor && { cursor }) } });
      rows.push(...page.results);
      cursor = page.meta.next_cursor;
    } while (cursor !== undefined);
    expect(rows.slice(0, maxRows)).toEqual(whole.results);
  });
  await fc.assert(property, { numRuns: Math.ceil(runs / 10), seed });
}, 3_600_000);
