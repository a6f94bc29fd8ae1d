export type Judged = { isFiring: boolean; expected: number; deviations: number };

type Thresholds = { factor: number; deviations: number; minimum: number };

/**
 * A count against those of the same hours of weeks before: x against the mean m of w weeks, in standard deviations of a
 * prediction, `(x - m) / sqrt(max(m, s², 1) * (1 + 1/w))`. s² is the sample variance of the weeks; Poisson's, which is m,
 * is the least it can be. A spike has at least `minimum`; for a drop at least that must have been expected.
 *
 * @param before the counts of the weeks before, at least two
 */
export function judgeTraffic(
  count: number,
  before: readonly number[],
  { direction, factor, deviations, minimum }: Thresholds & { direction: 'spike' | 'drop' },
): Judged {
  const expected = mean(before);
  const variance = Math.max(expected, sampleVariance(before, expected), 1);
  const away = (count - expected) / Math.sqrt(variance * (1 + 1 / before.length));
  const isFiring =
    direction === 'spike'
      ? count >= minimum && count >= factor * expected && away >= deviations
      : expected >= minimum && count <= expected / factor && away <= -deviations;
  return { isFiring, expected, deviations: away };
}

export type ErrorCounts = { errors: number; pageviews: number };

/**
 * Errors of a window against those of the day before it, at the rate of errors by pageview of that day: more visitors
 * alone are no surge. `e = pageviews * errors_before / pageviews_before`, and `(errors - e) / sqrt(max(e, 1))` standard
 * deviations of Poisson's distribution. Without pageviews on either side the rate is by time.
 *
 * @param windowShare the length of the window, in days
 */
export function judgeErrors(
  now: ErrorCounts,
  before: ErrorCounts,
  { windowShare, factor, deviations, minimum }: Thresholds & { windowShare: number },
): Judged {
  const share = before.pageviews > 0 && now.pageviews > 0 ? now.pageviews / before.pageviews : windowShare;
  const expected = before.errors * share;
  const away = (now.errors - expected) / Math.sqrt(Math.max(expected, 1));
  const isFiring = now.errors >= minimum && now.errors >= factor * expected && away >= deviations;
  return { isFiring, expected, deviations: away };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sampleVariance(values: readonly number[], center: number): number {
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return values.length < 2 ? 0 : squares / (values.length - 1);
}
