import { describe, expect, it } from 'vitest';
import { judgeErrors, judgeTraffic } from '../../../src/alerts/judge-counts.js';

const thresholds = { factor: 2, deviations: 3, minimum: 50 };

describe('traffic', () => {
  // Mean 100, sample variance 200/3, so Poisson's 100 is the variance: 10 * sqrt(1.25) = 11.18 a deviation.
  const before = [90, 100, 100, 110];

  it.each([
    { count: 199, direction: 'spike', isFiring: false },
    { count: 200, direction: 'spike', isFiring: true },
    { count: 51, direction: 'drop', isFiring: false },
    { count: 50, direction: 'drop', isFiring: true },
    { count: 0, direction: 'spike', isFiring: false },
    { count: 900, direction: 'drop', isFiring: false },
  ] as const)('$count against 100 is a $direction: $isFiring', ({ count, direction, isFiring }) => {
    const judged = judgeTraffic(count, before, { ...thresholds, direction });
    expect(judged).toEqual({
      isFiring,
      expected: 100,
      deviations: expect.closeTo((count - 100) / 11.1803, 3),
    });
  });

  it('needs a minimum: of a spike counted, of a drop expected', () => {
    expect(judgeTraffic(49, [4, 4], { ...thresholds, direction: 'spike' }).isFiring).toBe(false);
    expect(judgeTraffic(50, [4, 4], { ...thresholds, direction: 'spike' }).isFiring).toBe(true);
    expect(judgeTraffic(0, [49, 49], { ...thresholds, direction: 'drop' }).isFiring).toBe(false);
    expect(judgeTraffic(0, [50, 50], { ...thresholds, direction: 'drop' }).isFiring).toBe(true);
  });

  it('takes weeks that differ for what they are: 300 is nothing after 20 and 280', () => {
    expect(judgeTraffic(300, [20, 280], { ...thresholds, direction: 'spike' })).toEqual({
      isFiring: false,
      expected: 150,
      // s² is 33,800, times 1.5.
      deviations: expect.closeTo(150 / Math.sqrt(33_800 * 1.5), 6),
    });
  });
});

describe('errors', () => {
  const day = { errors: 240, pageviews: 24_000 };
  const surge = { factor: 3, deviations: 3, minimum: 20, windowShare: 1 / 24 };

  it.each([
    { now: { errors: 29, pageviews: 1_000 }, isFiring: false, expected: 10 },
    { now: { errors: 30, pageviews: 1_000 }, isFiring: true, expected: 10 },
    // As many errors by pageview as before: more visitors are no surge.
    { now: { errors: 100, pageviews: 10_000 }, isFiring: false, expected: 100 },
    // The page is so broken that there is no pageview left: by time, 10 in the hour.
    { now: { errors: 50, pageviews: 0 }, isFiring: true, expected: 10 },
  ])('$now.errors at $now.pageviews pageviews: $isFiring', ({ now, isFiring, expected }) => {
    expect(judgeErrors(now, day, surge)).toMatchObject({ isFiring, expected: expect.closeTo(expected, 9) });
  });

  it('fires at the minimum where there were none before', () => {
    const none = { errors: 0, pageviews: 500 };
    expect(judgeErrors({ errors: 19, pageviews: 100 }, none, surge).isFiring).toBe(false);
    expect(judgeErrors({ errors: 20, pageviews: 100 }, none, surge).isFiring).toBe(true);
  });
});
