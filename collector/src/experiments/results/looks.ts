import type { PairedSums } from '../../statistics/paired-sums.js';
import type { SumsRow } from './read-metric.js';

/** The sums of every variation, in the order of the phase, at the end of a bucket. */
export type LookSums = { bucket: string | null; sums: PairedSums[] };

const nothing: PairedSums = { n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 };

/** Running totals of the changes of each day, in the order of the days. */
export function accumulate(rows: readonly SumsRow[], variations: readonly string[]): LookSums[] {
  let sums = variations.map(() => nothing);
  return groupBuckets(rows, variations).map(({ bucket, sums: changes }) => {
    sums = sums.map((before, index) => add(before, changes[index] ?? nothing));
    return { bucket, sums };
  });
}

/** The sums of each bucket by itself. */
export function groupBuckets(rows: readonly SumsRow[], variations: readonly string[]): LookSums[] {
  const buckets = new Map<string | null, PairedSums[]>();
  for (const row of rows) {
    const sums = buckets.get(row.bucket) ?? variations.map(() => nothing);
    buckets.set(row.bucket, sums);
    const index = variations.indexOf(row.variation);
    if (index >= 0) sums[index] = row;
  }
  return [...buckets].map(([bucket, sums]) => ({ bucket, sums }));
}

/** The sums of two sets of units. */
export function add(one: PairedSums, other: PairedSums): PairedSums {
  return {
    n: one.n + other.n,
    y: one.y + other.y,
    yy: one.yy + other.yy,
    x: one.x + other.x,
    xx: one.xx + other.xx,
    xy: one.xy + other.xy,
  };
}

/** The sums of no units, for each variation. */
export function emptySums(variations: readonly string[]): PairedSums[] {
  return variations.map(() => nothing);
}
