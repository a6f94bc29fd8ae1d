import { expect, test } from 'vitest';
import { benjaminiHochberg, holm } from '../../../src/statistics/adjust-p.js';
import { updatePrior } from '../../../src/statistics/bayes.js';
import { lookAtDifference } from '../../../src/statistics/confidence-sequence.js';
import { adjustByPrePeriod } from '../../../src/statistics/cuped.js';
import { deltaLift } from '../../../src/statistics/delta-lift.js';
import { fiellerLift } from '../../../src/statistics/fieller.js';
import { postStratify } from '../../../src/statistics/post-stratify.js';
import { minimumDetectableEffect, powerOf, unitsNeeded, unitsToPlan } from '../../../src/statistics/power.js';
import { quantileRanks } from '../../../src/statistics/quantile.js';
import { ratioArm } from '../../../src/statistics/ratio.js';
import { testSampleRatio, testSampleRatioSequentially } from '../../../src/statistics/sample-ratio.js';
import { testDifference } from '../../../src/statistics/welch.js';
import { expectClose } from './close-to.js';
import { known } from './known-values.js';

const comparisons = known.comparisons.map((row, index) => ({ ...row, index }));

test.each(comparisons)("Welch's test on the difference ($index)", ({ control, treatment, alpha, welch }) => {
  const tested = testDifference(control, treatment, alpha);
  expectClose(tested.p, welch.p);
  expectClose(tested.degreesOfFreedom, welch.degreesOfFreedom);
  expectClose(tested.interval.low, welch.low);
  expectClose(tested.interval.high, welch.high);
  expect(tested.isSignificant).toBe(welch.p < alpha);
});

test.each(comparisons)(
  "Fieller's interval of the lift ($index)",
  ({ control, treatment, alpha, fieller }) => {
    const { set, isSignificant } = fiellerLift(control, testDifference(control, treatment, alpha));
    expect(set.shape).toBe(fieller.shape);
    expect(isSignificant).toBe(testDifference(control, treatment, alpha).isSignificant);
    if (set.shape === 'all') return;
    expectClose(set.low, fieller.ends[0] ?? Number.NaN, { relative: 1e-9 });
    expectClose(set.high, fieller.ends[1] ?? Number.NaN, { relative: 1e-9 });
  },
);

test('the known lifts have every shape', () => {
  expect(new Set(known.comparisons.map(({ fieller }) => fieller.shape)).size).toBe(3);
});

test.each(comparisons)('lift by the delta method ($index)', ({ control, treatment, delta }) => {
  const lift = deltaLift(control, treatment);
  expectClose(lift?.estimate ?? Number.NaN, delta.estimate);
  // The reference differentiates numerically.
  expectClose(lift?.standardError ?? Number.NaN, delta.standardError, { relative: 1e-6 });
});

test.each(comparisons)(
  'a look of the confidence sequence ($index)',
  ({ control, treatment, alpha, sequence }) => {
    const { plannedUnits } = sequence;
    const look = lookAtDifference(control, treatment, { alpha, plannedUnits });
    expectClose(look.interval.low, sequence.low);
    expectClose(look.interval.high, sequence.high);
    const tuned = lookAtDifference(control, treatment, { alpha, plannedUnits });
    expectClose(tuned.p, sequence.p);
  },
);

test.each(comparisons)('the posterior of the lift ($index)', ({ alpha, delta, bayes }) => {
  const posterior = updatePrior(delta, bayes.prior, alpha);
  const exact = { relative: 1e-9, absolute: 1e-14 };
  expectClose(posterior.chanceToWin, bayes.chanceToWin, exact);
  expectClose(posterior.risk.treatment, bayes.riskOfTreatment, exact);
  expectClose(posterior.risk.control, bayes.riskOfControl, exact);
  expectClose(posterior.credibleInterval.low, bayes.low);
  expectClose(posterior.credibleInterval.high, bayes.high);
});

test('CUPED equals an adjustment unit by unit', () => {
  const adjusted = adjustByPrePeriod(known.cuped.sums);
  expectClose(adjusted?.theta ?? Number.NaN, known.cuped.theta);
  for (const [index, arm] of known.cuped.arms.entries()) {
    expectClose(adjusted?.arms[index]?.mean ?? Number.NaN, arm.mean);
    expectClose(adjusted?.arms[index]?.variance ?? Number.NaN, arm.variance);
  }
});

test('CUPED without a pre-period says so', () => {
  const flat = { n: 10, y: 30, yy: 120, x: 0, xx: 0, xy: 0 };
  expect(adjustByPrePeriod([flat, flat])).toBeUndefined();
});

test.each(known.ratios)('a ratio has the variance of its linearised unit', ({ sums, mean, variance }) => {
  expectClose(ratioArm(sums)?.mean ?? Number.NaN, mean);
  expectClose(ratioArm(sums)?.variance ?? Number.NaN, variance);
});

test.each(known.quantiles)('the ranks around the quantile $quantile', ({ quantile, below, low, high }) => {
  const ranks = quantileRanks(quantile, below);
  expectClose(ranks?.low ?? Number.NaN, low);
  expectClose(ranks?.high ?? Number.NaN, high);
});

test('post-stratification weighs the strata of all units', () => {
  const arms = postStratify(known.postStratification.strata);
  for (const [index, { n, mean, variance }] of arms.entries()) {
    expectClose(mean, known.postStratification.means[index] ?? Number.NaN);
    expectClose(Math.sqrt(variance / n), known.postStratification.standardErrors[index] ?? Number.NaN);
  }
});

test.each(known.sampleRatios)('sample ratio of $counts at $weights', (row) => {
  const { counts, weights, statistic, p, logBayesFactor } = row;
  expectClose(testSampleRatio({ counts, weights })?.statistic ?? Number.NaN, statistic);
  expectClose(testSampleRatio({ counts, weights })?.p ?? Number.NaN, p);
  const sequential = testSampleRatioSequentially(weights, [counts]);
  expectClose(sequential, Math.exp(-Math.max(0, logBayesFactor)), { relative: 1e-9 });
});

test.each(known.corrections)('corrections of $p', ({ p, holm: byHolm, benjaminiHochberg: byHochberg }) => {
  for (const [index, value] of holm(p).entries()) expectClose(value, byHolm[index] ?? Number.NaN);
  for (const [index, value] of benjaminiHochberg(p).entries())
    expectClose(value, byHochberg[index] ?? Number.NaN);
});

test.each(known.power)('power of $units units', (row) => {
  const { design, difference, units, power } = row;
  expectClose(powerOf(design, difference, units), power);
  expect(unitsNeeded(design, 0.8, difference)).toBe(row.unitsNeeded);
  expect(unitsToPlan(design, 0.8, difference)).toBe(row.unitsToPlan);
  expectClose(minimumDetectableEffect(design, power, units), difference, { relative: 1e-9 });
});
