import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { addSite } from '../../src/access/sites.js';
import { type Database, openDatabase } from '../../src/db/database.js';
import { dimensions } from '../../src/query/catalog/dimensions.js';
import type { MetricName } from '../../src/query/catalog/metrics.js';
import { compileQuestion, type Question, type SourceName } from '../../src/query/compile/compile-query.js';
import { compileTogether } from '../../src/query/compile/compile-together.js';
import { readCalendar, resolvePeriods } from '../../src/query/period/resolve-period.js';
import { createRawScope } from '../../src/query/raw-scope.js';
import { markDirty } from '../../src/rollups/mark-dirty.js';
import { refreshRollups } from '../../src/rollups/refresh.js';
import { endSessions, rollUp } from '../../src/rollups/roll-up.js';
import { createRandom, type Random } from '../random.js';
import { chrome, newId, startTestCollector, type TestCollector } from '../test-collector.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const seed = Number(process.env.FOOTFALL_TEST_SEED ?? 20_261_120);
const rounds = Number(process.env.FOOTFALL_TEST_ROUNDS ?? 30);

// Half and quarter hours, and clocks that change within the range: Berlin on 25 October, St John's on 1 November, Lord
// Howe, by half an hour, on 4 October.
const timezones = {
  berlin: 'Europe/Berlin',
  johns: 'America/St_Johns',
  kathmandu: 'Asia/Kathmandu',
  howe: 'Australia/Lord_Howe',
};
type SiteName = keyof typeof timezones;
const sites = Object.keys(timezones) as SiteName[];
const firstAt = Date.parse('2026-10-03T00:00:00Z');
const now = Date.parse('2026-11-05T12:00:00Z');

const agents = [
  chrome,
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];
const referrers = ['https://www.google.com/', 'https://t.co/x', 'https://blog.example/', undefined];
const types = ['pageview', 'pageview', 'pageview', 'click', 'engagement', 'custom', 'web_vital'];

let collector: TestCollector;
let otherCollector: Database;
let owner: string;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
  otherCollector = openDatabase({ url: collector.url, log: () => {} });
  owner = generateKey('owner');
  await addKey(collector.database, { key: owner, role: 'owner', name: 'test' });
  for (const site of sites) {
    await addSite(collector.database, {
      site,
      siteKey: site,
      timezone: timezones[site],
      retentionDays: 395,
    });
  }
  await endSessions(collector.database, now); // makes the sites known to the rollups
});
afterAll(async () => {
  await otherCollector.end();
  await collector.stop();
});

type Send = { site: SiteName; agent: string; visitor: string; events: unknown[] };

/** A visit of one of a few visitors, who come back, mostly around midnight of the site: in parts that arrive apart. */
function randomVisit(random: Random): Send[] {
  const site = random.pick(sites);
  const visitor = `visitor-${random.below(12)}`;
  const agent = random.pick(agents);
  let at = firstAt + random.below((now - firstAt) / minuteMs) * minuteMs;
  if (random.chance(0.5)) at = nearMidnight(random, site);
  // Of the newest days quarter hours are kept, and made again by themselves.
  else if (random.chance(0.6)) at = now - random.below(4 * dayMs - 1);
  const parts: Send[] = [1, 2, 3].map(() => ({ site, agent, visitor, events: [] }));
  for (let count = 1 + random.below(6); count > 0; count--) {
    random.pick(parts).events.push(randomEvent(random, Math.min(at, now)));
    at += random.below(50) * minuteMs;
  }
  return parts.filter(({ events }) => events.length > 0);
}

function nearMidnight(random: Random, site: SiteName): number {
  const utcHours = { berlin: 22, johns: 2.5, kathmandu: 18.25, howe: 13 };
  const midnight = Date.parse('2026-10-24') + utcHours[site] * 60 * minuteMs;
  return midnight + random.below(10) * dayMs + (random.below(150) - 60) * minuteMs;
}

function randomEvent(random: Random, at: number) {
  const type = random.pick(types);
  const campaign = random.chance(0.3) ? `?utm_source=s${random.below(3)}&utm_campaign=c` : '';
  return {
    id: newId(at),
    type,
    ...(type === 'custom' && { name: 'buy' }),
    ...(type === 'engagement' && { props: { engagedMs: random.below(20_000) } }),
    ts: at,
    url: `https://a.example/${random.below(5)}${campaign}`,
    referrer: random.pick(referrers),
  };
}

/** Sends some of what waits, in any order and at once, and some of it again. */
async function deliver(random: Random, { waiting, sent }: { waiting: Send[]; sent: Send[] }): Promise<void> {
  const order = random.shuffle(waiting.splice(0));
  waiting.push(...order.splice(8));
  const again = sent.length > 0 ? [1, 2, 3].map(() => random.pick(sent)) : [];
  await Promise.all([...order, ...again].map(send));
  sent.push(...order);
}

async function send({ site, agent, visitor, events }: Send): Promise<void> {
  const headers = { 'user-agent': agent, 'accept-language': 'de' };
  const answer = await collector.send({ sentAt: now, visitor: { id: visitor }, events }, { site, headers });
  expect(answer.status).toBe(200);
}

type DayRange = { site: string; from: string; to: string; timezone: string };
type Rows = Record<string, unknown>[];

const byDay: MetricName[] = [
  'visitors',
  'visits',
  'pageviews',
  'events',
  'bounce_rate',
  'mean_visit_duration',
];
const byPage: MetricName[] = ['visitors', 'pageviews'];
const byVisit: MetricName[] = ['visitors', 'visits', 'bounce_rate', 'mean_visit_duration'];
const rolledUp = Object.entries(dimensions).filter(
  ([, entry]) => 'rollup' in entry && entry.rollup !== undefined,
);

type Wanted = Pick<Question, 'dimensions' | 'filters' | 'metrics'>;

/** Everything that rollups hold: totals, days, weeks, and all values of all dimensions. */
const wanted: Wanted[] = [
  { dimensions: [], filters: [], metrics: byDay },
  { dimensions: ['time:day'], filters: [], metrics: byDay },
  { dimensions: ['time:week'], filters: [], metrics: byDay },
  ...rolledUp.map(([name]): Wanted => {
    const metrics = name === 'event:page' ? byPage : byVisit;
    return { dimensions: [name], filters: [['is_set', name]], metrics };
  }),
];
const wholeAnswer = { limit: undefined, offset: 0, after: undefined };

async function readAll(source: SourceName, days: DayRange): Promise<Rows> {
  return collector.database.withSite(days.site, async (tx) => {
    const calendar = await readCalendar(tx, { site: days.site, timezone: undefined, now });
    const [period] = await resolvePeriods(
      tx,
      [{ kind: 'days', from: days.from, to: days.to }],
      days.timezone,
    );
    if (!period) throw new Error('expected a period');
    const rest = { goals: [], orderBy: undefined, fillsTime: false, useRollups: source === 'rollups' };
    const asked = wanted.map((want) => ({
      question: { ...calendar, period, ...rest, ...want },
      page: wholeAnswer,
    }));
    for (const { question } of asked) expect(compileQuestion(question).source).toBe(source);
    const scope = createRawScope(days.site, period);
    return tx.query(compileTogether(asked, scope), scope.parameters.values);
  });
}

function randomRange(random: Random, site: SiteName): DayRange {
  const from = firstAt + random.below(30) * dayMs;
  const to = from + random.below(34) * dayMs;
  return { site, from: day(from), to: day(to), timezone: timezones[site] };
}

function day(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 10);
}

async function makeClean(days: DayRange): Promise<void> {
  while (!(await refreshRollups(collector.database, days))) await rollUp(collector.database);
}

async function expectEqual(days: DayRange): Promise<void> {
  expect(await readAll('rollups', days)).toEqual(await readAll('events', days));
}

/** What may happen to a rollup besides new events. */
const incidents: ((random: Random) => Promise<unknown>)[] = [
  () => rollUp(collector.database),
  () => Promise.all([rollUp(collector.database), rollUp(otherCollector), rollUp(collector.database)]),
  (random) => crashMidway(random.pick(sites)),
  (random) => forgetVisitor(random.pick(sites), `visitor-${random.below(12)}`),
  (random) => collector.query('select footfall.roll_up($1, 2)', [random.pick(sites)]),
  (random) => markEverything(random.pick(sites)),
];

async function crashMidway(site: SiteName): Promise<void> {
  const run = collector.database.asIngest(async (tx) => {
    await tx.query('select footfall.roll_up($1::text, 4)', [site]);
    throw new Error('crash');
  });
  await expect(run).rejects.toThrow('crash');
}

async function forgetVisitor(site: SiteName, visitor: string): Promise<void> {
  await collector.database.asOwner(async (tx) => {
    const values = [site, visitor];
    const events = await tx.query<{ at: Date }>(
      'delete from footfall.events where site = $1 and visitor_id = $2 returning occurred_at as at',
      values,
    );
    const sessions = await tx.query<{ at: Date }>(
      'delete from footfall.sessions where site = $1 and visitor_id = $2 returning started_at as at',
      values,
    );
    await markDirty(
      tx,
      events.map(({ at }) => ({ site, occurredAt: at.getTime() })),
      sessions.map(({ at }) => ({ site, startedAt: at.getTime() })),
    );
  });
}

function markEverything(site: SiteName): Promise<unknown> {
  return collector.query(
    `insert into footfall.rollup_marks (site, bucket)
     select distinct site, footfall.rollup_bucket(occurred_at) from footfall.events where site = $1`,
    [site],
  );
}

test('rollups equal the events: any order, late arrivals, merges, deletes, reruns, crashes', async () => {
  const random = createRandom(seed);
  const batches: { waiting: Send[]; sent: Send[] } = { waiting: [], sent: [] };
  for (let round = 0; round < rounds; round++) {
    for (let visits = 0; visits < 5; visits++) batches.waiting.push(...randomVisit(random));
    await deliver(random, batches);
    if (random.chance(0.4)) await random.pick(incidents)(random);
    for (const site of sites) {
      const days = randomRange(random, site);
      await makeClean(days);
      await expectEqual(days);
    }
  }
});

function pageviews(times: number[]) {
  const events = times.map((at) => ({ id: newId(at), type: 'pageview', ts: at, url: 'https://a.example/' }));
  return { sentAt: now, events };
}

async function overview(site: string, from: string, to: string) {
  const response = await fetch(`${collector.origin}/api/v1/overview?site=${site}&from=${from}&to=${to}`, {
    headers: { authorization: `Bearer ${owner}` },
  });
  return response.json();
}

test('an event that was acknowledged before the question is counted, from rollups', async () => {
  for (const minute of [1, 2, 3]) {
    await collector.send(pageviews([now - minute * minuteMs]));
    expect(await overview('demo', '2026-10-07', '2026-11-05')).toMatchObject({
      pageviews: minute,
      sessions: 1,
      visitors: 1,
      meta: { source: 'rollups' },
    });
  }
});

test('of the newest days a marked quarter hour is made again by itself, of older ones the whole day', async () => {
  await addSite(collector.database, { site: 'quarters', siteKey: 'quarters', retentionDays: 395 });
  const send = (day: string, ...times: string[]) =>
    collector.send(pageviews(times.map((time) => Date.parse(`${day}T${time}Z`))), { site: 'quarters' });
  const forget = (day: string) =>
    collector.query(`delete from footfall.events where site = 'quarters' and occurred_at = $1`, [
      `${day}T08:00:00Z`,
    ]);
  const mark = (day: string) =>
    collector.query(`insert into footfall.rollup_marks (site, bucket) values ('quarters', $1)`, [
      `${day}T08:00:00Z`,
    ]);
  const rollUpDays = async () => {
    await collector.query(`select footfall.roll_up('quarters', 31)`);
    return collector.query(
      `select day, pageviews from footfall.rollup_days where site = 'quarters' and dimension = 'all' order by day`,
    );
  };
  const [old, newest] = ['2026-10-20', '2026-11-04'];
  for (const day of [old, newest]) await send(day, '08:00:00', '09:00:00');
  expect(await rollUpDays()).toEqual([old, newest].map((day) => ({ day, pageviews: 2 })));

  // Nobody tells the rollups of what is deleted here: where they read it again, they know it.
  for (const day of [old, newest]) await forget(day);
  for (const day of [old, newest]) await send(day, '10:00:00');
  expect(await rollUpDays()).toEqual([
    { day: old, pageviews: 2 },
    { day: newest, pageviews: 3 },
  ]);
  await mark(newest);
  expect(await rollUpDays()).toEqual([old, newest].map((day) => ({ day, pageviews: 2 })));

  expect(
    await collector.query(
      `select (select array_agg(day::text) from footfall.rollup_open_days where site = 'quarters') as open,
         (select min(bucket) >= '2026-11-02' from footfall.rollup_parts where site = 'quarters') as is_recent`,
    ),
  ).toEqual([{ open: [newest], is_recent: true }]);
});

test('where many days are dirty, the events answer', async () => {
  const times = Array.from({ length: 20 }, (_, days) => now - days * dayMs);
  await collector.database.asIngest((tx) =>
    tx.query(`select pg_advisory_xact_lock(footfall.lock_rollups('other'))`).then(async () => {
      await collector.send(pageviews(times), { site: 'other' });
      expect(await overview('other', '2026-10-07', '2026-11-05')).toMatchObject({
        pageviews: 20,
        meta: { source: 'events' },
      });
    }),
  );
});

test('a site that moves to another timezone gets other days', async () => {
  await addSite(collector.database, { site: 'mover', siteKey: 'mover', retentionDays: 395 });
  await collector.send(pageviews([Date.parse('2026-11-01T23:30:00Z')]), { site: 'mover' });
  expect(await overview('mover', '2026-11-02', '2026-11-02')).toMatchObject({ pageviews: 0 });
  await collector.query(`update footfall.sites set timezone = 'Europe/Berlin' where site = 'mover'`);
  expect(await overview('mover', '2026-11-02', '2026-11-02')).toMatchObject({ pageviews: 1 });
  await collector.query(`select footfall.roll_up('mover', 4)`);
  expect(await overview('mover', '2026-11-02', '2026-11-02')).toMatchObject({
    pageviews: 1,
    meta: { source: 'rollups' },
  });
});

test('the numbers of a day stay when its events are deleted, and later days know whom it saw', async () => {
  await addSite(collector.database, { site: 'old', siteKey: 'old', retentionDays: 395 });
  const visitor = { id: 'returns' };
  for (const day of ['2026-10-10', '2026-10-20']) {
    await collector.send({ ...pageviews([Date.parse(`${day}T12:00:00Z`)]), visitor }, { site: 'old' });
  }
  const before = await overview('old', '2026-10-01', '2026-10-31');
  expect(before).toMatchObject({ visitors: 1, pageviews: 2, sessions: 2 });
  await collector.database.asOwner(async (tx) => {
    await tx.query(`select footfall.freeze_rollups('old', '-infinity', '2026-10-10')`);
    await tx.query(`delete from footfall.events where site = 'old' and event_day <= '2026-10-10'`);
    await tx.query(`delete from footfall.sessions where site = 'old' and started_at < '2026-10-11'`);
  });
  for (const at of ['2026-10-10T12:05:00Z', '2026-10-20T12:05:00Z']) {
    await collector.send({ ...pageviews([Date.parse(at)]), visitor: { id: 'late' } }, { site: 'old' });
  }
  expect(await overview('old', '2026-10-01', '2026-10-31')).toMatchObject({
    visitors: 2,
    pageviews: 3,
    sessions: 3,
  });
  expect(await overview('old', '2026-10-10', '2026-10-10')).toMatchObject({ visitors: 1, pageviews: 1 });
  expect(await collector.query(`select day from footfall.rollup_frozen where site = 'old'`)).toEqual([
    { day: '2026-10-10' },
  ]);
});

test('daily metrics are those of the rollups', async () => {
  const rows = await collector.query(
    `select day, unique_visitors, total_sessions, total_pageviews, total_events, direct_sessions, bounced_sessions
     from footfall.daily_site_metrics where site = 'demo'`,
  );
  expect(rows).toEqual([
    {
      day: '2026-11-05',
      unique_visitors: 1,
      total_sessions: 1,
      total_pageviews: 3,
      total_events: 3,
      direct_sessions: 1,
      bounced_sessions: 0,
    },
  ]);
});

test('the time on a page ends with the next one, also one that comes late; the last has what engagement says', async () => {
  const at = now - 20 * minuteMs;
  const page = (path: string, seconds: number) => ({
    id: newId(at + seconds * 1_000),
    type: 'pageview',
    ts: at + seconds * 1_000,
    url: `https://a.example${path}`,
  });
  const send = async (...events: { id: string; ts: number }[]) => {
    await collector.send({ sentAt: now, visitor: { id: 'reader' }, events }, { site: 'other' });
    await collector.query(`select footfall.roll_up('other', 31)`);
    const rows = await collector.query<{ path: string; seconds: number | null }>(
      `select path, time_on_page_ms / 1000 as seconds from footfall.events
       where site = 'other' and visitor_id = 'reader' and type = 'pageview' order by occurred_at`,
    );
    return rows.map(({ path, seconds }) => `${path} ${seconds}`);
  };
  const last = page('/last', 60);
  expect(await send(page('/first', 0), last)).toEqual(['/first 60', '/last null']);
  expect(await send(page('/late', 20))).toEqual(['/first 20', '/late 40', '/last null']);
  const engagement = {
    ...last,
    id: newId(last.ts),
    type: 'engagement',
    pageId: last.id,
    ts: last.ts + 9_000,
  };
  expect(await send({ ...engagement, props: { engagedMs: 7_000 } } as typeof last)).toEqual([
    '/first 20',
    '/late 40',
    '/last 7',
  ]);
});
