import type { Arm } from './arm.js';
import { type PairedSums, spreadOf } from './paired-sums.js';

/**
 * A ratio of two sums over units, Σy / Σx, as clicks per pageview: not a mean over units, so its variance is that of
 * the linearised unit (y - Rx) / x̄ by the delta method (Deng, Knoblich and Lu 2018, KDD, section 3.1).
 *
 * @returns undefined where the denominator sums to zero
 */
export function ratioArm(sums: PairedSums): Arm | undefined {
  if (sums.x === 0) return undefined;
  const ratio = sums.y / sums.x;
  const meanX = sums.x / sums.n;
  const { yy, xx, xy } = spreadOf(sums);
  const spread = Math.max(0, yy - 2 * ratio * xy + ratio * ratio * xx);
  return { n: sums.n, mean: ratio, variance: spread / (meanX * meanX) };
}
