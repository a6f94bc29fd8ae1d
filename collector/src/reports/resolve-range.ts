import type { Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import type { Common } from './read-request.js';

/** The days of a request, and the moments between which they lie. */
export type Range = {
  timezone: string;
  from: string;
  to: string;
  span: { startAt: string; endAt: string };
};

const defaultDays = 30;

type Row = { timezone: string; from_day: string; to_day: string; start_at: Date; end_at: Date };

/**
 * The last 30 days of the site's calendar, unless from, to and timezone say otherwise.
 *
 * @throws Refusal 404 where there is no such site, 400 where from is after to
 */
export async function resolveRange(tx: Transaction, common: Common, nowMs: number): Promise<Range> {
  const { site, from = null, to = null, timezone = null } = common;
  const rows = await tx.query<Row>(
    `/* resolve-range.resolveRange */
     select zone.timezone, f.from_day, t.to_day, f.from_day::timestamp at time zone zone.timezone as start_at,
       (t.to_day + 1)::timestamp at time zone zone.timezone as end_at
     from footfall.sites s
       cross join lateral (select coalesce($2::text, s.timezone)) as zone (timezone)
       cross join lateral (select coalesce($4::date, ($5::timestamptz at time zone zone.timezone)::date)) as t (to_day)
       cross join lateral (select coalesce($3::date, t.to_day - $6::integer)) as f (from_day)
     where s.site = $1::text`,
    [site, timezone, from, to, new Date(nowMs).toISOString(), defaultDays - 1],
  );
  const [row] = rows;
  if (!row) throw unknownSite(site);
  if (row.from_day > row.to_day)
    throw new Refusal(400, 'bad_query', 'from: expected a day not after to', { path: 'from' });
  const span = { startAt: row.start_at.toISOString(), endAt: row.end_at.toISOString() };
  return { timezone: row.timezone, from: row.from_day, to: row.to_day, span };
}

export function unknownSite(site: string): Refusal {
  return new Refusal(404, 'unknown_site', `site: there is no site "${site}"`, {
    path: 'site',
    hint: 'footfall site list',
  });
}
