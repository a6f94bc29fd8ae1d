/** Arithmetic on days written as yyyy-mm-dd, free of timezones. */

const dayMs = 86_400_000;

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}

/** The first day of the month that lies so many months from that of a day. */
export function startOfMonth(day: string, addMonths = 0): string {
  const at = new Date(`${day.slice(0, 7)}-01`);
  at.setUTCMonth(at.getUTCMonth() + addMonths);
  return at.toISOString().slice(0, 10);
}

/** The same day of another year; 29 February becomes the 28th where there is none. */
export function addYears(day: string, years: number): string {
  const year = Number(day.slice(0, 4)) + years;
  const moved = `${String(year).padStart(4, '0')}${day.slice(4)}`;
  return day.endsWith('-02-29') && addDays(startOfMonth(moved, 1), -1).endsWith('-28')
    ? `${moved.slice(0, 8)}28`
    : moved;
}

/** How many days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

/** 1 is Monday, as in ISO 8601. */
export function weekday(day: string): number {
  return new Date(day).getUTCDay() || 7;
}
