import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Match,
  type OracleVisit,
  oracleActive,
  oracleAttribution,
  oracleEventRetention,
  oracleFunnel,
  oraclePaths,
  oracleRetention,
} from '../oracle/reports.js';
import { createRandom } from '../random.js';
import { createReportClient, type ReportClient, sendVisit } from '../report-client.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;
const days = 21;
const firstDay = '2026-10-31';
const lastDay = '2026-11-20';
const seed = Number(process.env.FOOTFALL_REPORT_SEED ?? 7);
const pages = ['/', '/pricing', '/docs', '/signup'];
const campaigns = [null, 'spring', 'autumn', 'winter'];

let collector: TestCollector;
let client: ReportClient;
let visits: OracleVisit[];

beforeAll(async () => {
  collector = await startTestCollector({ now: () => noon });
  client = await createReportClient(collector);
  visits = generateVisits();
  await Promise.all(visits.map(send));
});
afterAll(() => collector.stop());

// Sessions of one visitor lie hours apart, so that what a session is has no part in this test.
function generateVisits(): OracleVisit[] {
  const random = createRandom(seed);
  const starts = Array.from(
    { length: (days - 1) * 3 },
    (_, index) => noon - index * 8 * 3_600_000 - 5 * 3_600_000,
  );
  return Array.from({ length: 40 }, (_, person) => `visitor-${person}`).flatMap((visitor) =>
    starts
      .filter(() => random.chance(0.12))
      .map((startAt) => {
        let at = startAt;
        const events = Array.from({ length: 1 + random.below(7) }, () => {
          at += random.pick([0, 1_000, 30_000, 600_000]);
          const isPage = random.chance(0.75);
          const id = newId(at);
          if (isPage) return { id, at, page: random.pick(pages) };
          return { id, at, name: random.pick(['buy', 'share']), value: random.below(50) };
        });
        // The first event is a page: what a session starts with tells its campaign.
        events.unshift({ id: newId(startAt), at: startAt, page: random.pick(pages) });
        return { visitor, session: newId(startAt), campaign: random.pick(campaigns), events };
      }),
  );
}

function send({ visitor, session, campaign, events }: OracleVisit): Promise<void> {
  const query = campaign === null ? '' : `?utm_campaign=${campaign}&utm_source=mail`;
  return sendVisit(collector, {
    visitor,
    session,
    events: events.map(({ id, at, page, name, value }) =>
      page === undefined
        ? { id, at, type: 'custom', name, value, path: '/' }
        : { id, at, path: `${page}${query}` },
    ),
  });
}

const range = { from: firstDay, to: lastDay, limit: 1_000 };

const funnelCases: { steps: Match[]; window: number; order: string }[] = [
  { steps: [{ page: '/' }, { page: '/pricing' }, { page: '/signup' }], window: 86_400, order: 'loose' },
  { steps: [{ page: '/' }, { page: '/pricing' }, { page: '/signup' }], window: 86_400, order: 'strict' },
  { steps: [{ page: '/' }, { event: 'buy' }], window: 600, order: 'loose' },
  { steps: [{ event: 'share' }, { event: 'buy' }, { event: 'buy' }], window: 10 * 86_400, order: 'loose' },
  { steps: [{ page: '/docs' }, { page: '/docs' }], window: 30 * 86_400, order: 'strict' },
  { steps: [...pages, ...pages].map((page) => ({ page })), window: 30 * 86_400, order: 'loose' },
];

test.each(funnelCases)('funnel $steps within $window s, $order, is that of the oracle', async (input) => {
  const { steps } = await client.get<{ steps: { reached: number }[] }>('funnels', { ...range, ...input });
  const windowMs = input.window * 1_000;
  const expected = oracleFunnel(visits, { steps: input.steps, windowMs, isStrict: input.order === 'strict' });
  expect(steps.map(({ reached }) => reached)).toEqual(expected);
  expect(expected[0]).toBeGreaterThan(0);
});

test.each([
  { interval: 'day', unitDays: 1 },
  { interval: 'week', unitDays: 7 },
])('retention by $interval is that of the oracle', async ({ interval, unitDays }) => {
  type Cohort = { cohort: string; visitors: number; periods: { period: number; visitors: number }[] };
  const { cohorts } = await client.get<{ cohorts: Cohort[] }>('retention', { ...range, interval });
  // 26 October is the Monday before the first day.
  const expected = oracleRetention(visits, unitDays, interval === 'week' ? '2026-10-26' : firstDay);
  expect(cohorts.map(({ cohort }) => cohort)).toEqual([...expected.keys()].sort());
  for (const { cohort, visitors, periods } of cohorts) {
    const counts = expected.get(cohort);
    expect(visitors).toBe(counts?.get(0));
    expect(periods.map((one) => one.visitors)).toEqual(periods.map(({ period }) => counts?.get(period) ?? 0));
  }
});

test.each([{ start: 'buy' }, { start: 'share', back: 'buy' }])(
  'retention after $start by $back is that of the oracle',
  async ({ start, back }) => {
    type Cohort = { cohort: string; periods: { period: number; visitors: number }[] };
    const { cohorts } = await client.get<{ cohorts: Cohort[] }>('retention', {
      ...range,
      interval: 'day',
      start: { event: start },
      ...(back !== undefined && { return: { event: back } }),
    });
    const expected = oracleEventRetention(visits, { start, ...(back !== undefined && { back }) });
    expect(cohorts.map(({ cohort }) => cohort)).toEqual([...expected.keys()].sort());
    for (const { cohort, periods } of cohorts) {
      const counts = periods.map(({ period }) => expected.get(cohort)?.get(period) ?? 0);
      expect(periods.map(({ visitors }) => visitors)).toEqual(counts);
    }
  },
);

test.each([
  { from: '/', steps: 3 },
  { from: '/signup', steps: 1 },
  { to: '/signup', steps: 2 },
  { steps: 4 },
])('paths $from $to of $steps steps are those of the oracle', async ({ from, to, steps }) => {
  const input = { ...range, steps, ...(from && { from_page: from }), ...(to && { to_page: to }) };
  const { paths, sessions } = await client.get<{
    paths: { pages: string[]; sessions: number }[];
    sessions: number;
  }>('paths', input);
  const expected = oraclePaths(visits, { ...(from && { from }), ...(to && { to }), steps });
  expect(new Map(paths.map((path) => [JSON.stringify(path.pages), path.sessions]))).toEqual(expected);
  expect(sessions).toBe([...expected.values()].reduce((sum, count) => sum + count, 0));
});

test.each([{ lookbackDays: 30 }, { lookbackDays: 2 }])(
  'attribution with $lookbackDays days is that of the oracle in five models',
  async ({ lookbackDays }) => {
    type Result = { value: string | null; credit: Record<string, number>; revenue: { linear: number } };
    const answer = await client.get<{ conversions: number; results: Result[] }>('attribution', {
      ...range,
      conversion: { event: 'buy' },
      dimension: 'visit:utm_campaign',
      lookback_days: lookbackDays,
    });
    const expected = oracleAttribution(visits, { event: 'buy', lookbackDays });
    expect(answer.conversions).toBe(expected.conversions);
    expect(answer.results).toHaveLength(expected.credits.size);
    for (const { value, credit, revenue } of answer.results) {
      const own = expected.credits.get(value);
      for (const [model, amount] of Object.entries(own?.credit ?? {}))
        expect(credit[model]).toBeCloseTo(amount, 6);
      expect(revenue.linear).toBeCloseTo(own?.revenue ?? -1, 6);
    }
  },
);

test('daily, weekly and monthly active visitors are those of the oracle', async () => {
  type Day = { day: string; dau: number; wau: number; mau: number };
  const answer = await client.get<{ days: Day[] }>('stickiness', range);
  expect(answer.days).toHaveLength(days);
  for (const { day, dau, wau, mau } of answer.days)
    expect([day, dau, wau, mau]).toEqual([
      day,
      ...[1, 7, 30].map((count) => oracleActive(visits, day, count)),
    ]);
});

test('the visits of this test go as far back as its range', () => {
  const starts = visits.map(({ events }) => events[0]?.at ?? 0);
  expect(Math.min(...starts)).toBeGreaterThanOrEqual(Date.parse(firstDay));
  expect(Math.max(...starts)).toBeLessThan(Date.parse(lastDay) + dayMs);
});
