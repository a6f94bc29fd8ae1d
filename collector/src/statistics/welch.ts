import type { Arm, Interval } from './arm.js';
import { squaredError } from './arm.js';
import { studentTwoSided, studentUpperQuantile } from './distributions/student-t.js';

export type Difference = {
  /** treatment - control, in the unit of the metric. */
  difference: number;
  standardError: number;
  degreesOfFreedom: number;
  /** How many standard errors the interval reaches to each side. */
  critical: number;
  interval: Interval;
  /** Two-sided. */
  p: number;
  /** Whether the interval leaves out zero: the decision. */
  isSignificant: boolean;
};

/**
 * Welch's t-test on the absolute difference (Welch 1947, Biometrika 34) with the degrees of freedom of Satterthwaite
 * (1946, Biometrics Bulletin 2). Needs two units an arm and a variance above zero in one of them.
 *
 * @param alpha two-sided level, above 0 and below 1
 */
export function testDifference(control: Arm, treatment: Arm, alpha: number): Difference {
  const difference = treatment.mean - control.mean;
  const standardError = Math.sqrt(squaredError(control) + squaredError(treatment));
  const degreesOfFreedom = satterthwaite(control, treatment);
  const critical = studentUpperQuantile(alpha / 2, degreesOfFreedom);
  const reach = critical * standardError;
  return {
    difference,
    standardError,
    degreesOfFreedom,
    critical,
    interval: { low: difference - reach, high: difference + reach },
    p: studentTwoSided(difference / standardError, degreesOfFreedom),
    isSignificant: Math.abs(difference) > reach,
  };
}

function satterthwaite(control: Arm, treatment: Arm): number {
  const [one, other] = [squaredError(control), squaredError(treatment)];
  const whole = one + other;
  // Shares first: squares of tiny variances would underflow.
  return 1 / ((one / whole) ** 2 / (control.n - 1) + (other / whole) ** 2 / (treatment.n - 1));
}
