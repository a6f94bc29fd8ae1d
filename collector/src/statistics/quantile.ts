import type { Arm } from './arm.js';
import { normalQuantile } from './distributions/normal.js';
import type { PairedSums } from './paired-sums.js';
import { ratioArm } from './ratio.js';

/** Which fractions of the sorted values bound the quantile. */
export type QuantileRanks = { low: number; high: number; standardErrors: number };

// The bounds of a 95 % interval: wide enough to see the density, near enough to be local (Deng et al. 2018).
const boundAlpha = 0.05;

/**
 * Which order statistics bound a quantile of values that come in groups, several of each unit: an interval for the share
 * of values below the quantile, by the delta method over units, read off the sorted values (Deng, Knoblich and Lu 2018,
 * KDD, section 4). With one value a unit it is the classical p ± z sqrt(p (1 - p) / n).
 *
 * @param below over units: y values at or below the quantile, x values in all
 * @returns undefined where there are no values
 */
export function quantileRanks(quantile: number, below: PairedSums): QuantileRanks | undefined {
  const share = ratioArm(below);
  if (!share) return undefined;
  const standardErrors = -normalQuantile(boundAlpha / 2);
  const reach = standardErrors * Math.sqrt(share.variance / share.n);
  return { low: Math.max(0, quantile - reach), high: Math.min(1, quantile + reach), standardErrors };
}

/**
 * A quantile as an arm, from itself and from the values at the ranks of `quantileRanks`.
 *
 * @param values at the quantile, at the lower and at the higher rank
 */
export function quantileArm(
  n: number,
  values: { quantile: number; low: number; high: number },
  { standardErrors }: QuantileRanks,
): Arm {
  const standardError = (values.high - values.low) / (2 * standardErrors);
  return { n, mean: values.quantile, variance: standardError * standardError * n };
}
