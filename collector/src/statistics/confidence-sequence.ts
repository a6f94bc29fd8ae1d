import type { Arm, Interval } from './arm.js';
import { squaredError } from './arm.js';

export type Look = {
  /** Units of both arms. */
  n: number;
  interval: Interval;
  /** Valid at this look and at every other, however many there are. */
  p: number;
};

export type SequencePlan = {
  /** Two-sided level, above 0 and below 1. */
  alpha: number;
  /** Units of both arms at which the interval is to be narrowest; chosen before the start. */
  plannedUnits: number;
};

/**
 * One look at the absolute difference by an asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and
 * Ramdas 2021, arXiv 2103.06476, theorem 2.2): the interval covers the difference at all looks together with
 * probability 1 - alpha, so that an experiment may be stopped whenever it leaves out zero.
 */
export function lookAtDifference(control: Arm, treatment: Arm, plan: SequencePlan): Look {
  const n = control.n + treatment.n;
  const difference = treatment.mean - control.mean;
  const error = squaredError(control) + squaredError(treatment);
  const mixture = n * mixtureVariance(plan);
  const reach = Math.sqrt(error) * sequentialCritical(n, plan);
  const logEvidence = 0.5 * ((difference * difference) / error) * (mixture / (1 + mixture));
  return {
    n,
    interval: { low: difference - reach, high: difference + reach },
    p: Math.min(1, Math.exp(0.5 * Math.log1p(mixture) - logEvidence)),
  };
}

/** How many standard errors the confidence sequence reaches to each side at `n` units of both arms. */
export function sequentialCritical(n: number, plan: SequencePlan): number {
  const mixture = n * mixtureVariance(plan);
  return Math.sqrt(((2 * (mixture + 1)) / mixture) * (0.5 * Math.log1p(mixture) - Math.log(plan.alpha)));
}

// ρ² of the paper's appendix B.2: the interval is narrowest at the planned number of units.
function mixtureVariance({ alpha, plannedUnits }: SequencePlan): number {
  const logs = -2 * Math.log(alpha);
  return (logs + Math.log(logs + 1)) / plannedUnits;
}

export type Sequence = {
  /** The smallest p of all looks. */
  p: number;
  /** What the intervals of all looks have in common; null where that is nothing: the effect has changed over time. */
  interval: Interval | null;
};

/** All looks together: the running minimum of p and the running intersection, both valid for a constant difference. */
export function followLooks(looks: readonly Look[]): Sequence {
  const low = Math.max(...looks.map((look) => look.interval.low));
  const high = Math.min(...looks.map((look) => look.interval.high));
  return { p: Math.min(1, ...looks.map((look) => look.p)), interval: low <= high ? { low, high } : null };
}
