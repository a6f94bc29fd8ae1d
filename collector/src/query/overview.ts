import type { Transaction } from '../db/database.js';

/** A range of days, both inclusive, as yyyy-mm-dd in the site's timezone. */
export type DayRange = { site: string; from: string; to: string; timezone: string };

export type Overview = Totals & {
  site: string;
  from: string;
  to: string;
  timezone: string;
  pages: { path: string | null; visitors: number; pageviews: number }[];
  referrers: { source: string | null; visitors: number; sessions: number }[];
  countries: { country: string | null; visitors: number; sessions: number }[];
  browsers: { browser: string | null; visitors: number; sessions: number }[];
  meta: { bot_events: number; definitions: Record<string, string> };
};

type Totals = {
  visitors: number;
  sessions: number;
  pageviews: number;
  /** Percent of the sessions. */
  bounce_rate: number;
  /** Mean, in seconds. */
  visit_duration: number;
};

const maxRows = 10;

const definitions = {
  visitors: 'distinct visitor ids with an event in the range; cookieless ids change at midnight UTC',
  sessions: 'sessions that started in the range: a gap of more than 30 minutes or 24 hours ends one',
  pageviews: 'pageview events in the range',
  bounce_rate: 'percent of sessions with one pageview, no interaction and less than 10 s engaged',
  visit_duration: 'mean seconds from the first to the last event of a session, zeros included',
  bots: 'events of bots are stored with their reason and left out of every number but bot_events',
};

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

/** What happened on a site within a range of days. Bots are left out, and counted apart. */
export async function readOverview(tx: Transaction, days: DayRange): Promise<Overview> {
  const values = [days.site, days.from, days.to, days.timezone];
  const { bot_events, ...totals } = await readTotals(tx, values);
  return {
    ...days,
    ...totals,
    pages: await readPages(tx, values),
    referrers: await readVisits(tx, { values, column: 'referrer_source', label: 'source' }),
    countries: await readVisits(tx, { values, column: 'country', label: 'country' }),
    browsers: await readVisits(tx, { values, column: 'browser', label: 'browser' }),
    meta: { bot_events, definitions },
  };
}

async function readTotals(tx: Transaction, values: string[]): Promise<Totals & { bot_events: number }> {
  const rows = await tx.query<Totals & { bot_events: number }>(
    `/* overview.readTotals */
     with ${range}
     select h.visitors, h.pageviews, h.bot_events, v.sessions, v.bounce_rate, v.visit_duration
     from (
       select count(distinct visitor_id) filter (where not is_bot) as visitors,
         count(*) filter (where type = 'pageview' and not is_bot) as pageviews,
         count(*) filter (where is_bot) as bot_events
       from hits
     ) h, (
       select count(*) as sessions,
         coalesce(round(100.0 * avg(is_bounce::int), 1), 0)::float8 as bounce_rate,
         coalesce(round(avg(extract(epoch from last_seen_at - started_at)), 1), 0)::float8 as visit_duration
       from visits
     ) v`,
    values,
  );
  if (!rows[0]) throw new Error('overview.readTotals: an aggregate without a row');
  return rows[0];
}

function readPages(tx: Transaction, values: string[]): Promise<Overview['pages']> {
  return tx.query(
    `/* overview.readPages */
     with ${range}
     select path, count(distinct visitor_id) as visitors, count(*) as pageviews
     from hits where type = 'pageview' and not is_bot
     group by path order by pageviews desc, visitors desc, path limit ${maxRows}`,
    values,
  );
}

// The column is one of ours, never the caller's text.
function readVisits<Row extends Record<string, unknown>>(
  tx: Transaction,
  {
    values,
    column,
    label,
  }: { values: string[]; column: 'referrer_source' | 'country' | 'browser'; label: string },
): Promise<Row[]> {
  return tx.query<Row>(
    `/* overview.readVisits */
     with ${range}
     select ${column} as ${label}, count(distinct visitor_id) as visitors, count(*) as sessions
     from visits
     group by ${column} order by visitors desc, sessions desc, ${column} limit ${maxRows}`,
    values,
  );
}
