import { describe, expect, it, test } from 'vitest';
import { bucketOf, findRange, fnv1a32, rangesOf } from '../../src/bucket.js';
import { readLines } from './read-lines.js';

describe('the hash agrees with a peer', () => {
  test.each(readLines('growthbook/hash.jsonl') as [string, string, 1 | 2, number][])(
    'seed %j, unit %j, version %i: %d',
    (seed, unit, version, expected) => {
      expect(bucketOf(seed, unit, version)).toBe(expected);
    },
  );
});

// The test vectors of the authors of FNV, http://www.isthe.com/chongo/tech/comp/fnv/ and RFC 9923, appendix C.
it.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('FNV-1a of %j', (text, expected) => {
  expect(fnv1a32(text)).toBe(expected);
});

it('takes text outside ASCII by its UTF-16 code units', () => {
  const afterOneStep = BigInt((0x811c9dc5 ^ 0xe9) >>> 0) * 0x01000193n;
  expect(fnv1a32('é')).toBe(Number(afterOneStep & 0xffffffffn));
  expect(bucketOf('seed', 'käthe')).not.toBe(bucketOf('seed', 'kathe'));
  expect(fnv1a32('\u{1f600}')).toBe(fnv1a32('\ud83d\ude00'));
});

describe('ranges agree with a peer', () => {
  test.each(readLines('growthbook/ranges.jsonl') as [string, number[], number, [number, number][]][])(
    '%s',
    (_, weights, coverage, expected) => {
      const ranges = rangesOf(weights, coverage);
      expect(ranges.map((range) => range.map((bound) => Number(bound.toFixed(6))))).toEqual(expected);
    },
  );
});

const million = 1_000_000;

test('a ramp from 10 to 25, 50 and 100 % adds units and moves none of a million', () => {
  const weights = [0.5, 0.3, 0.2];
  const steps = [0.1, 0.25, 0.5, 1].map((coverage) => rangesOf(weights, coverage));
  const enrolled = steps.map(() => 0);
  let moved = 0;
  for (let unit = 0; unit < million; unit++) {
    const bucket = bucketOf('ramp', `visitor-${unit}`);
    let before = -1;
    for (const [step, ranges] of steps.entries()) {
      const variation = findRange(bucket, ranges);
      if (before >= 0 && variation !== before) moved++;
      if (variation >= 0) enrolled[step] = (enrolled[step] ?? 0) + 1;
      before = variation;
    }
  }
  expect(moved).toBe(0);
  expect(enrolled.map((count) => Math.round((count / million) * 100))).toEqual([10, 25, 50, 100]);
  expect(enrolled.at(-1)).toBe(million);
});

/** Wilson and Hilferty 1931: (X/k)^(1/3) is nearly normal with mean 1 - 2/(9k) and variance 2/(9k). */
function normalOfChiSquare(chiSquare: number, freedom: number): number {
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread);
}

const oneInThousand = 3.0902;

test.each([
  ['sequential', (n: number) => `user_${n}`],
  ['integers', (n: number) => String(n)],
  ['UUIDs', (n: number) => uuidOf(n)],
])('10,000 buckets are filled evenly by %s', (_, unitOf) => {
  const units = 300_000;
  const counts = new Uint32Array(10_000);
  for (let n = 0; n < units; n++) {
    const at = Math.round(bucketOf('uniform', unitOf(n)) * 10_000);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const expected = units / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(normalOfChiSquare(chiSquare, counts.length - 1)).toBeLessThan(oneInThousand);
});

/** A UUID of a number by a multiplicative generator (Steele, Lea, Flood 2014, splitmix), so that the test has no chance in it. */
function uuidOf(n: number): string {
  const words = [1, 2, 3, 4].map((part) =>
    mix(n * 4 + part)
      .toString(16)
      .padStart(8, '0'),
  );
  const hex = words.join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function mix(n: number): number {
  let state = Math.imul(n, 0x9e3779b9);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

const fivePercentAtOneDegree = 3.8415;

test('experiments are independent: of 200 pairs 2 to 8 % look dependent at the 5 % level', () => {
  const units = 5_000;
  const inTreatment = (seed: string) =>
    Array.from({ length: units }, (_, n) => bucketOf(seed, `user_${n}`) >= 0.5);
  let dependent = 0;
  for (let pair = 0; pair < 200; pair++) {
    const left = inTreatment(`experiment-${pair}-a`);
    const right = inTreatment(`experiment-${pair}-b`);
    if (chiSquareOfPair(left, right) > fivePercentAtOneDegree) dependent++;
  }
  expect(dependent / 200).toBeGreaterThanOrEqual(0.02);
  expect(dependent / 200).toBeLessThanOrEqual(0.08);
});

function chiSquareOfPair(left: boolean[], right: boolean[]): number {
  const n = left.length;
  const a = left.filter(Boolean).length;
  const b = right.filter(Boolean).length;
  const both = left.filter((is, at) => is && right[at]).length;
  return (n * (both * n - a * b) ** 2) / (a * (n - a) * b * (n - b));
}

test('one pass, version 1, leaves experiments with similar seeds dependent: that is why it is for imports only', () => {
  const units = Array.from({ length: 5_000 }, (_, n) => `user_${n}`);
  let dependent = 0;
  for (let pair = 0; pair < 200; pair++) {
    const [left, right] = ['a', 'b'].map((end) =>
      units.map((unit) => bucketOf(`experiment-${pair}-${end}`, unit, 1) >= 0.5),
    );
    if (chiSquareOfPair(left ?? [], right ?? []) > fivePercentAtOneDegree) dependent++;
  }
  expect(dependent / 200).toBeGreaterThan(0.08);
});
