import { addDays, addYears, daysBetween, weekday } from './period/calendar.js';
import { type Calendar, type LocalRange, resolveDateRange } from './period/date-range.js';
import type { Comparison } from './query-schema.js';

/**
 * The range that another one is compared with. One that is not over is compared with the same part of the other: up to the
 * same time of the day in the same place.
 */
export function compareRange(range: LocalRange, comparison: Comparison, calendar: Calendar): LocalRange {
  const whole = compareWhole(range, comparison, calendar);
  return comparison.mode === 'custom' ? whole : cutLike(range, whole, calendar);
}

/** The whole of the range that another one is compared with, whether that is over or not. */
export function compareWhole(range: LocalRange, comparison: Comparison, calendar: Calendar): LocalRange {
  if (comparison.mode === 'custom') {
    const custom = resolveDateRange(comparison.date_range, calendar, 'include.comparisons.date_range');
    return comparison.match_day_of_week ? matchWeekday(custom, range) : custom;
  }
  const before = comparison.mode === 'previous_period' ? previous(range) : yearBefore(range);
  return comparison.match_day_of_week ? matchWeekday(before, range) : before;
}

function cutLike(range: LocalRange, other: LocalRange, calendar: Calendar): LocalRange {
  if (range.kind === 'moments' || other.kind === 'moments') return cutMoments(range, other, calendar);
  const { today, time } = calendar;
  if (today < range.from || today > range.to) return other;
  const to = addDays(other.from, daysBetween(range.from, today));
  // At midnight there is nothing to compare with yet: the day before is over.
  if (/^00:00:00(?:\.0+)?$/.test(time))
    return to === other.from ? { ...other, to, until: '00:00:00.001' } : { ...other, to: addDays(to, -1) };
  return { ...other, to, until: time };
}

function cutMoments(range: LocalRange, other: LocalRange, { today, time, now }: Calendar): LocalRange {
  if (range.kind === 'days' || other.kind === 'days') return other;
  const elapsedMs = hasOffset(range.start)
    ? now - Date.parse(range.start)
    : localMs(`${today}T${time}`) - localMs(range.start);
  if (elapsedMs <= 0 || elapsedMs >= lengthMs(range)) return other;
  return { ...other, end: shiftMoment(other.start, elapsedMs) };
}

function previous(range: LocalRange): LocalRange {
  if (range.kind === 'moments') return shiftMoments(range, -lengthMs(range));
  const days = daysBetween(range.from, range.to) + 1;
  return { kind: 'days', from: addDays(range.from, -days), to: addDays(range.to, -days) };
}

function yearBefore(range: LocalRange): LocalRange {
  if (range.kind === 'days')
    return { kind: 'days', from: addYears(range.from, -1), to: addYears(range.to, -1) };
  const year = (moment: string) => addYears(moment.slice(0, 10), -1) + moment.slice(10);
  return { kind: 'moments', start: year(range.start), end: year(range.end) };
}

/** The same length, begun on the same weekday: up to six days earlier. */
function matchWeekday(range: LocalRange, like: LocalRange): LocalRange {
  if (range.kind !== 'days' || like.kind !== 'days') return range;
  const back = (weekday(range.from) - weekday(like.from) + 7) % 7;
  return { kind: 'days', from: addDays(range.from, -back), to: addDays(range.to, -back) };
}

const momentPattern = /^(.{10})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(.*)$/;

function localMs(moment: string): number {
  const [, day = moment, time = '00:00:00'] = momentPattern.exec(moment) ?? [];
  return Date.parse(`${day}T${time}Z`);
}

function hasOffset(moment: string): boolean {
  return /(?:Z|[+-]\d{2}:\d{2})$/.test(moment.slice(10));
}

// With offsets the moments themselves tell; without, the local clock does.
function lengthMs({ start, end }: LocalRange & { kind: 'moments' }): number {
  if (hasOffset(start) && hasOffset(end)) return Date.parse(end) - Date.parse(start);
  return localMs(end) - localMs(start);
}

function shiftMoments({ start, end }: LocalRange & { kind: 'moments' }, byMs: number): LocalRange {
  return { kind: 'moments', start: shiftMoment(start, byMs), end: shiftMoment(end, byMs) };
}

function shiftMoment(moment: string, byMs: number): string {
  const offset = momentPattern.exec(moment)?.[3] ?? '';
  return new Date(localMs(moment) + byMs).toISOString().replace('Z', offset);
}
