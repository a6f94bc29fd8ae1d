import { unknownSite } from '../../access/known-site.js';
import type { Transaction } from '../../db/database.js';
import { sqlstateOf } from '../../db/failure.js';
import { Refusal } from '../../refusal.js';
import type { Span } from '../raw-scope.js';
import { addDays } from './calendar.js';
import { type Calendar, type LocalRange, refuseOrder } from './date-range.js';

/** What a site says of its own calendar. */
export type SiteCalendar = Calendar & {
  site: string;
  /** That of the question; siteTimezone is the one of the site, in which its days are rolled up. */
  timezone: string;
  siteTimezone: string;
  currency: string;
  /** ISO 8601 day of the week, 1 is Monday. */
  weekStart: number;
};

type Days = { from: string; to: string };

/**
 * A range of time of a site. `days` where it is whole days of the timezone, both inclusive; `cut` where it is but for the
 * rest of the last one, which starts at lastDayAt. A day that a timezone left out, such as 30 December 2011 in Apia, is a
 * range without a moment.
 */
export type Period = Span & { days: Days | undefined; cut?: Days & { lastDayAt: string } };

type SiteRow = {
  timezone: string;
  currency: string;
  week_start: number;
  today: string;
  time: string;
  first_day: string | null;
};

/**
 * Reads the calendar of a site in a timezone, its own unless another is asked for.
 *
 * @throws Refusal 404 where there is no such site
 */
export async function readCalendar(
  tx: Transaction,
  { site, timezone, now }: { site: string; timezone: string | undefined; now: number },
): Promise<SiteCalendar> {
  const [row] = await tx.query<SiteRow>(
    `/* resolve-period.readCalendar */
     select s.timezone, s.currency, s.week_start, local.now::date as today, local.now::time::text as time,
       (least((select min(bucket) from footfall.rollup_buckets where site = $1::text),
         (select min(bucket) from footfall.rollup_marks where site = $1::text)) at time zone z.zone)::date as first_day
     from footfall.sites s cross join lateral (select coalesce($3::text, s.timezone) as zone) z
     cross join lateral (select $2::timestamptz at time zone z.zone as now) local
     where s.site = $1::text`,
    [site, new Date(now).toISOString(), timezone ?? null],
  );
  if (!row) throw unknownSite(site);
  return {
    site,
    timezone: timezone ?? row.timezone,
    siteTimezone: row.timezone,
    currency: row.currency,
    weekStart: row.week_start,
    today: row.today,
    time: row.time,
    firstDay: row.first_day ?? row.today,
    now,
  };
}

/**
 * Finds the moments at which local ranges start and end. The database does it, so that all clock changes are read from
 * one set of rules.
 *
 * @throws Refusal 400 where a range ends before it starts, or the database does not know the timezone
 */
export async function resolvePeriods(
  tx: Transaction,
  ranges: readonly LocalRange[],
  timezone: string,
): Promise<Period[]> {
  const moments = await resolveMoments(tx, ranges.flatMap(boundsOf), timezone);
  return ranges.map((range, at) => {
    const [startAt, endAt, lastDayAt] = moments.slice(3 * at, 3 * at + 3);
    const isDays = range.kind === 'days';
    if (startAt === undefined || endAt === undefined || startAt > endAt || (startAt === endAt && !isDays))
      throw refuseOrder('date_range');
    if (!isDays || lastDayAt === undefined) return { startAt, endAt, days: undefined };
    const { from, to, until } = range;
    if (until === undefined) return { startAt, endAt, days: { from, to } };
    return { startAt, endAt, days: undefined, cut: { from, to, lastDayAt } };
  });
}

/** Start, end, and the start of the last day. */
function boundsOf(range: LocalRange): string[] {
  if (range.kind === 'moments') return [range.start, range.end, range.start];
  const { from, to, until } = range;
  return [from, until === undefined ? addDays(to, 1) : `${to}T${until}`, to];
}

const unknownTimezone = '22023';

async function resolveMoments(tx: Transaction, local: string[], timezone: string): Promise<string[]> {
  try {
    const rows = await tx.query<{ moment: Date }>(
      `/* resolve-period.resolveMoments */
       select case when l.has_offset then l.local::timestamptz
         when length(l.local) = 10 then footfall.day_start(l.local::date, $3::text)
         else l.local::timestamp at time zone $3::text end as moment
       from unnest($1::text[], $2::boolean[]) with ordinality as l (local, has_offset, place) order by l.place`,
      [local, local.map((text) => /(?:Z|[+-]\d{2}:\d{2})$/.test(text) && text.length > 10), timezone],
    );
    return rows.map(({ moment }) => moment.toISOString());
  } catch (error) {
    if (sqlstateOf(error) !== unknownTimezone) throw error;
    const text = `timezone: the database does not know "${timezone}"`;
    throw new Refusal(400, 'bad_query', text, { path: 'timezone', expected: 'an IANA timezone' });
  }
}
