import { quantileArm, quantileRanks } from '../../src/statistics/quantile.js';
import { testDifference } from '../../src/statistics/welch.js';
import { createRandom, type Random } from '../random.js';
import { drawLogNormal } from './draws.js';

const unitsPerArm = 400;
const alpha = 0.05;

/**
 * The share of A/A tests that are called for a quantile of values that come in groups: a unit brings one to five, and its
 * own pace sets them apart from others'.
 */
export function repeatQuantileTest({
  quantile,
  runs,
  seed,
}: {
  quantile: number;
  runs: number;
  seed: number;
}): number {
  const random = createRandom(seed);
  let called = 0;
  for (let run = 0; run < runs; run++) {
    const [control, treatment] = [drawArm(random, quantile), drawArm(random, quantile)];
    if (testDifference(control, treatment, alpha).isSignificant) called++;
  }
  return called / runs;
}

function drawArm(random: Random, quantile: number) {
  const units = Array.from({ length: unitsPerArm }, () => drawUnit(random));
  const sorted = Float64Array.from(units.flat()).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  const point = at(quantile);
  const sums = { n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 };
  for (const values of units) {
    const below = values.filter((value) => value <= point).length;
    sums.n++;
    sums.y += below;
    sums.yy += below * below;
    sums.x += values.length;
    sums.xx += values.length * values.length;
    sums.xy += below * values.length;
  }
  const ranks = quantileRanks(quantile, sums);
  if (!ranks) throw new Error('expected values');
  return quantileArm(sums.n, { quantile: point, low: at(ranks.low), high: at(ranks.high) }, ranks);
}

function drawUnit(random: Random): number[] {
  const pace = drawLogNormal(random, 0.6);
  return Array.from({ length: 1 + random.below(5) }, () => pace * drawLogNormal(random, 0.6));
}
