import { z } from 'zod';
import type { Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { type EventMatch, eventMatchSchema, matchEvent } from './event-match.js';
import { rate } from './rate.js';
import { defineReport, type Scope } from './report.js';

const intervals = { day: '1 day', week: '7 days', month: '1 month' } as const;
const intervalNames = ['day', 'week', 'month'] as const;

const parameters = z.strictObject({
  interval: z.enum(intervalNames).default('week'),
  /** What makes a visitor a member of a cohort; absent: the first visit of all. */
  start: eventMatchSchema.optional(),
  /** What counts as coming back; absent: any visit. */
  return: eventMatchSchema.optional(),
});

type Parameters = z.infer<typeof parameters>;
type Interval = Parameters['interval'];

/** Periods count from 1. A mask holds 60 of them: bit 0 of masks[0] is period 1. */
type Row = { cohort: number; visitors: number; masks: number[][] };
type Period = { day: string; start_at: string };

const answer = z.object({
  interval: z.enum(intervalNames),
  cohorts: z.array(
    z.object({
      cohort: z.iso.date(),
      visitors: z.int(),
      periods: z.array(z.object({ period: z.int(), visitors: z.int(), rate: z.number() })),
    }),
  ),
});

const maxPeriods = 420;
// Two halves of 30 bits each are whole numbers in JavaScript, and one bigint in the database.
const halfBits = 30;
const maskBits = 2 * halfBits;

/** Of the visitors who came first in a period, how many came back in each later one. */
export const retention = defineReport({
  path: 'retention',
  parameters,
  answer,
  definitions: {
    cohort:
      'visitors whose first visit of all that is stored (with start: whose first such event in the range) lies in the period that begins on this day',
    periods:
      'members with a visit (with return: such an event) in the n-th period after it; 0 is the period of the cohort itself',
    rate: 'percent of the cohort',
    identity: 'a cookieless visitor has another id each UTC day and so never returns',
  },
  async read(tx, scope, parameters) {
    const periods = await readPeriods(tx, scope, parameters.interval);
    const sql = toSql(scope, parameters, periods);
    const rows = await tx.query<Row>(sql, scope.parameters.values);
    return { interval: parameters.interval, cohorts: describeCohorts(periods, rows) };
  },
});

/** The periods of the range; the first may begin before it. */
async function readPeriods(tx: Transaction, scope: Scope, interval: Interval): Promise<Period[]> {
  const { from, to, timezone, weekStart } = scope;
  const periods = await tx.query<Period>(
    `/* retention.readPeriods */
     select p::date as day, footfall.day_start(p::date, $3::text)::text as start_at
     from generate_series(case $4::text
         when 'week' then $1::date - (extract(isodow from $1::date)::integer - $5::integer + 7) % 7
         when 'month' then date_trunc('month', $1::date)::date else $1::date end::timestamp,
       $2::date::timestamp, $6::interval) as p`,
    [from, to, timezone, interval, weekStart, intervals[interval]],
  );
  if (periods.length <= maxPeriods) return periods;
  throw new Refusal(
    400,
    'bad_query',
    `interval: expected at most ${maxPeriods} periods, got ${periods.length}`,
    {
      path: 'interval',
      hint: 'ask for fewer days or a longer interval',
    },
  );
}

// A visitor becomes one row: the first period, and a bit for each period of a visit. Joining rows of visitors and periods
// instead takes three times as long.
function toSql(scope: Scope, { start, return: back }: Parameters, periods: readonly Period[]): string {
  const masks = Array.from({ length: Math.ceil(periods.length / maskBits) }, (_, index) => index);
  const bits = masks.map(
    (index) =>
      `bit_or(case when period between ${index * maskBits + 1} and ${(index + 1) * maskBits}
         then 1::bigint << (period - ${index * maskBits + 1}) else 0 end) as mask_${index}`,
  );
  const halves = masks.map(
    (index) =>
      `array[(mask_${index} & ${2 ** halfBits - 1})::integer, (mask_${index} >> ${halfBits})::integer]`,
  );
  const names = masks.map((index) => `mask_${index}`);
  const bounds = scope.parameters.bind(
    periods.map(({ start_at }) => start_at),
    'text[]',
  );
  const periodOf = (moment: string) => `width_bucket(${moment}, (select b.bounds from bounds b))`;
  const seen = back === undefined ? visitsSql(scope, periodOf) : eventsSql(scope, back, periodOf);
  const started = start === undefined ? visitsSql(scope, periodOf) : eventsSql(scope, start, periodOf);
  const isOne = back === undefined && start === undefined;
  return `/* retention.read */
    with bounds as materialized (select ${bounds}::timestamptz[] as bounds),
    ${isOne ? '' : `started as materialized (select visitor, min(period) as cohort from (${started}) as s group by visitor),`}
    seen as (
      select visitor, min(period) as first, ${bits.join(', ')} from (${seen}) as s
      ${isOne ? '' : 'where visitor in (select visitor from started)'} group by visitor
    ),
    members as (${isOne ? 'select s.*, s.first as cohort from seen s' : 'select c.cohort, s.* from started c left join seen s on s.visitor = c.visitor'}),
    alike as (
      select cohort, count(*) as visitors, ${names.join(', ')} from members where cohort > 0 group by cohort, ${names.join(', ')}
    )
    select cohort, visitors, array[${halves.map((half) => `coalesce(${half}, array[0, 0])`).join(', ')}] as masks from alike`;
}

// Without a start the first visit may lie before the range: its period is 0.
function visitsSql(scope: Scope, periodOf: (moment: string) => string): string {
  const end = scope.parameters.bind(scope.span.endAt, 'timestamptz');
  return `select hashtextextended(s.visitor_id, 0) as visitor, ${periodOf('s.started_at')} as period
      from footfall.sessions s where ${scope.isVisit('s')} and s.started_at < ${end} and s.visitor_id is not null`;
}

function eventsSql(scope: Scope, match: EventMatch, periodOf: (moment: string) => string): string {
  return `select hashtextextended(e.visitor_id, 0) as visitor, ${periodOf('e.occurred_at')} as period
      from ${scope.events('e')}
      where ${scope.eventIn('e')} and ${matchEvent('e', match, scope)} and e.visitor_id is not null`;
}

function describeCohorts(periods: readonly Period[], rows: readonly Row[]) {
  const size = periods.length;
  const counts = Array.from({ length: size + 1 }, () => new Array<number>(size + 1).fill(0));
  const visitors = new Array<number>(size + 1).fill(0);
  for (const row of rows) {
    visitors[row.cohort] = (visitors[row.cohort] ?? 0) + row.visitors;
    const own = counts[row.cohort];
    for (const period of periodsOf(row.masks)) if (own) own[period] = (own[period] ?? 0) + row.visitors;
  }
  return periods.flatMap(({ day }, index) => {
    const cohort = index + 1;
    const members = visitors[cohort] ?? 0;
    if (members === 0) return [];
    const seen = (counts[cohort] ?? []).slice(cohort);
    const ofCohort = seen.map((count, period) => ({ period, visitors: count, rate: rate(count, members) }));
    return [{ cohort: day, visitors: members, periods: ofCohort }];
  });
}

function periodsOf(masks: readonly number[][]): number[] {
  return masks.flatMap((halves, mask) =>
    halves.flatMap((half, part) =>
      Array.from({ length: halfBits }, (_, bit) => bit)
        .filter((bit) => (half >> bit) & 1)
        .map((bit) => mask * maskBits + part * halfBits + bit + 1),
    ),
  );
}
