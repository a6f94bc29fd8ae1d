import { utcDay } from '../utc-day.js';

const dayMs = 86_400_000;

/** A partition of footfall.events: the UTC days from `from` up to, not including, `to`. */
export type PartitionRange = { name: string; from: string; to: string };

export function dayRange(day: string): PartitionRange {
  return { name: `events_${day.replaceAll('-', '')}`, from: day, to: utcDay(Date.parse(day) + dayMs) };
}

export function monthRange(day: string): PartitionRange {
  const from = `${day.slice(0, 7)}-01`;
  const next = new Date(Date.parse(from));
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { name: `events_${day.slice(0, 7).replace('-', '')}`, from, to: utcDay(next.getTime()) };
}

/** The range of a partition by its name; undefined for the default one, and for one that somebody else has made. */
export function readRange(name: string): PartitionRange | undefined {
  const [, year, month, day] = /^events_(\d{4})(\d{2})(\d{2})?$/.exec(name) ?? [];
  if (year === undefined || month === undefined) return undefined;
  return day === undefined ? monthRange(`${year}-${month}-01`) : dayRange(`${year}-${month}-${day}`);
}
