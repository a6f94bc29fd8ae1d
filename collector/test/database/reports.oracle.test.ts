import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Compared, compareReport, type ReportQuestion } from '../compare-report.js';
import { createRandom } from '../random.js';
import { createReportClient } from '../report-client.js';
import { inventVisit, pages, sendInvented } from '../report-scenario.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const days = 21;
const calendar = { zone: 'UTC', weekStart: 1, from: '2026-10-31', to: '2026-11-20' };
const seed = Number(process.env.FOOTFALL_REPORT_SEED ?? 7);

let collector: TestCollector;
let compared: Compared;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => noon });
  const visits = generateVisits();
  await Promise.all(visits.map((visit) => sendInvented(collector, visit, 'demo')));
  compared = { client: await createReportClient(collector), site: 'demo', visits, calendar };
});
afterAll(() => collector.stop());

function generateVisits() {
  const random = createRandom(seed);
  const starts = Array.from({ length: (days - 1) * 3 }, (_, index) => noon - index * 8 * hourMs - 5 * hourMs);
  return Array.from({ length: 40 }, (_, person) => `visitor-${person}`).flatMap((visitor) =>
    starts.filter(() => random.chance(0.12)).map((startAt) => inventVisit(random, visitor, startAt)),
  );
}

const signup = [{ page: '/' }, { page: '/pricing' }, { page: '/signup' }];
const monthSeconds = 30 * 86_400;

test.each<ReportQuestion>([
  { report: 'funnels', steps: signup, window: 86_400, order: 'loose' },
  { report: 'funnels', steps: signup, window: 86_400, order: 'strict' },
  { report: 'funnels', steps: [{ page: '/' }, { event: 'buy' }], window: 600, order: 'loose' },
  {
    report: 'funnels',
    steps: [{ event: 'share' }, { event: 'buy' }, { event: 'buy' }],
    window: 10 * 86_400,
    order: 'loose',
  },
  { report: 'funnels', steps: [{ page: '/docs' }, { page: '/docs' }], window: monthSeconds, order: 'strict' },
  {
    report: 'funnels',
    steps: [...pages, ...pages].map((page) => ({ page })),
    window: monthSeconds,
    order: 'loose',
  },
  { report: 'retention', interval: 'day' },
  { report: 'retention', interval: 'week' },
  { report: 'retention', interval: 'month' },
  { report: 'retention', interval: 'day', start: 'buy' },
  { report: 'retention', interval: 'day', start: 'share', back: 'buy' },
  { report: 'paths', from: '/', steps: 3 },
  { report: 'paths', from: '/signup', steps: 1 },
  { report: 'paths', to: '/signup', steps: 2 },
  { report: 'paths', steps: 4 },
  { report: 'attribution', event: 'buy', lookbackDays: 30 },
  { report: 'attribution', event: 'buy', lookbackDays: 2 },
  { report: 'stickiness' },
  { report: 'engagement' },
])('the report is that of the oracle: %o', (question) => compareReport(compared, question));

test('the visits of this test go as far back as its range', () => {
  const starts = compared.visits.map(({ events }) => events[0]?.at ?? 0);
  expect(Math.min(...starts)).toBeGreaterThanOrEqual(Date.parse(calendar.from));
  expect(Math.max(...starts)).toBeLessThan(Date.parse(calendar.to) + dayMs);
});
