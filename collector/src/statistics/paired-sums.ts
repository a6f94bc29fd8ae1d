import { covarianceOf, varianceOf } from './arm.js';

/** Sums over units of a metric y and of a second value x of the same unit: its pre-period, or the denominator. */
export type PairedSums = { n: number; y: number; yy: number; x: number; xx: number; xy: number };

/** Sample variances and covariance of two variables of the same units. */
export type Spread = { freedom: number; yy: number; xx: number; xy: number };

/** @see Spread */
export function spreadOf({ n, y, yy, x, xx, xy }: PairedSums): Spread {
  return {
    freedom: n - 1,
    yy: varianceOf({ n, sum: y, sumSquares: yy }),
    xx: varianceOf({ n, sum: x, sumSquares: xx }),
    xy: covarianceOf(n, [x, y], xy),
  };
}
