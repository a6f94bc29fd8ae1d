import type { Transaction } from '../db/database.js';
import type { BreakdownRow, DayRange, Source, Totals } from './day-range.js';
import { type Dimension, optionalDimensions, visitDimensions } from './dimensions.js';

const range = `/* $1 site, $2 first day, $3 last day, $4 timezone */
  bounds as (
    select ($2::date)::timestamp at time zone $4::text as start_at,
      ($3::date + 1)::timestamp at time zone $4::text as end_at
  ),
  hits as (
    select e.* from footfall.events e, bounds b
    where e.site = $1::text and e.event_day between $2::date - 1 and $3::date + 1
      and e.occurred_at >= b.start_at and e.occurred_at < b.end_at
  ),
  visits as (
    select s.* from footfall.sessions s, bounds b
    where s.site = $1::text and s.started_at >= b.start_at and s.started_at < b.end_at
      and s.entry_rank < 2 and not s.is_bot
  )`;

/** Reads every event and session of the range: for what the rollups do not hold, and to compare them with. */
export const fromEvents: Source = { name: 'events', readTotals, readBreakdown };

function valuesOf({ site, from, to, timezone }: DayRange): string[] {
  return [site, from, to, timezone];
}

async function readTotals(tx: Transaction, days: DayRange): Promise<Totals> {
  const rows = await tx.query<Totals>(
    `/* from-events.readTotals */
     with ${range}
     select h.visitors, h.pageviews, h.bot_events, v.sessions, v.bounces, v.duration_us
     from (
       select count(distinct visitor_id) filter (where not is_bot) as visitors,
         count(*) filter (where type = 'pageview' and not is_bot) as pageviews,
         count(*) filter (where is_bot) as bot_events
       from hits
     ) h, (
       select count(*) as sessions, count(*) filter (where is_bounce) as bounces,
         coalesce(sum(extract(epoch from last_seen_at - started_at) * 1000000), 0)::bigint as duration_us
       from visits
     ) v`,
    valuesOf(days),
  );
  if (!rows[0]) throw new Error('from-events.readTotals: an aggregate without a row');
  return rows[0];
}

function readBreakdown(
  tx: Transaction,
  days: DayRange,
  dimension: Dimension,
  limit: number,
): Promise<BreakdownRow[]> {
  if (dimension === 'page') return readPages(tx, days, limit);
  const column = visitDimensions[dimension];
  const condition = optionalDimensions.has(dimension) ? `where ${column} is not null` : '';
  return readVisits(tx, days, { column, condition, limit });
}

function readPages(tx: Transaction, days: DayRange, limit: number): Promise<BreakdownRow[]> {
  return tx.query<BreakdownRow>(
    `/* from-events.readPages */
     with ${range}
     select path as value, count(distinct visitor_id) as visitors, count(*) as pageviews, 0 as sessions
     from hits where type = 'pageview' and not is_bot
     group by path order by pageviews desc, visitors desc, path limit $5::integer`,
    [...valuesOf(days), limit],
  );
}

// Column and condition are ours, never the caller's text.
function readVisits(
  tx: Transaction,
  days: DayRange,
  { column, condition, limit }: { column: string; condition: string; limit: number },
): Promise<BreakdownRow[]> {
  return tx.query<BreakdownRow>(
    `/* from-events.readVisits */
     with ${range}
     select ${column} as value, count(distinct visitor_id) as visitors, 0 as pageviews, count(*) as sessions
     from visits ${condition}
     group by ${column} order by visitors desc, sessions desc, ${column} limit $5::integer`,
    [...valuesOf(days), limit],
  );
}
