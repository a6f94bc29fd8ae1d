import type { Metric, VariationResult } from '@footfall/schema';
import { type Arm, meanArm, squaredError } from '../../statistics/arm.js';
import type { PairedSums } from '../../statistics/paired-sums.js';
import { ratioArm } from '../../statistics/ratio.js';
import type { QuantileRow } from './read-quantile.js';

/** What is known of a variation. */
export type Cell = {
  variation: string;
  units: number;
  /** Sum over units; of a quantile the number of values. */
  total: number;
  arm: Arm | undefined;
  /** Why no test could rest on it. */
  shortfall: string | undefined;
};

const leastUnits = 100;
// The normal approximation of a rate needs some of either kind.
const leastOfEither = 5;

/** Makes the estimate of a variation from its sums, and says what is missing. */
export function estimate(metric: Metric, variation: string, sums: PairedSums): Cell {
  const arm = armOf(metric, sums);
  const shortfall = shortOfUnits(sums.n) ?? shortOfEither(metric, sums) ?? shortOfDenominator(arm);
  return { variation, units: sums.n, total: sums.y, arm, shortfall };
}

/** The estimate of a quantile; without a row there is no value. */
export function quantileCell(variation: string, row: QuantileRow | undefined): Cell {
  if (!row) return { variation, units: 0, total: 0, arm: undefined, shortfall: shortOfUnits(0) };
  const { units, values, arm } = row;
  return { variation, units, total: values, arm, shortfall: shortOfUnits(units) };
}

/** Why two variations cannot be compared; undefined where they can. */
export function shortfallOf(control: Cell, treatment: Cell): string | undefined {
  for (const { variation, shortfall } of [control, treatment])
    if (shortfall !== undefined) return `${variation}: ${shortfall}`;
  const isFlat = !((control.arm?.variance ?? 0) + (treatment.arm?.variance ?? 0) > 0);
  return isFlat ? 'every unit has the same value' : undefined;
}

/** The cell as it stands in the answer. */
export function describeCell({ variation, units, total, arm }: Cell): VariationResult {
  const standardError = arm ? Math.sqrt(squaredError(arm)) : null;
  return { variation, units, total, mean: arm?.mean ?? null, standardError };
}

function shortOfUnits(units: number): string | undefined {
  return units < leastUnits ? `${units} units, expected at least ${leastUnits}` : undefined;
}

function shortOfDenominator(arm: Arm | undefined): string | undefined {
  return arm ? undefined : 'the denominator is zero';
}

function armOf(metric: Metric, sums: PairedSums): Arm | undefined {
  if (sums.n < 2) return undefined;
  if (metric.kind === 'ratio') return ratioArm(sums);
  return meanArm({ n: sums.n, sum: sums.y, sumSquares: sums.yy });
}

function shortOfEither({ kind }: Metric, { n, y }: PairedSums): string | undefined {
  if (kind !== 'proportion' && kind !== 'retention') return undefined;
  if (y >= leastOfEither && n - y >= leastOfEither) return undefined;
  return `${y} of ${n} units converted, expected at least ${leastOfEither} that did and ${leastOfEither} that did not`;
}
