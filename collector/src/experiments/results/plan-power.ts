import type { Comparison } from '@footfall/schema';
import type { Arm } from '../../statistics/arm.js';
import { type Design, minimumDetectableEffect, powerOf, unitsNeeded } from '../../statistics/power.js';

const targetPower = 0.8;

export type PowerQuestion = {
  alpha: number;
  plannedUnits: number;
  /** Relative. */
  minimumEffect: number;
  /** Units of both arms a day; 0 where none come. */
  unitsPerDay: number;
  isSequential: boolean;
};

type Plans = NonNullable<Comparison['power']>;

/** What the units so far can find, and how many more the minimum effect takes. */
export function planPower(control: Arm, treatment: Arm, question: PowerQuestion): Plans {
  const { alpha, plannedUnits, minimumEffect, isSequential } = question;
  const design: Design = {
    variance: pooled(control, treatment),
    treatmentShare: treatment.n / (control.n + treatment.n),
    alpha,
  };
  return {
    minimumEffect,
    fixed: planOne(design, control, treatment, question),
    sequential: isSequential ? planOne({ ...design, plannedUnits }, control, treatment, question) : null,
  };
}

function planOne(design: Design, control: Arm, treatment: Arm, question: PowerQuestion): Plans['fixed'] {
  const units = control.n + treatment.n;
  const base = Math.abs(control.mean);
  const effect = question.minimumEffect * base;
  const needed = base > 0 ? finiteOrNull(unitsNeeded(design, targetPower, effect)) : null;
  return {
    power: powerOf(design, effect, units),
    minimumDetectableEffect: base > 0 ? minimumDetectableEffect(design, targetPower, units) / base : null,
    unitsNeeded: needed,
    daysToGo: needed === null ? null : daysToGo(needed - units, question.unitsPerDay),
  };
}

function pooled(control: Arm, treatment: Arm): number {
  return (control.n * control.variance + treatment.n * treatment.variance) / (control.n + treatment.n);
}

function daysToGo(missing: number, unitsPerDay: number): number | null {
  if (missing <= 0) return 0;
  return unitsPerDay > 0 ? Math.ceil(missing / unitsPerDay) : null;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
