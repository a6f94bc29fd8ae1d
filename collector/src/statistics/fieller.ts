import type { Arm, Interval } from './arm.js';
import { squaredError } from './arm.js';
import type { Difference } from './welch.js';

/**
 * Which relative lifts agree with the data: those `inside` two ends; those `outside` of them, or `all`, where the
 * control's mean is not clearly different from zero.
 */
export type LiftSet = ({ shape: 'inside' } & Interval) | ({ shape: 'outside' } & Interval) | { shape: 'all' };

export type Lift = {
  /** (treatment - control) / |control|; null where the control's mean is zero. */
  lift: number | null;
  set: LiftSet;
  /** Whether the set leaves out zero: always the verdict of the absolute difference. */
  isSignificant: boolean;
};

/**
 * Relative lift by Fieller's theorem (Fieller 1954, J. R. Stat. Soc. B 16). Its set of lifts λ solves
 * (d - λc)² <= k²(V_t + (1 + λ)² V_c) with the critical value of the absolute test, which at λ = 0 is that very test: so
 * both verdicts agree, also in the last digit.
 */
export function fiellerLift(control: Arm, absolute: Difference): Lift {
  const sign = control.mean < 0 ? -1 : 1;
  const set = solve(
    {
      baseline: Math.abs(control.mean),
      difference: sign * absolute.difference,
      controlReach: absolute.critical * Math.sqrt(squaredError(control)),
      reach: absolute.critical * absolute.standardError,
    },
    sign,
  );
  const lift = control.mean === 0 ? null : absolute.difference / Math.abs(control.mean);
  return { lift, set, isSignificant: leavesOutZero(set) };
}

type Parts = { baseline: number; difference: number; controlReach: number; reach: number };

// aλ² - 2bλ + c <= 0. c keeps the sign of the absolute test, and the smaller root is c over the larger one's numerator,
// so that it keeps it too.
function solve({ baseline, difference, controlReach, reach }: Parts, sign: number): LiftSet {
  // At exactly zero one end lies at infinity, as it does just below.
  const a = (baseline - controlReach) * (baseline + controlReach) || -Number.MIN_VALUE;
  const b = difference * baseline + controlReach ** 2;
  const c = (Math.abs(difference) - reach) * (Math.abs(difference) + reach);
  const discriminant = b * b - a * c;
  if (a < 0 && discriminant <= 0) return { shape: 'all' };
  const root = Math.sqrt(Math.max(0, discriminant));
  const numerator = b < 0 ? b - root : b + root;
  const ends = [(sign * numerator) / a, (sign * c) / numerator];
  return { shape: a > 0 ? 'inside' : 'outside', low: Math.min(...ends), high: Math.max(...ends) };
}

function leavesOutZero(set: LiftSet): boolean {
  if (set.shape === 'all') return false;
  const isBetween = set.low <= 0 && set.high >= 0;
  return set.shape === 'inside' ? !isBetween : set.low < 0 && set.high > 0;
}
