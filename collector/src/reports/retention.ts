import { z } from 'zod';
import { groupBy } from '../group-by.js';
import { daysBetween } from '../query/period/calendar.js';
import { dayOf } from './day-of.js';
import { type EventMatch, eventMatchSchema, matchEvent } from './event-match.js';
import { rate } from './rate.js';
import { defineReport, type Scope } from './report.js';

const intervals = ['day', 'week', 'month'] as const;

const parameters = z.strictObject({
  interval: z.enum(intervals).default('week'),
  /** What makes a visitor a member of a cohort; absent: the first visit of all. */
  start: eventMatchSchema.optional(),
  /** What counts as coming back; absent: any visit. */
  return: eventMatchSchema.optional(),
});

type Parameters = z.infer<typeof parameters>;
type Interval = Parameters['interval'];
type Row = { cohort: string; period: string | null; visitors: number };

/** Of the visitors who came first in a period, how many came back in each later one. */
export const retention = defineReport({
  path: 'retention',
  parameters,
  definitions: {
    cohort:
      'visitors whose first visit of all that is stored (with start: whose first such event in the range) lies in the period that begins on this day',
    visitors:
      'those of them with a visit (with return: such an event) in the n-th period after it; 0 is the period of the cohort',
    rate: 'percent of the cohort',
    identity: 'a cookieless visitor has another id each UTC day and so never returns',
  },
  async read(tx, scope, parameters) {
    const sql = toSql(scope, parameters);
    const rows = await tx.query<Row>(sql, scope.parameters.values);
    const last = rows.find(({ period }) => period !== null && period > scope.to)?.period ?? scope.to;
    const cohorts = [...groupBy(rows, ({ cohort }) => cohort)].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      interval: parameters.interval,
      cohorts: cohorts.map(([cohort, ofCohort]) =>
        describeCohort(cohort, ofCohort, { interval: parameters.interval, last }),
      ),
    };
  },
});

function describeCohort(
  cohort: string,
  rows: Row[],
  { interval, last }: { interval: Interval; last: string },
) {
  const size = rows.find(({ period }) => period === null)?.visitors ?? 0;
  const counts = new Map(
    rows.flatMap(({ period, visitors }) =>
      period === null ? [] : [[distance(cohort, period, interval), visitors] as const],
    ),
  );
  const periods = Array.from({ length: distance(cohort, last, interval) + 1 }, (_, period) => {
    const visitors = counts.get(period) ?? 0;
    return { period, visitors, rate: rate(visitors, size) };
  });
  return { cohort, visitors: size, periods };
}

function distance(from: string, to: string, interval: Interval): number {
  if (interval === 'day') return daysBetween(from, to);
  if (interval === 'week') return Math.floor(daysBetween(from, to) / 7);
  const months = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  return months(to) - months(from);
}

// A row a visitor and period comes first, so that everything behind it works on few rows.
function toSql(scope: Scope, { interval, start, return: back }: Parameters): string {
  const { bind } = scope.parameters;
  const first =
    start === undefined ? 'select visitor, min(period) as cohort from active group by visitor' : '';
  const cohorts =
    first ||
    `select visitor, min(period) as cohort from (${eventPeriods(scope, start, interval)}) as started group by visitor`;
  const from = periodOf(`${bind(scope.from, 'date')}`, scope, interval);
  return `/* retention.read */
    with active as materialized (${back === undefined || start === undefined ? visitPeriods(scope, interval) : eventPeriods(scope, back, interval)}),
    returned as (${back === undefined ? 'select visitor, period from active' : eventPeriods(scope, back, interval)}),
    cohorts as materialized (${cohorts})
    select c.cohort, r.period, count(*) as visitors
    from cohorts c join returned r on r.visitor = c.visitor and r.period >= c.cohort
    where c.cohort >= ${from}
    group by c.cohort, r.period
    union all
    select cohort, null, count(*) from cohorts where cohort >= ${from} group by cohort`;
}

// Without a start the first visit may lie before the range.
function visitPeriods(scope: Scope, interval: Interval): string {
  const end = scope.parameters.bind(scope.span.endAt, 'timestamptz');
  return `select s.visitor_id as visitor, ${periodOf(dayOf('s.started_at', scope), scope, interval)} as period
      from footfall.sessions s
      where ${scope.isVisit('s')} and s.started_at < ${end} and s.visitor_id is not null group by 1, 2`;
}

function eventPeriods(scope: Scope, match: EventMatch | undefined, interval: Interval): string {
  const condition = match === undefined ? 'true' : matchEvent('e', match, scope);
  return `select e.visitor_id as visitor, ${periodOf(dayOf('e.occurred_at', scope), scope, interval)} as period
      from ${scope.events('e')}
      where ${scope.eventIn('e')} and ${condition} and e.visitor_id is not null group by 1, 2`;
}

/** The first day of the period that a day lies in. */
export function periodOf(
  day: string,
  { parameters: { bind }, weekStart }: Scope,
  interval: Interval,
): string {
  if (interval === 'day') return day;
  if (interval === 'month') return `date_trunc('month', ${day})::date`;
  return `(${day} - (extract(isodow from ${day})::integer - ${bind(weekStart, 'integer')} + 7) % 7)`;
}
