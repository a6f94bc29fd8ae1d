import { z } from 'zod';
import { unitsNeeded, unitsToPlan } from '../statistics/power.js';

const share = z.coerce
  .number({ error: 'expected a number between 0 and 1' })
  .gt(0, { error: 'expected more than 0' })
  .lt(1, { error: 'expected less than 1' });
const positive = z.coerce
  .number({ error: 'expected a number above 0' })
  .positive({ error: 'expected a number above 0' });

/** What is known before an experiment: the rate of a proportion, or mean and standard deviation of a unit. */
export const planSchema = z
  .strictObject({
    rate: share.optional(),
    mean: positive.optional(),
    deviation: positive.optional(),
    /** Relative: the smallest effect worth finding. */
    lift: positive,
    power: share.default(0.8),
    confidence: share.default(0.95),
    variations: z.coerce
      .number()
      .int({ error: 'expected a whole number' })
      .min(2, { error: 'expected at least 2' })
      .max(20, { error: 'expected at most 20' })
      .default(2),
    perDay: positive.optional(),
  })
  .refine(
    ({ rate, mean, deviation }) => (rate === undefined) !== (mean === undefined || deviation === undefined),
    {
      path: ['rate'],
      error: 'expected either a rate, or a mean with its deviation',
    },
  );
export type Plan = z.infer<typeof planSchema>;

export type PlannedTest = {
  /** Of all variations together. */
  units: number;
  unitsPerVariation: number;
  /** Undefined without `perDay`. */
  days: number | undefined;
};

/**
 * How many units an experiment takes: for one look at the end, and, at most, for a sequential test, which may end earlier.
 * Variations get equal shares and are each compared with the control, without correction for their number.
 */
export function planExperiment(plan: Plan): { fixed: PlannedTest; sequential: PlannedTest } {
  const { rate, mean = 0, deviation = 0, lift, power, confidence } = plan;
  const base = rate ?? mean;
  const variance = rate === undefined ? deviation ** 2 : rate * (1 - rate);
  const design = { variance, treatmentShare: 0.5, alpha: 1 - confidence };
  return {
    fixed: spread(unitsNeeded(design, power, base * lift), plan),
    sequential: spread(unitsToPlan(design, power, base * lift), plan),
  };
}

function spread(unitsOfTwo: number, { variations, perDay }: Plan): PlannedTest {
  const unitsPerVariation = Math.ceil(unitsOfTwo / 2);
  const units = unitsPerVariation * variations;
  return { units, unitsPerVariation, days: perDay === undefined ? undefined : Math.ceil(units / perDay) };
}
