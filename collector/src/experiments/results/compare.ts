import type { Comparison } from '@footfall/schema';
import type { Arm } from '../../statistics/arm.js';
import { defaultPrior, updatePrior } from '../../statistics/bayes.js';
import { followLooks, type Look, type SequencePlan } from '../../statistics/confidence-sequence.js';
import { deltaLift } from '../../statistics/delta-lift.js';
import { fiellerLift, type LiftSet } from '../../statistics/fieller.js';
import { testDifference } from '../../statistics/welch.js';

export type Tested = Pick<Comparison, 'fixed' | 'lift'>;

/** The decision on the absolute difference, and the relative lift that agrees with it. */
export function compareArms(control: Arm, treatment: Arm, alpha: number): Tested {
  const absolute = testDifference(control, treatment, alpha);
  const { critical: _, ...fixed } = absolute;
  const { lift, set, isSignificant } = fiellerLift(control, absolute);
  return {
    fixed,
    lift: {
      lift,
      set: finite(set),
      isSignificant,
      deltaStandardError: deltaLift(control, treatment)?.standardError ?? null,
    },
  };
}

// An end at infinity has no JSON.
function finite(set: LiftSet): Comparison['lift']['set'] {
  if (set.shape === 'all') return set;
  if (set.shape === 'inside') return { shape: 'inside', low: set.low, high: set.high };
  const end = (value: number) => (Number.isFinite(value) ? value : null);
  return { shape: 'outside', low: end(set.low), high: end(set.high) };
}

/** All looks so far as one answer; null before the first. */
export function summarizeLooks(looks: readonly Look[], { alpha }: SequencePlan): Comparison['sequential'] {
  const latest = looks.at(-1);
  if (!latest) return null;
  const { p, interval } = followLooks(looks);
  return { p, interval, latest: latest.interval, looks: looks.length, isSignificant: p <= alpha };
}

/** Chance to win and risk in the direction of the goal; null where the control is zero. */
export function judgeByPrior(
  control: Arm,
  treatment: Arm,
  { alpha, goal }: { alpha: number; goal: 'increase' | 'decrease' },
): Comparison['bayesian'] {
  const lift = deltaLift(control, treatment);
  if (!lift || !(lift.standardError > 0)) return null;
  const sign = goal === 'increase' ? 1 : -1;
  const gain = updatePrior({ ...lift, estimate: sign * lift.estimate }, defaultPrior, alpha);
  const ends = [sign * gain.credibleInterval.low, sign * gain.credibleInterval.high];
  return {
    note: 'not protected against peeking',
    prior: defaultPrior,
    mean: sign * gain.mean,
    credibleInterval: { low: Math.min(...ends), high: Math.max(...ends) },
    chanceToWin: gain.chanceToWin,
    risk: gain.risk,
  };
}
