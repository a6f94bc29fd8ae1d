import { z } from 'zod';
import { eventTypes } from './event.js';

const metricKey = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, {
  error: 'expected 1 to 100 of A-Z, a-z, 0-9, _, . and -',
});

/** Which events a metric counts. `path` may hold `*` for any text. */
const eventFilter = z.strictObject({
  type: z.enum(eventTypes, { error: `expected one of ${eventTypes.join(' ')}` }),
  name: z.string().min(1).max(200).optional(),
  path: z.string().min(1).max(2_048).optional(),
});
export type EventFilter = z.infer<typeof eventFilter>;

const property = z.string().min(1).max(200);
const between = (low: number, high: number) =>
  z
    .number({ error: `expected a number between ${low} and ${high}` })
    .gt(low, { error: `expected more than ${low}` })
    .lt(high, { error: `expected less than ${high}` });
const days = (low: number, high: number) => z.number().int().min(low).max(high);

const base = {
  key: metricKey,
  name: z.string().min(1).max(200).optional(),
  role: z.enum(['primary', 'secondary', 'guardrail']).default('secondary'),
  goal: z.enum(['increase', 'decrease']).default('increase'),
  event: eventFilter,
  /** Relative: the smallest lift worth finding. Power and days to go are told for it. */
  minimumEffect: between(0, 10).default(0.05),
  /** Relative, of guardrails: the harm that is tolerated. */
  margin: between(0, 1).default(0.05),
};
/** Only events this long after the first exposure count; without it, those up to the end of the phase. */
const windowHours = z
  .number()
  .positive()
  .max(90 * 24)
  .optional();
/** The same metric of the same unit this long before its first exposure, for CUPED. */
const prePeriodDays = days(1, 90).optional();
/** Units above this quantile of all units are put down to it. */
const winsorize = between(0.5, 1).optional();

const proportion = z.strictObject({ ...base, kind: z.literal('proportion'), windowHours, prePeriodDays });
const mean = z.strictObject({
  ...base,
  kind: z.literal('mean'),
  property: property.optional(),
  windowHours,
  prePeriodDays,
  winsorize,
});
const revenue = z.strictObject({
  ...base,
  kind: z.literal('revenue'),
  property: property.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'expected a currency like EUR' })
    .optional(),
  windowHours,
  prePeriodDays,
  winsorize,
});
const ratio = z.strictObject({
  ...base,
  kind: z.literal('ratio'),
  property: property.optional(),
  denominator: z.strictObject({ event: eventFilter, property: property.optional() }),
  windowHours,
});
const retention = z.strictObject({
  ...base,
  kind: z.literal('retention'),
  retention: z
    .strictObject({ fromDay: days(0, 365), toDay: days(0, 365) })
    .refine(({ fromDay, toDay }) => fromDay <= toDay, {
      path: ['toDay'],
      error: 'expected not less than fromDay',
    }),
});
const quantile = z.strictObject({
  ...base,
  kind: z.literal('quantile'),
  property: property.optional(),
  quantile: between(0, 1),
  windowHours,
});

/**
 * What an experiment is judged by, made from the events of its units after their first exposure.
 *
 * - proportion: units with such an event; mean: such events of a unit, or the sum of a number in their props;
 * - revenue: the sum of `value` (or of a property) in one currency, the site's unless it says another;
 * - ratio: such events, or the sum of a property, over the same of `denominator`, both summed over units;
 * - retention: units with such an event fromDay to toDay days after the day of the first exposure, by the site's calendar;
 * - quantile: of `value` (or of a property) over all such events.
 */
export const metricSchema = z.discriminatedUnion('kind', [
  proportion,
  mean,
  revenue,
  ratio,
  retention,
  quantile,
]);
export type Metric = z.infer<typeof metricSchema>;

/** The metrics of an experiment, each with a key of its own. */
export const metricsSchema = z
  .array(metricSchema)
  .max(50)
  .superRefine((metrics, context) => {
    const keys = metrics.map(({ key }) => key);
    const twice = keys.findIndex((key, at) => keys.indexOf(key) < at);
    if (twice >= 0)
      context.addIssue({ code: 'custom', path: [twice, 'key'], message: 'expected a key of its own' });
  });
