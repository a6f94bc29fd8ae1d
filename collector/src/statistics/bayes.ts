import type { Interval } from './arm.js';
import type { Estimate } from './delta-lift.js';
import { normalCdf, normalDensity, normalQuantile } from './distributions/normal.js';

/** A normal prior of the relative lift. */
export type Prior = { mean: number; standardDeviation: number };

/** Lifts beyond ±60 % are rare: proper, so that a small sample is drawn towards no effect. */
export const defaultPrior: Prior = { mean: 0, standardDeviation: 0.3 };

export type Posterior = {
  mean: number;
  standardDeviation: number;
  /** P(treatment > control). */
  chanceToWin: number;
  /** Expected relative loss of choosing the treatment, and of staying with the control. */
  risk: { treatment: number; control: number };
  credibleInterval: Interval;
};

/**
 * Normal likelihood and normal prior of the relative lift (Gelman et al. 2013, Bayesian Data Analysis, 3rd ed., section
 * 2.5; the risk is the expected loss of Stucchio 2015). Not protected against peeking: under repeated looks it calls far
 * more than 5 % of experiments without any effect.
 *
 * @param alpha the credible interval holds 1 - alpha
 */
export function updatePrior(lift: Estimate, prior: Prior, alpha: number): Posterior {
  const priorPrecision = prior.standardDeviation ** -2;
  const precision = lift.standardError ** -2;
  const standardDeviation = Math.sqrt(1 / (priorPrecision + precision));
  const mean = (prior.mean * priorPrecision + lift.estimate * precision) / (priorPrecision + precision);
  const z = mean / standardDeviation;
  const reach = -normalQuantile(alpha / 2) * standardDeviation;
  return {
    mean,
    standardDeviation,
    chanceToWin: normalCdf(z),
    risk: { treatment: expectedLoss(z, standardDeviation), control: expectedLoss(-z, standardDeviation) },
    credibleInterval: { low: mean - reach, high: mean + reach },
  };
}

// E max(0, -X) of a normal X whose mean is z standard deviations.
function expectedLoss(z: number, standardDeviation: number): number {
  return Math.max(0, standardDeviation * (normalDensity(z) - z * normalCdf(-z)));
}
