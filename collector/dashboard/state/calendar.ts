/** Days are text, yyyy-mm-dd, of the site's calendar: no timezone of the browser comes into it. */
export type DayRange = { from: string; to: string };

const dayMs = 86_400_000;

function toMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The day and the time of day in a timezone, e.g. `2026-11-20` and `13:05`. */
export function localNow(timezone: string, nowMs: number): { day: string; time: string } {
  const parts = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn-hc-h23', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(nowMs);
  const { year, month, day, hour, minute } = Object.fromEntries(
    parts.map(({ type, value }) => [type, value]),
  );
  return { day: `${year}-${month}-${day}`, time: `${hour}:${minute}` };
}

/** The moment of a local time of a timezone: the offset is that of the timezone at the time itself. */
export function toMoment(local: string, timezone: string): string {
  const asUtc = Date.parse(`${local.slice(0, 16)}:00Z`);
  const offsetAt = (ms: number) => {
    const { day, time } = localNow(timezone, ms);
    return Date.parse(`${day}T${time}:00Z`) - ms;
  };
  const guess = asUtc - offsetAt(asUtc);
  return new Date(asUtc - offsetAt(guess)).toISOString();
}

export function addDays(day: string, count: number): string {
  return toDay(toMs(day) + count * dayMs);
}

/** The first day of the month that lies so many months away. */
export function startOfMonth(day: string, months = 0): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return toDay(Date.UTC(year, month - 1 + months, 1));
}

/** How many days a range has, both ends included. */
export function lengthOf({ from, to }: DayRange): number {
  return Math.round((toMs(to) - toMs(from)) / dayMs) + 1;
}

/** Whether a text is a day that there is. */
export function isDay(text: string | null | undefined): text is string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && toDay(toMs(text ?? '')) === text;
}
