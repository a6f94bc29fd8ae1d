import { type SequencePlan, sequentialCritical } from './confidence-sequence.js';
import { normalCdf, normalQuantile } from './distributions/normal.js';

/** A comparison of two arms, before the start or midway. */
export type Design = {
  /** Variance of a unit in each arm. */
  variance: number;
  /** Share of the units of both arms that are in the treatment, above 0 and below 1. */
  treatmentShare: number;
  /** Two-sided level. */
  alpha: number;
  /** Present for a sequential test: units of both arms that its interval is narrowest at. */
  plannedUnits?: number;
};

/**
 * The chance to find a true absolute difference with `units` in both arms (Cohen 1988; normal approximation, the wrong
 * side left out). For a sequential test: at the last look alone, which is a lower bound, since earlier looks may find it.
 */
export function powerOf(design: Design, difference: number, units: number): number {
  return normalCdf(Math.abs(difference) / standardError(design, units) - criticalOf(design, units));
}

/** The smallest absolute difference that `units` in both arms find with the given power. */
export function minimumDetectableEffect(design: Design, power: number, units: number): number {
  return (criticalOf(design, units) + normalQuantile(power)) * standardError(design, units);
}

/** The smallest number of units in both arms that find an absolute difference with the given power. */
export function unitsNeeded(design: Design, power: number, difference: number): number {
  return smallest((units) => powerOf(design, difference, units) >= power);
}

/** The same before the start of a sequential test, whose interval is then planned to be narrowest at that number. */
export function unitsToPlan(design: Omit<Design, 'plannedUnits'>, power: number, difference: number): number {
  return smallest((units) => powerOf({ ...design, plannedUnits: units }, difference, units) >= power);
}

// Bisection: more units find more.
function smallest(isEnough: (units: number) => boolean): number {
  let low = 2;
  let high = 4;
  while (!isEnough(high)) {
    low = high;
    high *= 2;
    if (high > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function standardError({ variance, treatmentShare }: Design, units: number): number {
  return Math.sqrt(variance / (units * treatmentShare * (1 - treatmentShare)));
}

function criticalOf({ alpha, plannedUnits }: Design, units: number): number {
  if (plannedUnits === undefined) return -normalQuantile(alpha / 2);
  const plan: SequencePlan = { alpha, plannedUnits };
  return sequentialCritical(units, plan);
}
