import { addDays, startOfMonth, weekday } from '../query/period/calendar.js';

export type Frequency = 'weekly' | 'monthly';

/**
 * The last whole week or month before a day, both days inclusive.
 *
 * @param today as yyyy-mm-dd, in the timezone of the site
 * @param weekStart ISO 8601 day of the week, 1 is Monday
 */
export function lastPeriod(
  frequency: Frequency,
  { today, weekStart }: { today: string; weekStart: number },
): { from: string; to: string } {
  if (frequency === 'monthly') return { from: startOfMonth(today, -1), to: addDays(startOfMonth(today), -1) };
  const daysIntoWeek = (weekday(today) - weekStart + 7) % 7;
  const startOfWeek = addDays(today, -daysIntoWeek);
  return { from: addDays(startOfWeek, -7), to: addDays(startOfWeek, -1) };
}
