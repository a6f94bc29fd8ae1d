import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { refreshRollups } from '../rollups/refresh.js';
import { compareRange, compareWhole } from './compare-period.js';
import type { Page } from './compile/compile-page.js';
import { coresOf, type Question } from './compile/compile-query.js';
import { isRolledUp } from './compile/compile-rollups.js';
import { bucketName } from './compile/core.js';
import { readCursor } from './cursor.js';
import { readDefinitions } from './definitions.js';
import { expandSegments } from './filters/expand-segments.js';
import { chooseBucket, countBuckets } from './period/buckets.js';
import { type LocalRange, resolveDateRange } from './period/date-range.js';
import { type Period, readCalendar, resolvePeriods, type SiteCalendar } from './period/resolve-period.js';
import { maxRows } from './query-schema.js';
import { isTime, type Query } from './read-query.js';

/** A query over one site, ready to run: its question, and the one that it is compared with. */
export type Prepared = {
  site: string;
  calendar: SiteCalendar;
  question: Question;
  compared: Question | undefined;
  page: Page;
  /** The moment that relative ranges are relative to: that of the first page. */
  now: number;
};

export type PrepareDeps = { database: Database; now: () => number };

const maxBuckets = 10_000;

/** Finds out what a query means on a site: its time, its goals and segments, and where its numbers are read. */
export async function prepareQuery(
  { database, now }: PrepareDeps,
  query: Query,
  site: string,
): Promise<Prepared> {
  const cursor =
    query.pagination.cursor === undefined ? undefined : readCursor(query.pagination.cursor, query);
  const moment = cursor?.now ?? now();
  const found = await database.withSite(site, (tx) => findPeriods(tx, query, { site, now: moment }));
  const { question, compared } = ask(query, found);
  const page = {
    limit: query.pagination.limit,
    offset: query.pagination.offset ?? 0,
    after: cursor?.after,
  };
  return {
    site,
    calendar: found.calendar,
    question: await chooseSource(database, question),
    compared: compared && (await chooseSource(database, compared)),
    page,
    now: moment,
  };
}

/** How many rows an answer holds for each site. */
export function heldRows({ pagination, sites }: Query): number {
  const most = Math.floor(maxRows / sites.length);
  return Math.min(pagination.limit ?? most, most);
}

type Found = Awaited<ReturnType<typeof findPeriods>>;

async function findPeriods(tx: Transaction, query: Query, { site, now }: { site: string; now: number }) {
  const calendar = await readCalendar(tx, { site, timezone: query.timezone, now });
  const range = resolveDateRange(query.date_range, calendar);
  const ranges: LocalRange[] = [range];
  const { comparisons } = query.include;
  // Over time each bucket stands beside its own, those to come too.
  const compare = query.dimensions.some(isTime) ? compareWhole : compareRange;
  if (comparisons) ranges.push(compare(range, comparisons, calendar));
  const [period, compared] = await resolvePeriods(tx, ranges, calendar.timezone);
  if (!period) throw new Error('prepare-query: a range without a period');
  return { calendar, period, compared, ...(await readDefinitions(tx)) };
}

function ask(query: Query, found: Found): { question: Question; compared: Question | undefined } {
  const { calendar, period, compared, goals, segments } = found;
  const bucket = `time:${chooseBucket(period.startAt, period.endAt)}`;
  const named = (name: string) => (name === 'time' ? bucket : name);
  const dimensions = query.dimensions.map(named);
  checkBuckets(query, dimensions, period);
  const question: Question = {
    site: calendar.site,
    period,
    timezone: calendar.timezone,
    siteTimezone: calendar.siteTimezone,
    weekStart: query.week_start ?? calendar.weekStart,
    dimensions,
    filters: expandSegments(query.filters, segments),
    goals,
    metrics: query.metrics,
    orderBy: query.order_by?.map(([name, direction]) => [named(name), direction]),
    useRollups: false,
    fillsTime: query.include.zero_fill ?? false,
  };
  return { question, compared: compared && { ...question, period: compared } };
}

function checkBuckets({ include }: Query, dimensions: string[], period: Period): void {
  const time = dimensions.find(isTime);
  if (time === undefined || !(include.zero_fill || include.time_labels || include.comparisons)) return;
  const count = countBuckets(bucketName(time), period.startAt, period.endAt);
  if (count <= maxBuckets) return;
  throw new Refusal(
    400,
    'bad_query',
    `dimensions: expected at most ${maxBuckets} buckets of time, got ${count}`,
    {
      path: 'dimensions',
      hint: 'choose a longer bucket or a shorter date_range',
    },
  );
}

/** Whether a question is answered without reading events or visits. */
export function readsRollupsAlone(question: Question): boolean {
  return question.useRollups && coresOf(question).every((core) => isRolledUp(core, question.siteTimezone));
}

// The rollups answer once the days that events have reached since are made again; where these are many, the events do.
async function chooseSource(database: Database, question: Question): Promise<Question> {
  const { days, cut } = question.period;
  const held = days ?? cut;
  const isHeld = coresOf(question).some((core) => isRolledUp(core, question.siteTimezone));
  if (!isHeld || held === undefined) return question;
  const { site, timezone } = question;
  return {
    ...question,
    useRollups: await refreshRollups(database, { site, timezone, from: held.from, to: held.to }),
  };
}
