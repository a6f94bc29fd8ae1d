import { type DayRange, localNow } from '../state/calendar.js';
import { locale } from './locale.js';

// Days and buckets are local times of the site already: they are written as they are, whatever the browser's timezone.
const utc = { timeZone: 'UTC' } as const;
const dayLong = new Intl.DateTimeFormat(locale, {
  ...utc,
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const daySimple = new Intl.DateTimeFormat(locale, {
  ...utc,
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const dayShort = new Intl.DateTimeFormat(locale, { ...utc, day: 'numeric', month: 'short' });
const month = new Intl.DateTimeFormat(locale, { ...utc, month: 'long', year: 'numeric' });
const monthShort = new Intl.DateTimeFormat(locale, { ...utc, month: 'short', year: '2-digit' });
const hour = new Intl.DateTimeFormat(locale, { ...utc, hour: 'numeric' });
const time = new Intl.DateTimeFormat(locale, { ...utc, hour: 'numeric', minute: '2-digit' });

/** A label of the API (`2026-11-20`, `2026-11-20T13:00:00+01:00`) as if its local time were UTC. */
function parseLocal(label: string): number {
  const [, day = '', clock = '00:00:00'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}))?/.exec(label) ?? [];
  return Date.parse(`${day}T${clock}Z`);
}

/** Length of a bucket of time. */
export type Bucket = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

const isLong = (bucket: Bucket) => bucket === 'month' || bucket === 'quarter' || bucket === 'year';

/** The label of a bucket below a chart. */
export function formatTick(label: string, bucket: Bucket): string {
  const at = parseLocal(label);
  if (bucket === 'hour') return hour.format(at);
  if (bucket === 'minute') return time.format(at);
  return (isLong(bucket) ? monthShort : dayShort).format(at);
}

/** The name of a bucket in a sentence. */
export function formatBucket(label: string, bucket: Bucket): string {
  const at = parseLocal(label);
  if (bucket === 'minute' || bucket === 'hour') return `${dayShort.format(at)}, ${time.format(at)}`;
  if (bucket === 'week') return `Week of ${daySimple.format(at)}`;
  return (isLong(bucket) ? month : dayLong).format(at);
}

/** Two days as one phrase, as short as the locale has it. */
export function formatRange({ from, to }: DayRange): string {
  return daySimple.formatRange(parseLocal(from), parseLocal(to));
}

export function formatDay(day: string): string {
  return daySimple.format(parseLocal(day));
}

/** A moment in the timezone of the site. */
export function formatMoment(moment: string | number, timezone: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: timezone,
  }).format(new Date(moment));
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const steps = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const;

/** How long ago a moment was: `3 hours ago`. */
export function formatAgo(moment: string | number, nowMs: number): string {
  const past = new Date(moment).getTime() - nowMs;
  const step = steps.find(({ ms }) => Math.abs(past) >= ms);
  return step ? relative.format(Math.round(past / step.ms), step.unit) : relative.format(0, 'minute');
}

/** The time of day of a moment in the timezone of the site. */
export function formatTime(moment: string | number, timezone: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone: timezone }).format(
    new Date(moment),
  );
}

/** The time between two moments as one phrase, the second without: whole days as days. */
export function formatSpan([start, end]: [string, string], timezone: string): string {
  const last = Date.parse(end) - 1;
  const isDays = [start, end].every((moment) => localNow(timezone, Date.parse(moment)).time === '00:00');
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeZone: timezone };
  if (!isDays) options.timeStyle = 'short';
  return new Intl.DateTimeFormat(locale, options).formatRange(
    Date.parse(start),
    isDays ? last : Date.parse(end),
  );
}
