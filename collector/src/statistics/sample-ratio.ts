import { chiSquareSurvival } from './distributions/chi-square.js';
import { logGamma } from './distributions/log-gamma.js';

/** Units that came to each variation, and the weight that each was to have. Order is the same in both. */
export type Allocation = { counts: readonly number[]; weights: readonly number[] };

export type RatioTest = { statistic: number; degreesOfFreedom: number; p: number };

/**
 * Sample ratio mismatch by Pearson's chi-square test (Fabijan et al. 2019, KDD), on the arms that are live: those with a
 * weight. For one look only.
 *
 * @returns undefined where there are no units, or fewer than two live arms
 */
export function testSampleRatio(allocation: Allocation): RatioTest | undefined {
  const { counts, shares } = liveArms(allocation);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0 || counts.length < 2) return undefined;
  const statistic = counts.reduce((sum, count, arm) => {
    const expected = total * (shares[arm] ?? 0);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const degreesOfFreedom = counts.length - 1;
  return { statistic, degreesOfFreedom, p: chiSquareSurvival(statistic, degreesOfFreedom) };
}

// The prior weighs as much as this many units: a departure of two points in a hundred shows within days at a thousand a day.
const concentration = 1000;

/**
 * Sample ratio mismatch for any number of looks: the multinomial test with a Dirichlet prior around the planned shares
 * (Lindon and Malek 2022, NeurIPS). The smallest inverse Bayes factor of all looks is a p that is valid at every look.
 *
 * @param looks cumulative counts, in the order of time
 */
export function testSampleRatioSequentially(
  weights: readonly number[],
  looks: readonly (readonly number[])[],
): number {
  return Math.exp(-Math.max(0, ...looks.map((counts) => logBayesFactor({ counts, weights }))));
}

function logBayesFactor(allocation: Allocation): number {
  const { counts, shares } = liveArms(allocation);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce(
    (sum, count, arm) => {
      const share = shares[arm] ?? 0;
      const prior = concentration * share;
      return sum + logGamma(prior + count) - logGamma(prior) - count * Math.log(share);
    },
    logGamma(concentration) - logGamma(concentration + total),
  );
}

function liveArms({ counts, weights }: Allocation): { counts: number[]; shares: number[] } {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    counts: counts.filter((_, arm) => (weights[arm] ?? 0) > 0),
    shares: weights.filter((weight) => weight > 0).map((weight) => weight / total),
  };
}
