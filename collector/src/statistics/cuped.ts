import type { Arm } from './arm.js';
import { type PairedSums, type Spread, spreadOf } from './paired-sums.js';

export type Cuped = {
  theta: number;
  /** The share of the variance that the adjustment takes away, 0 to 1, arms pooled. */
  varianceReduction: number;
  arms: Arm[];
};

/**
 * CUPED (Deng, Xu, Kohavi and Walker 2013, WSDM): y - θ(x - x̄) with one θ, from the covariance within the arms pooled,
 * and x̄ over all units, so that the adjusted means keep the scale of the metric.
 *
 * @returns undefined where x is the same for all units: there is no pre-period to adjust by
 */
export function adjustByPrePeriod(arms: readonly PairedSums[]): Cuped | undefined {
  const spreads = arms.map(spreadOf);
  const pooled = (key: keyof Spread) => total(spreads.map((spread) => spread.freedom * spread[key]));
  const [yy, xx, xy] = [pooled('yy'), pooled('xx'), pooled('xy')];
  if (!(xx > 0)) return undefined;
  const theta = xy / xx;
  const meanX = total(arms.map((arm) => arm.x)) / total(arms.map((arm) => arm.n));
  return {
    theta,
    varianceReduction: yy > 0 ? (xy * xy) / (xx * yy) : 0,
    arms: arms.map((sums) => adjust(sums, theta, meanX)),
  };
}

function adjust(sums: PairedSums, theta: number, meanX: number): Arm {
  const { yy, xx, xy } = spreadOf(sums);
  return {
    n: sums.n,
    mean: sums.y / sums.n - theta * (sums.x / sums.n - meanX),
    variance: Math.max(0, yy + theta * theta * xx - 2 * theta * xy),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
