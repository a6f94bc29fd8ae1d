import { expect } from 'vitest';
import {
  type Calendar,
  type Interval,
  type Match,
  type OracleVisit,
  oracleActive,
  oracleAttribution,
  oracleFunnel,
  oraclePages,
  oraclePaths,
  oracleRetention,
} from './oracle/reports.js';
import type { ReportClient } from './report-client.js';

export type Compared = {
  client: ReportClient;
  site: string;
  visits: OracleVisit[];
  /** In which the days of the range are; the site has its first day of the week. */
  calendar: Calendar;
};

/** A question to a report that has an oracle. */
export type ReportQuestion =
  | { report: 'funnels'; steps: Match[]; window: number; order: 'loose' | 'strict' }
  | { report: 'retention'; interval: Interval; start?: string | undefined; back?: string | undefined }
  | { report: 'paths'; from?: string | undefined; to?: string | undefined; steps: number }
  | { report: 'attribution'; event: string; lookbackDays: number }
  | { report: 'stickiness' }
  | { report: 'engagement' };

/** Asks a report, and expects the numbers of the oracle. */
export async function compareReport(compared: Compared, question: ReportQuestion): Promise<void> {
  if (question.report === 'funnels') await compareFunnel(compared, question);
  if (question.report === 'retention') await compareRetention(compared, question);
  if (question.report === 'paths') await comparePaths(compared, question);
  if (question.report === 'attribution') await compareAttribution(compared, question);
  if (question.report === 'stickiness') await compareStickiness(compared);
  if (question.report === 'engagement') await comparePages(compared);
}

type Of<Name extends ReportQuestion['report']> = Extract<ReportQuestion, { report: Name }>;

async function ask<Body>({ client, site, calendar }: Compared, report: string, input: object): Promise<Body> {
  const { from, to, zone } = calendar;
  const query = { site, from, to, timezone: zone, limit: 1_000, ...input };
  const { status, body } = await client.ask('POST', report, query, client.owner);
  expect({ report, query, status, body }).toMatchObject({ status: 200 });
  return body as Body;
}

async function compareFunnel(compared: Compared, { steps, window, order }: Of<'funnels'>) {
  type Body = { steps: { reached: number }[] };
  const answer = await ask<Body>(compared, 'funnels', { steps, window, order });
  const options = { steps, windowMs: window * 1_000, isStrict: order === 'strict' };
  const expected = oracleFunnel(compared.visits, compared.calendar, options);
  expect(answer.steps.map(({ reached }) => reached)).toEqual(expected);
}

async function compareRetention(compared: Compared, { interval, start, back }: Of<'retention'>) {
  type Cohort = { cohort: string; visitors: number; periods: { period: number; visitors: number }[] };
  const { cohorts } = await ask<{ cohorts: Cohort[] }>(compared, 'retention', {
    interval,
    ...(start !== undefined && { start: { event: start } }),
    ...(back !== undefined && { return: { event: back } }),
  });
  const expected = oracleRetention(compared.visits, compared.calendar, { interval, start, back });
  expect(cohorts.map(({ cohort }) => cohort)).toEqual([...expected.keys()].sort());
  for (const { cohort, visitors, periods } of cohorts) {
    const counts = expected.get(cohort);
    if (back === undefined && start === undefined) expect(visitors).toBe(counts?.get(0));
    expect([cohort, periods.map((one) => one.visitors)]).toEqual([
      cohort,
      periods.map(({ period }) => counts?.get(period) ?? 0),
    ]);
    expect(Math.max(0, ...(counts?.keys() ?? []))).toBeLessThan(periods.length);
  }
}

async function comparePaths(compared: Compared, { from, to, steps }: Of<'paths'>) {
  type Body = { paths: { pages: string[]; sessions: number }[]; sessions: number };
  const { paths, sessions } = await ask<Body>(compared, 'paths', {
    steps,
    ...(from !== undefined && { from_page: from }),
    ...(to !== undefined && { to_page: to }),
  });
  const expected = oraclePaths(compared.visits, compared.calendar, { from, to, steps });
  expect(new Map(paths.map((path) => [JSON.stringify(path.pages), path.sessions]))).toEqual(expected);
  expect(sessions).toBe([...expected.values()].reduce((sum, count) => sum + count, 0));
}

async function compareAttribution(compared: Compared, { event, lookbackDays }: Of<'attribution'>) {
  type Result = { value: string | null; credit: Record<string, number>; revenue: { linear: number } };
  const answer = await ask<{ conversions: number; results: Result[] }>(compared, 'attribution', {
    conversion: { event },
    dimension: 'visit:utm_campaign',
    lookback_days: lookbackDays,
  });
  const expected = oracleAttribution(compared.visits, compared.calendar, { event, lookbackDays });
  expect(answer.conversions).toBe(expected.conversions);
  expect(answer.results).toHaveLength(expected.credits.size);
  for (const { value, credit, revenue } of answer.results) {
    const own = expected.credits.get(value);
    for (const [model, amount] of Object.entries(own?.credit ?? {}))
      expect(credit[model]).toBeCloseTo(amount, 6);
    expect(revenue.linear).toBeCloseTo(own?.revenue ?? -1, 6);
  }
}

async function compareStickiness(compared: Compared) {
  type Day = { day: string; dau: number; wau: number; mau: number };
  const { days } = await ask<{ days: Day[] }>(compared, 'stickiness', {});
  const { from, to } = compared.calendar;
  expect([days[0]?.day, days.at(-1)?.day]).toEqual([from, to]);
  for (const { day, dau, wau, mau } of days) {
    const active = [1, 7, 30].map((count) =>
      oracleActive(compared.visits, compared.calendar, { day, days: count }),
    );
    expect([day, dau, wau, mau]).toEqual([day, ...active]);
  }
}

async function comparePages(compared: Compared) {
  type Page = { page: string; visits: number; pageviews: number };
  const answer = await ask<{ pages: Page[] }>(compared, 'engagement', {});
  const found = new Map(answer.pages.map(({ page, visits, pageviews }) => [page, { visits, pageviews }]));
  expect(found).toEqual(oraclePages(compared.visits, compared.calendar));
}
