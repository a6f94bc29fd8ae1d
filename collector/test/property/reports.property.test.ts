import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSite } from '../../src/access/sites.js';
import { rollUp } from '../../src/rollups/roll-up.js';
import { askQuery, makeKey } from '../ask-query.js';
import { compareReport, type ReportQuestion } from '../compare-report.js';
import { type OracleVisit, oraclePages } from '../oracle/reports.js';
import { createRandom, type Random } from '../random.js';
import { createReportClient, type ReportClient } from '../report-client.js';
import { inventVisit, names, pages, sendInvented } from '../report-scenario.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const seed = Number(process.env.FOOTFALL_REPORT_SEED ?? 1);
const runs = Number(process.env.FOOTFALL_REPORT_RUNS ?? 8);

/** What happens to the clock at `at`, the start of a local day or near it. */
const places = [
  { zone: 'America/Sao_Paulo', at: '2018-11-04T03:00Z', what: 'the day begins at 1:00' },
  { zone: 'America/Sao_Paulo', at: '2018-02-18T02:00Z', what: 'the last hour of the day before comes twice' },
  { zone: 'Europe/Berlin', at: '2026-03-28T23:00Z', what: 'the day has 23 hours' },
  { zone: 'Europe/Berlin', at: '2026-10-24T22:00Z', what: 'the day has 25 hours' },
  { zone: 'Australia/Lord_Howe', at: '2026-04-04T13:00Z', what: 'half an hour comes twice' },
  { zone: 'America/St_Johns', at: '2026-11-01T02:30Z', what: 'a month and an hour begin at a half hour' },
  { zone: 'America/Havana', at: '2026-11-01T04:00Z', what: 'midnight comes twice' },
  { zone: 'Atlantic/Azores', at: '2026-10-25T00:00Z', what: 'midnight comes twice' },
  { zone: 'Asia/Beirut', at: '2026-03-28T22:00Z', what: 'there is no midnight' },
  { zone: 'Pacific/Apia', at: '2011-12-30T10:00Z', what: 'a day is left out' },
  { zone: 'Asia/Kathmandu', at: '2024-02-29T18:15Z', what: 'a month ends on the 29th, 5:45 ahead of UTC' },
].map((place, index) => ({
  ...place,
  at: Date.parse(place.at),
  site: `place-${index}`,
  weekStart: 1 + (index % 7),
}));
type Place = (typeof places)[number];

let collector: TestCollector;
let client: ReportClient;
let clock = 0;
const visitsOf = new Map<Place, OracleVisit[]>();

beforeAll(async () => {
  collector = await startTestCollector({ now: () => clock });
  client = await createReportClient(collector);
  const random = createRandom(seed);
  for (const place of places) {
    clock = place.at + 15 * dayMs;
    const { site, zone: timezone, weekStart } = place;
    await addSite(collector.database, { site, siteKey: site, timezone, retentionDays: null });
    await collector.query('update footfall.sites set week_start = $2 where site = $1', [site, weekStart]);
    const visits = Array.from({ length: 40 }, () => inventNear(random, place.at));
    await Promise.all(visits.map((visit) => sendInvented(collector, visit, site)));
    visitsOf.set(place, visits);
  }
});
afterAll(() => collector.stop());

// Most around the midnights next to the change, where an hour more or less is another day.
function inventNear(random: Random, at: number): OracleVisit {
  const midnight = at + (random.below(3) - 1) * dayMs;
  const near = midnight + (random.below(360) - 180) * 60_000;
  const far = at + (random.below(30 * 24) - 18 * 24) * hourMs;
  return inventVisit(random, `visitor-${random.below(8)}`, random.chance(0.7) ? near : far);
}

const match = fc.oneof(
  fc.constantFrom(...pages).map((page) => ({ page })),
  fc.constantFrom(...names).map((event) => ({ event })),
);
const name = fc.constantFrom(undefined, ...names);
const page = fc.constantFrom(undefined, ...pages);
const interval = fc.constantFrom('day' as const, 'week' as const, 'month' as const);
const seconds = fc.constantFrom(600, 7_200, 86_400, 90_000, 604_800);

const question: fc.Arbitrary<ReportQuestion> = fc.oneof(
  fc.record({
    report: fc.constant('funnels' as const),
    steps: fc.array(match, { minLength: 2, maxLength: 4 }),
    window: seconds,
    order: fc.constantFrom('loose' as const, 'strict' as const),
  }),
  fc.record({ report: fc.constant('retention' as const), interval, start: name, back: name }),
  fc
    .record({
      report: fc.constant('paths' as const),
      from: page,
      to: page,
      steps: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ to, ...rest }) => (rest.from === undefined ? { ...rest, to } : rest)),
  fc.record({
    report: fc.constant('attribution' as const),
    event: fc.constantFrom(...names),
    lookbackDays: fc.integer({ min: 1, max: 20 }),
  }),
  fc.constant({ report: 'stickiness' as const }),
  fc.constant({ report: 'engagement' as const }),
);

// Local days around the change, the change itself most often at an end.
const range = fc.tuple(fc.integer({ min: -17, max: 2 }), fc.integer({ min: 0, max: 19 }));
const local = (at: number) => new Date(at).toISOString().slice(0, 10);

test.each(places)('$zone, where $what: every report is that of the oracle', async (place) => {
  const { site, zone, weekStart, at } = place;
  const visits = visitsOf.get(place) ?? [];
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(question, range, async (asked, [first, length]) => {
      const from = local(at + first * dayMs);
      const to = local(at + Math.min(first + length, 12) * dayMs);
      const calendar = { zone, weekStart, from, to };
      await compareReport({ client, site, visits, calendar }, asked);
      compared += 1;
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
  expect(compared).toBe(runs);
});

test.each(places)('$zone, where $what: days are the same from events and from rollups', async (place) => {
  const { site, zone, weekStart, at } = place;
  const range = [-3, 3].map((days) => local(at + days * dayMs)) as [string, string];
  await rollUp(collector.database);
  const key = await makeKey(collector, 'owner');
  const ask = async (filters: unknown[]) => {
    const body = {
      site_id: site,
      metrics: ['pageviews'],
      dimensions: ['time:day'],
      date_range: range,
      filters,
    };
    const answer = await askQuery(collector, body, key);
    return { source: answer.body.meta.source, results: answer.body.results };
  };
  const rolledUp = await ask([]);
  const read = await ask([['is_not', 'event:page', ['/nowhere']]]);
  expect([rolledUp.source, read.source]).toEqual(['rollups', 'events']);
  const days = Array.from({ length: 7 }, (_, index) => local(at + (index - 3) * dayMs));
  const expected = days.flatMap((day) => {
    const calendar = { zone, weekStart, from: day, to: day };
    const seen = [...oraclePages(visitsOf.get(place) ?? [], calendar).values()];
    const pageviews = seen.reduce((sum, one) => sum + one.pageviews, 0);
    return pageviews === 0 ? [] : [{ dimensions: [day], metrics: [pageviews] }];
  });
  expect(rolledUp.results).toEqual(expected);
  expect(read.results).toEqual(expected);
});
