import type { Transaction } from '../db/database.js';
import type { Dimension } from './dimensions.js';

/** A range of days, both inclusive, as yyyy-mm-dd in the site's timezone. */
export type DayRange = { site: string; from: string; to: string; timezone: string };

/** Sums, so that every rate is made in one place. Bots are left out of all but botEvents. */
export type Totals = {
  visitors: number;
  pageviews: number;
  bot_events: number;
  sessions: number;
  bounces: number;
  /** Of all sessions together. */
  duration_us: number;
};

export type BreakdownRow = { value: string | null; visitors: number; pageviews: number; sessions: number };

/** Where the numbers of a range come from. Both sources give the same ones. */
export type Source = {
  name: 'rollups' | 'events';
  readTotals(tx: Transaction, days: DayRange): Promise<Totals>;
  /** The values with the most pageviews (of pages) or visitors (of visits), and these ordered by value. */
  readBreakdown(
    tx: Transaction,
    days: DayRange,
    dimension: Dimension,
    limit: number,
  ): Promise<BreakdownRow[]>;
};
