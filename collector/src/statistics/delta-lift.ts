import type { Arm } from './arm.js';
import { squaredError } from './arm.js';

export type Estimate = { estimate: number; standardError: number };

/**
 * Relative lift (treatment - control) / |control| with its standard error by the delta method (Deng, Knoblich and Lu
 * 2018, KDD, section 3). A description, and the scale of the Bayesian answer: no decision is made on it, because its
 * intervals miss their level for skewed metrics.
 *
 * @returns undefined where the control's mean is zero
 */
export function deltaLift(control: Arm, treatment: Arm): Estimate | undefined {
  if (control.mean === 0) return undefined;
  const base = Math.abs(control.mean);
  const ratio = treatment.mean / base;
  const error = squaredError(treatment) + ratio * ratio * squaredError(control);
  return { estimate: (treatment.mean - control.mean) / base, standardError: Math.sqrt(error) / base };
}
