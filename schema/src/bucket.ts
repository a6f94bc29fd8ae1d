/** A part of the unit interval: from the first number up to, but without, the second. */
export type Range = readonly [number, number];

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;
const buckets = 10_000;
const bucketsOfVersion1 = 1_000;

/**
 * FNV-1a with 32 bits (Fowler, Noll, Vo; RFC 9923) over the UTF-16 code units of a text, as peers do it, so that text
 * outside ASCII gets the same number in every language that has such strings.
 *
 * @returns an integer from 0 to 2^32 - 1
 */
export function fnv1a32(text: string): number {
  let hash = offsetBasis;
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, prime);
  }
  return hash >>> 0;
}

/**
 * Where a unit stands between 0 and 1 in the order that a seed gives: one of 10,000 places. Hashed twice ("hash version
 * 2"), since one pass leaves experiments dependent on each other; version 1 is for experiments that began with it elsewhere.
 */
export function bucketOf(seed: string, unit: string, version: 1 | 2 = 2): number {
  if (version === 1) return (fnv1a32(unit + seed) % bucketsOfVersion1) / bucketsOfVersion1;
  return (fnv1a32(String(fnv1a32(seed + unit))) % buckets) / buckets;
}

/**
 * The range of each variation. It begins where the weights before it end and is as long as coverage times weight: more
 * coverage only lengthens it, so that a ramp adds units and moves nobody.
 *
 * @param coverage the share of units that take part, 0 to 1
 */
export function rangesOf(weights: readonly number[], coverage: number): Range[] {
  const share = Math.min(1, Math.max(0, coverage));
  let start = 0;
  return weights.map((weight) => {
    const range: Range = [start, start + share * weight];
    start += weight;
    return range;
  });
}

/** The index of the range that holds a bucket, -1 if none does. */
export function findRange(bucket: number, ranges: readonly Range[]): number {
  return ranges.findIndex(([from, to]) => bucket >= from && bucket < to);
}
