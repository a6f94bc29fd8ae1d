import type { Transaction } from '../db/database.js';
import { addDays } from '../query/period/calendar.js';
import { type LocalRange, resolveDateRange } from '../query/period/date-range.js';
import { readCalendar, resolvePeriods, type SiteCalendar } from '../query/period/resolve-period.js';
import type { Span } from '../query/raw-scope.js';
import { Refusal } from '../refusal.js';
import type { Common } from './read-request.js';

/** The days of a request, and the moments between which they lie. */
export type Range = { timezone: string; weekStart: number; from: string; to: string; span: Span };

const defaultDays = 30;

/**
 * The last 30 days of the site's calendar with today, unless date_range, or from and to, say otherwise.
 *
 * @throws Refusal 404 where there is no such site, 400 where from is after to
 */
export async function resolveRange(tx: Transaction, common: Common, now: number): Promise<Range> {
  const calendar = await readCalendar(tx, { site: common.site, timezone: common.timezone, now });
  const { timezone, weekStart } = calendar;
  const local = chooseRange(common, calendar);
  const [period] = await resolvePeriods(tx, [local], timezone);
  if (!period) throw new Error('resolve-range: expected a period');
  const { startAt, endAt, days } = period;
  const last = new Date(Date.parse(endAt) - 1).toISOString();
  const [from, to] = days ? [days.from, days.to] : [localDay(startAt, timezone), localDay(last, timezone)];
  return { timezone, weekStart, from, to, span: { startAt, endAt } };
}

function chooseRange({ date_range, from, to }: Common, calendar: SiteCalendar): LocalRange {
  if (date_range !== undefined) return resolveDateRange(date_range, calendar);
  const last = to ?? calendar.today;
  const first = from ?? addDays(last, 1 - defaultDays);
  if (first <= last) return resolveDateRange([first, last], calendar, 'to');
  throw new Refusal(400, 'bad_query', 'from: expected a day not after to', { path: 'from' });
}

function localDay(moment: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(moment));
}
