import type { Transaction } from '../db/database.js';
import type { BreakdownRow, DayRange, Source, Totals } from './day-range.js';
import type { Dimension } from './dimensions.js';

/**
 * Reads days that are rolled up, in the timezone that they were rolled up in. A visitor of the range is counted on the
 * first day inside it: the one whose previous day, if any, lies before the range.
 */
export const fromRollups: Source = { name: 'rollups', readTotals, readBreakdown };

const visitorsOfDay = `d.new_visitors + case when d.returning_days is null then 0 else (
    select coalesce(sum(r.visitors), 0)
    from unnest(d.returning_days, d.returning_visitors) as r (day, visitors) where r.day < $2::date
  ) end`;

async function readTotals(tx: Transaction, { site, from, to }: DayRange): Promise<Totals> {
  const rows = await tx.query<Totals>(
    `/* from-rollups.readTotals */
     select coalesce(sum(${visitorsOfDay}), 0)::bigint as visitors, coalesce(sum(d.pageviews), 0) as pageviews,
       coalesce(sum(d.bot_events), 0) as bot_events, coalesce(sum(d.sessions), 0) as sessions,
       coalesce(sum(d.bounces), 0) as bounces, coalesce(sum(d.duration_us), 0)::bigint as duration_us
     from footfall.rollup_days d
     where d.site = $1::text and d.dimension = 'all' and d.day between $2::date and $3::date`,
    [site, from, to],
  );
  if (!rows[0]) throw new Error('from-rollups.readTotals: an aggregate without a row');
  return rows[0];
}

function readBreakdown(
  tx: Transaction,
  { site, from, to }: DayRange,
  dimension: Dimension,
  limit: number,
): Promise<BreakdownRow[]> {
  const order = dimension === 'page' ? 'pageviews desc, visitors desc' : 'visitors desc, sessions desc';
  return tx.query<BreakdownRow>(
    `/* from-rollups.readBreakdown */
     select min(d.value) as value, sum(${visitorsOfDay})::bigint as visitors, sum(d.pageviews) as pageviews,
       sum(d.sessions) as sessions
     from footfall.rollup_days d
     where d.site = $1::text and d.dimension = $4::text and d.day between $2::date and $3::date
     group by d.key order by ${order}, value limit $5::integer`,
    [site, from, to, dimension, limit],
  );
}
