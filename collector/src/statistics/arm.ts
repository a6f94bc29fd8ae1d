/**
 * What the tests know of one variation: an estimate whose standard error is sqrt(variance / n). For a mean, `variance`
 * is the sample variance of the units; ratios, quantiles and adjusted means bring the variance of their linearised unit,
 * so that one test serves them all.
 */
export type Arm = {
  /** Units. */
  n: number;
  mean: number;
  variance: number;
};

/** Sums over the units of a variation. */
export type Sums = { n: number; sum: number; sumSquares: number };

/** An estimate with both ends of its interval. */
export type Interval = { low: number; high: number };

/** The arm of unit values, with the sample variance (divisor n - 1). Needs two units. */
export function meanArm(sums: Sums): Arm {
  return { n: sums.n, mean: sums.sum / sums.n, variance: varianceOf(sums) };
}

/** Sample covariance (divisor n - 1) from the sums of both variables and of their product. */
export function covarianceOf(n: number, [left, right]: readonly [number, number], product: number): number {
  return (product - (left * right) / n) / (n - 1);
}

/** Sample variance (divisor n - 1). Rounding never makes it negative. */
export function varianceOf({ n, sum, sumSquares }: Sums): number {
  return Math.max(0, covarianceOf(n, [sum, sum], sumSquares));
}

/** The standard error of an arm's estimate, squared. */
export function squaredError({ n, variance }: Arm): number {
  return variance / n;
}
