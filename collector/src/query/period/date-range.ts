import { z } from 'zod';
import { Refusal } from '../../refusal.js';
import { addDays, daysBetween, startOfMonth } from './calendar.js';

const rangeNames = ['day', '24h', '7d', '28d', '30d', '91d', 'month', '6mo', '12mo', 'year', 'all'] as const;

/** 20 years. */
export const maxRangeDays = 7_305;
const firstYear = 1970;
const lastYear = 2100;

const momentPattern =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,3})?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/;

const moment = z
  .string()
  .refine(isMoment, {
    error: `expected a day or a time like 2026-01-31T12:00:00+01:00 of the years ${firstYear} to ${lastYear}`,
  })
  .meta({
    id: 'Moment',
    description: 'A day, or a time with an offset or else in the timezone of the query',
  });

/** A day of the years that there can be events of. */
export const daySchema = z.iso
  .date({ error: 'expected a day as yyyy-mm-dd' })
  .refine(isMoment, { error: `expected a day of the years ${firstYear} to ${lastYear}` });

/** As in Plausible: a name, or the first and the last day or time, both inclusive. */
export const dateRangeSchema = z.union([z.enum(rangeNames), z.tuple([moment, moment])]).meta({
  id: 'DateRange',
  description:
    'day: today; 7d, 28d, 30d, 91d: the days before today; month, year: up to today; 6mo, 12mo: the months before this one',
});

export type DateRange = z.infer<typeof dateRangeSchema>;

/**
 * A range in local time: whole days, both inclusive, or moments, from start up to and without end. Moments without an
 * offset are local. `until` is the time at which the last day is cut.
 */
export type LocalRange =
  | { kind: 'days'; from: string; to: string; until?: string }
  | { kind: 'moments'; start: string; end: string };

/** What the names of ranges are relative to. */
export type Calendar = {
  today: string;
  /** The local time of now, e.g. `13:05:00.5`. */
  time: string;
  firstDay: string;
  now: number;
};

function isMoment(text: string): boolean {
  const day = momentPattern.exec(text)?.[1];
  if (day === undefined || !z.iso.date().safeParse(day).success) return false;
  const year = Number(day.slice(0, 4));
  return year >= firstYear && year <= lastYear;
}

/**
 * Turns a date range into days or moments.
 *
 * @throws Refusal 400 where it ends before it starts or is longer than 20 years
 */
export function resolveDateRange(range: DateRange, calendar: Calendar, path = 'date_range'): LocalRange {
  if (typeof range === 'string') return resolveName(range, calendar);
  const [from, to] = range;
  const isDays = from.length === 10 && to.length === 10;
  const local: LocalRange = isDays
    ? { kind: 'days', from, to }
    : { kind: 'moments', start: from, end: justAfter(to) };
  checkLength(from, to, path);
  return local;
}

const lastDays: Record<string, number> = { '7d': 7, '28d': 28, '30d': 30, '91d': 91 };
const lastMonths: Record<string, number> = { '6mo': 6, '12mo': 12 };

function resolveName(name: (typeof rangeNames)[number], { today, firstDay, now }: Calendar): LocalRange {
  if (name === '24h') {
    return {
      kind: 'moments',
      start: new Date(now - 86_400_000).toISOString(),
      end: new Date(now).toISOString(),
    };
  }
  const days = lastDays[name];
  if (days !== undefined) return { kind: 'days', from: addDays(today, -days), to: addDays(today, -1) };
  const months = lastMonths[name];
  if (months !== undefined)
    return { kind: 'days', from: startOfMonth(today, -months), to: addDays(startOfMonth(today), -1) };
  if (name === 'month') return { kind: 'days', from: startOfMonth(today), to: today };
  if (name === 'year') return { kind: 'days', from: `${today.slice(0, 4)}-01-01`, to: today };
  return { kind: 'days', from: name === 'all' && firstDay < today ? firstDay : today, to: today };
}

// The last second, or day, is part of the range.
function justAfter(text: string): string {
  if (text.length === 10) return addDays(text, 1);
  const [, day = '', hours = '', minutes = '', seconds = '00', offset = ''] = momentPattern.exec(text) ?? [];
  const fraction = /\.(\d{1,3})/.exec(text)?.[1];
  const local = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  const next = fraction === undefined ? local + 1_000 : local + Number(fraction.padEnd(3, '0')) + 1;
  return new Date(next).toISOString().replace('Z', offset);
}

/** @throws Refusal 400 where the last day is before the first, or there are more than 20 years of them */
export function checkLength(from: string, to: string, path: string): void {
  const days = daysBetween(from.slice(0, 10), to.slice(0, 10));
  if (days < 0) throw refuseOrder(path);
  if (days < maxRangeDays) return;
  throw new Refusal(400, 'bad_query', `${path}: expected at most ${maxRangeDays} days, got ${days + 1}`, {
    path,
    hint: 'use "all" for everything that is stored',
  });
}

/** The refusal of a range that ends before it starts. */
export function refuseOrder(path: string): Refusal {
  return new Refusal(400, 'bad_query', `${path}: expected an end that is not before the start`, { path });
}
