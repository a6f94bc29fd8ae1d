import type { Transaction } from '../db/database.js';
import type { BreakdownRow, DayRange, Source, Totals } from './day-range.js';
import type { Dimension } from './dimensions.js';

export type Overview = DayRange & {
  visitors: number;
  sessions: number;
  pageviews: number;
  /** Percent of the sessions. */
  bounce_rate: number;
  /** Mean, in seconds. */
  visit_duration: number;
  pages: { path: string | null; visitors: number; pageviews: number }[];
  referrers: { source: string | null; visitors: number; sessions: number }[];
  countries: { country: string | null; visitors: number; sessions: number }[];
  browsers: { browser: string | null; visitors: number; sessions: number }[];
  meta: { bot_events: number; source: Source['name']; definitions: Record<string, string> };
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

/** What happened on a site within a range of days. Bots are left out, and counted apart. */
export async function readOverview(tx: Transaction, days: DayRange, source: Source): Promise<Overview> {
  const breakdown = (dimension: Dimension) => source.readBreakdown(tx, days, dimension, maxRows);
  const totals = await source.readTotals(tx, days);
  return {
    ...days,
    visitors: totals.visitors,
    sessions: totals.sessions,
    pageviews: totals.pageviews,
    ...ratesOf(totals),
    pages: (await breakdown('page')).map(({ value, visitors, pageviews }) => ({
      path: value,
      visitors,
      pageviews,
    })),
    referrers: (await breakdown('source')).map((row) => ({ source: row.value, ...visitsOf(row) })),
    countries: (await breakdown('country')).map((row) => ({ country: row.value, ...visitsOf(row) })),
    browsers: (await breakdown('browser')).map((row) => ({ browser: row.value, ...visitsOf(row) })),
    meta: { bot_events: totals.bot_events, source: source.name, definitions },
  };
}

function visitsOf({ visitors, sessions }: BreakdownRow) {
  return { visitors, sessions };
}

function ratesOf({ sessions, bounces, duration_us }: Totals) {
  if (sessions === 0) return { bounce_rate: 0, visit_duration: 0 };
  return {
    bounce_rate: Math.round((1000 * bounces) / sessions) / 10,
    visit_duration: Math.round(duration_us / 100_000 / sessions) / 10,
  };
}
