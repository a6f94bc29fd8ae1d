import type { Row } from '../api/query.js';
import { amountOf } from '../api/query.js';
import type { Bucket } from '../format/dates.js';
import { addDays, lengthOf, localNow, startOfMonth } from '../state/calendar.js';
import type { Scope } from '../state/scope.js';

/** A line over the buckets of a period, beside that of the period before. */
export type Series = {
  bucket: Bucket;
  /** As the API writes the starts of buckets. */
  labels: string[];
  /** Null where the bucket lies ahead, or there is nothing to make a number of. */
  values: (number | null)[];
  beforeLabels: (string | null)[];
  before: (number | null)[];
  hasComparison: boolean;
  /** The place of the bucket that is not over yet. */
  running: number | undefined;
};

/** The buckets that a period can be drawn in, the usual one first. */
export function bucketsFor({ period: { range } }: Scope): Bucket[] {
  if (range === 'all') return ['month', 'week', 'day'];
  const days = lengthOf(range);
  if (days <= 2) return ['hour', 'day'];
  if (days <= 7) return ['day', 'hour'];
  if (days <= 31) return ['day', 'week'];
  if (days <= 100) return ['day', 'week', 'month'];
  return days <= 200 ? ['week', 'day', 'month'] : ['month', 'week', 'day'];
}

/** Makes the line of the rows of a query over time. */
export function toSeries(rows: readonly Row[], bucket: Bucket, scope: Scope, nowMs: number): Series {
  const labels = rows.map(({ dimensions }) => dimensions[0] ?? '');
  const started = labels.map((label) => hasStarted(label, bucket, scope, nowMs));
  const last = started.lastIndexOf(true);
  const isRunning = last >= 0 && !isOver(labels[last] ?? '', bucket, scope, nowMs);
  return {
    bucket,
    labels,
    values: rows.map(({ metrics }, at) => (started[at] ? amountOf(metrics[0]) : null)),
    beforeLabels: rows.map(({ comparison }) => comparison?.dimensions[0] ?? null),
    before: rows.map(({ comparison }) =>
      comparison?.dimensions[0] ? amountOf(comparison.metrics[0]) : null,
    ),
    hasComparison: rows.some(({ comparison }) => comparison !== undefined),
    running: isRunning ? last : undefined,
  };
}

const isMoment = (bucket: Bucket) => bucket === 'minute' || bucket === 'hour';

function hasStarted(label: string, bucket: Bucket, { today }: Scope, nowMs: number): boolean {
  return isMoment(bucket) ? Date.parse(label) <= nowMs : label <= today;
}

const momentMs = { minute: 60_000, hour: 3_600_000 };

function isOver(label: string, bucket: Bucket, { site, today }: Scope, nowMs: number): boolean {
  if (bucket === 'minute' || bucket === 'hour') return Date.parse(label) + momentMs[bucket] <= nowMs;
  const next = {
    day: () => addDays(label, 1),
    week: () => addDays(label, 7),
    month: () => startOfMonth(label, 1),
    quarter: () => startOfMonth(label, 3),
    year: () => startOfMonth(label, 12),
  }[bucket]();
  return next <= (today || localNow(site.timezone, nowMs).day);
}

/** The place of the bucket that a moment lies in, if it is one of the line's. */
export function placeOf(moment: string, { labels, bucket }: Series, timezone: string): number | undefined {
  const atMs = Date.parse(moment);
  const { day } = localNow(timezone, atMs);
  const place = labels.findLastIndex((label) =>
    isMoment(bucket) ? Date.parse(label) <= atMs : label <= day,
  );
  const isBehindAll = place === labels.length - 1 && !holdsLast(labels[place] ?? '', bucket, atMs, day);
  return place < 0 || isBehindAll ? undefined : place;
}

function holdsLast(label: string, bucket: Bucket, atMs: number, day: string): boolean {
  if (bucket === 'minute' || bucket === 'hour') return atMs < Date.parse(label) + momentMs[bucket];
  const days = { day: 1, week: 7, month: 31, quarter: 92, year: 366 }[bucket];
  return day < addDays(label, days);
}
