import type { Database, Transaction } from '../db/database.js';
import { refreshRollups } from '../rollups/refresh.js';
import { prepareTransaction } from './answer-query.js';
import type { Question, SourceName } from './compile/compile-query.js';
import { type Asked, compileTogether } from './compile/compile-together.js';
import { isOfEvent } from './compile/core.js';
import { readDefinitions } from './definitions.js';
import { expandSegments } from './filters/expand-segments.js';
import type { Filter } from './filters/filter-schema.js';
import { askAll, breakdowns, splitByRows, totalsOf } from './overview-questions.js';
import { addDays, daysBetween } from './period/calendar.js';
import { resolvePeriods, type SiteCalendar } from './period/resolve-period.js';
import { createRawScope } from './raw-scope.js';

/** Days of the site's calendar, both inclusive. */
export type DayRange = { from: string; to: string };

type Totals = {
  visitors: number;
  sessions: number;
  pageviews: number;
  /** Percent of the sessions. */
  bounce_rate: number;
  /** Mean, in seconds. */
  visit_duration: number;
};

type Visits = { visitors: number; sessions: number };
type Breakdown<Name extends string> = ({ [name in Name]: string | null } & Visits)[];

export type Overview = DayRange &
  Totals & {
    site: string;
    timezone: string;
    /** The same number of days before. */
    previous: DayRange & Totals;
    series: ({ day: string; pageviews: number } & Visits)[];
    pages: { path: string | null; visitors: number; pageviews: number }[];
    entry_pages: Breakdown<'path'>;
    exit_pages: Breakdown<'path'>;
    referrers: Breakdown<'source'>;
    channels: Breakdown<'channel'>;
    countries: Breakdown<'country'>;
    browsers: Breakdown<'browser'>;
    systems: Breakdown<'os'>;
    devices: Breakdown<'device'>;
    campaigns: Breakdown<'campaign'>;
    meta: { bot_events: number; source: SourceName; definitions: Record<string, string> };
  };

const definitions = {
  visitors:
    'distinct visitor ids with an event in the range; filtered by visits alone: of sessions that started in it; cookieless ids change at midnight UTC',
  sessions: 'sessions that started in the range: a gap of more than 30 minutes or 24 hours ends one',
  pageviews: 'pageview events in the range; filtered by visits alone: those of sessions that started in it',
  bounce_rate: 'percent of sessions with one pageview, no interaction and less than 10 s engaged',
  visit_duration: 'mean seconds from the first to the last event of a session, zeros included',
  bots: 'events of bots are stored with their reason and left out of every number but bot_events',
};

type Request = { calendar: SiteCalendar; days: DayRange; filters: readonly Filter[] };

/** What happened on a site within a range of days. Bots are left out, and counted apart. */
export async function readOverview(
  database: Database,
  { calendar, days, filters }: Request,
): Promise<Overview> {
  const { site } = calendar;
  const [current, previous] = await database.withSite(site, (tx) => ask(tx, calendar, { days, filters }));
  const fresh = await useRollups(database, current, days);
  const before = await useRollups(database, previous, previousDays(days));
  const { rows, past, botEvents } = await readAll(database, { fresh, before: before.question, days });
  return {
    site,
    ...days,
    timezone: calendar.timezone,
    ...toTotals(rows[0]),
    previous: { ...previousDays(days), ...toTotals(past) },
    series: (rows[1] ?? []).map(toDay),
    ...toBreakdowns(rows.slice(2)),
    meta: { bot_events: botEvents, source: fresh.question.useRollups ? 'rollups' : 'events', definitions },
  };
}

type All = { fresh: Fresh; before: Question; days: DayRange };

/** The rows of each question, those of the totals before, and the events of bots. */
async function readAll(database: Database, { fresh, before, days }: All) {
  const { question } = fresh;
  const asked = askAll(question);
  const reader = question.useRollups ? database : database.scanning();
  const readThese = async (tx: Transaction, these: Asked[]) => {
    await prepareTransaction(tx, question);
    if (!question.useRollups) await tx.query(joinByHash);
    return readTogether(tx, these);
  };
  const { together, apart } = splitByRows(asked);
  const [first, last] = await Promise.all([
    reader.withSite(question.site, async (tx) => ({
      rows: await readThese(tx, together),
      past: (await readTogether(tx, [totalsOf(before)]))[0],
      botEvents: await countBots(tx, fresh, days),
    })),
    apart.length === 0 ? [] : reader.withSite(question.site, (tx) => readThese(tx, apart)),
  ]);
  const read = new Map([...together, ...apart].map((one, at) => [one, [...first.rows, ...last][at] ?? []]));
  return { ...first, rows: asked.map((one) => read.get(one) ?? []) };
}

// The rows that all questions share have no index, and the planner expects one of them while a table is new: a nested loop
// over 8,000 events took longer than 20 s where a hash takes a tenth of one.
const joinByHash = '/* overview.readAll */ set local enable_nestloop = off';

type Fresh = { question: Question; isFresh: boolean };

/** Has the days made again that events have reached since, where these are few. Filtered rows are in no rollup. */
async function useRollups(database: Database, question: Question, days: DayRange): Promise<Fresh> {
  const { site, timezone } = question;
  const isFresh = await refreshRollups(database, { site, timezone, ...days });
  return { question: { ...question, useRollups: isFresh && question.filters.length === 0 }, isFresh };
}

async function ask(
  tx: Transaction,
  calendar: SiteCalendar,
  { days, filters }: Omit<Request, 'calendar'>,
): Promise<[Question, Question]> {
  const { goals, segments } = await readDefinitions(tx);
  const ranges = [days, previousDays(days)].map((range) => ({ kind: 'days' as const, ...range }));
  const [period, before] = await resolvePeriods(tx, ranges, calendar.timezone);
  if (!period || !before) throw new Error('overview: a range without a period');
  const question: Question = {
    ...calendar,
    period,
    dimensions: [],
    filters: expandSegments(filters, segments),
    goals,
    metrics: [],
    orderBy: undefined,
    useRollups: false,
    fillsTime: false,
  };
  return [question, { ...question, period: before }];
}

function previousDays({ from, to }: DayRange): DayRange {
  const days = daysBetween(from, to) + 1;
  return { from: addDays(from, -days), to: addDays(to, -days) };
}

type Row = { d0?: string | null; m0: number; m1: number; m2: number; m3: number; m4: number };

/** The rows of each question, of which there is at least one. */
async function readTogether(tx: Transaction, asked: Asked[]): Promise<Row[][]> {
  const [first] = asked;
  if (!first) return [];
  const scope = createRawScope(first.question.site, first.question.period);
  const sql = compileTogether(asked, scope);
  const found = await tx.query<{ question: number; row: Row }>(sql, scope.parameters.values);
  const rows: Row[][] = asked.map(() => []);
  for (const { question, row } of found) rows[question]?.push(row);
  return rows;
}

function toTotals([row]: Row[] = []): Totals {
  const { m0 = 0, m1 = 0, m2 = 0, m3 = 0, m4 = 0 } = row ?? {};
  return { visitors: m0, sessions: m1, pageviews: m2, bounce_rate: m3, visit_duration: m4 };
}

function toDay({ d0, m0, m1, m2 }: Row): Overview['series'][number] {
  return { day: d0 ?? '', visitors: m0, sessions: m1, pageviews: m2 };
}

function toBreakdowns(rows: Row[][]): Pick<Overview, keyof typeof breakdowns> {
  const entries = Object.entries(breakdowns).map(([name, { dimension, value }], at) => {
    const counted = isOfEvent(dimension) ? 'pageviews' : 'sessions';
    return [
      name,
      (rows[at] ?? []).map(({ d0 = null, m0, m1 }) => ({ [value]: d0, visitors: m0, [counted]: m1 })),
    ];
  });
  return Object.fromEntries(entries) as Pick<Overview, keyof typeof breakdowns>;
}

async function countBots(tx: Transaction, { question, isFresh }: Fresh, days: DayRange): Promise<number> {
  const scope = createRawScope(question.site, question.period);
  const { bind } = scope.parameters;
  const sql = isFresh
    ? `select coalesce(sum(d.bot_events), 0) as events from footfall.rollup_days d
       where d.site = ${bind(question.site, 'text')} and d.dimension = 'all'
         and d.day between ${bind(days.from, 'date')} and ${bind(days.to, 'date')}`
    : `select count(*) as events from footfall.events e where ${scope.botEventIn('e')}`;
  const [row] = await tx.query<{ events: number }>(
    `/* overview.countBots */ ${sql}`,
    scope.parameters.values,
  );
  return row?.events ?? 0;
}
