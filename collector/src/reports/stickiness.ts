import { z } from 'zod';
import { dayOf } from './day-of.js';
import { rate } from './rate.js';
import { defineReport } from './report.js';

type Row = { day: string; dau: number; wau: number; mau: number };

const answer = z.object({
  days: z.array(
    z.object({
      day: z.iso.date(),
      dau: z.int(),
      wau: z.int(),
      mau: z.int(),
      stickiness: z.number().nullable(),
    }),
  ),
});

/** Days for which a visit keeps its visitor active, by the number that it makes. */
const windows = { dau: 1, wau: 7, mau: 30 };

/** Daily, weekly and monthly active visitors of each day, and how often the month's visitors come. */
export const stickiness = defineReport({
  path: 'stickiness',
  parameters: z.strictObject({}),
  answer,
  definitions: {
    dau: 'distinct visitors with a visit that started on the day',
    wau: 'distinct visitors of the day and the 6 days before it; mau: and the 29 days before it',
    stickiness: 'dau in percent of mau',
    identity: 'a cookieless visitor has another id each UTC day: wau and mau then are upper bounds',
  },
  async read(tx, scope) {
    const { bind, values } = scope.parameters;
    const [from, to] = [bind(scope.from, 'date'), bind(scope.to, 'date')];
    const changes = Object.values(windows).map(changesSql).join('\n         union all\n');
    const numbers = Object.entries(windows).map(
      ([name, days]) => `coalesce(sum(c.change) filter (where c.days = ${days}), 0)::integer as ${name}`,
    );
    const rows = await tx.query<Row>(
      `/* stickiness.read */
       with visits as materialized (
         select day, lead(day) over (partition by visitor order by day) as next_day from (
           select distinct s.visitor_id as visitor, ${dayOf('s.started_at', scope)} as day
           from footfall.sessions s
           where ${scope.isVisit('s')} and s.visitor_id is not null
             and s.started_at >= ${bind(scope.span.startAt, 'timestamptz')} - interval '31 days'
             and s.started_at < ${bind(scope.span.endAt, 'timestamptz')}
         ) as days
       ),
       changes as materialized (${changes})
       select d.day::date as day, ${numbers.join(', ')}
       from generate_series(${from}, ${to}, interval '1 day') as d (day)
         left join changes c on c.day <= d.day
       group by d.day order by d.day`,
      values,
    );
    return { days: rows.map((row) => ({ ...row, stickiness: rate(row.dau, row.mau) })) };
  },
});

// A visitor becomes active, and is no more after the days of the window or where the next visit begins anew.
function changesSql(days: number): string {
  return `select ${days} as days, day, sum(change) as change from (
           select day, 1 as change from visits
           union all
           select least(day + ${days}, next_day), -1 from visits
         ) as w group by day`;
}
