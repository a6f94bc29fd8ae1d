import { z } from 'zod';

const interval = z.object({ low: z.number(), high: z.number() });
const day = z.iso.date();
const fixed = z.object({
  /** Treatment - control, in the unit of the metric. */
  difference: z.number(),
  standardError: z.number(),
  degreesOfFreedom: z.number(),
  interval,
  p: z.number(),
  isSignificant: z.boolean(),
});
const liftSet = z.union([
  z.object({ shape: z.literal('inside'), low: z.number(), high: z.number() }),
  z.object({ shape: z.literal('outside'), low: z.number().nullable(), high: z.number().nullable() }),
  z.object({ shape: z.literal('all') }),
]);
const lift = z.object({
  /** (treatment - control) / |control| */
  lift: z.number().nullable(),
  /** By Fieller: lifts inside two ends; outside of them, or all, where the control is not clearly different from zero. */
  set: liftSet,
  isSignificant: z.boolean(),
  /** By the delta method: a description, no decision. */
  deltaStandardError: z.number().nullable(),
});
const sequential = z.object({
  /** Smallest of all looks; valid however often one looks. */
  p: z.number(),
  /** What the intervals of all looks have in common; null: nothing, the effect has changed over time. */
  interval: interval.nullable(),
  latest: interval,
  looks: z.number().int(),
  isSignificant: z.boolean(),
});
const bayesian = z.object({
  note: z.literal('not protected against peeking'),
  prior: z.object({ mean: z.number(), standardDeviation: z.number() }),
  /** Of the relative lift. */
  mean: z.number(),
  credibleInterval: interval,
  /** That the variation is better in the direction of the goal. */
  chanceToWin: z.number(),
  /** Expected relative loss of choosing the variation, and of staying with the control. */
  risk: z.object({ treatment: z.number(), control: z.number() }),
});
const cuped = z.object({
  theta: z.number(),
  /** The share of the variance that the pre-period explains. */
  varianceReduction: z.number(),
  control: z.number(),
  treatment: z.number(),
  fixed,
  lift,
  sequential: sequential.nullable(),
});
const plan = z.object({
  power: z.number(),
  /** Relative; null where the control is zero. */
  minimumDetectableEffect: z.number().nullable(),
  /** Units of both arms for a power of 80 % at the minimum effect. */
  unitsNeeded: z.number().nullable(),
  /** At the pace of the last seven days; null where no units come, or the control is zero. */
  daysToGo: z.number().nullable(),
});
const guardrail = z.object({
  /** Relative harm that is tolerated. */
  margin: z.number(),
  verdict: z.enum(['harmed', 'safe', 'unclear']),
});

const variationResult = z.object({
  variation: z.string(),
  units: z.number().int(),
  /** Sum over units; of a ratio its numerator, of a quantile the number of values. */
  total: z.number(),
  /** The rate, mean, ratio or quantile; null without data. */
  mean: z.number().nullable(),
  standardError: z.number().nullable(),
});
const notEnough = z.object({
  variation: z.string(),
  status: z.literal('not enough data'),
  reason: z.string(),
});
const look = z.object({
  /** The local day at whose end this was known. */
  day,
  /** Of both arms. */
  units: z.number().int(),
  control: z.number(),
  treatment: z.number(),
  difference: z.number(),
  /** difference / |control|; null where the control is zero. */
  lift: z.number().nullable(),
  /** Of the difference, by the confidence sequence: valid at this look and at every other. */
  interval,
  p: z.number(),
});
const comparison = z.object({
  variation: z.string(),
  status: z.literal('ok'),
  fixed,
  /** Holm over the comparisons of the same role; Benjamini-Hochberg for secondary metrics. */
  correctedP: z.number(),
  lift,
  sequential: sequential.nullable(),
  /** All looks, the earliest first, where the question asks for them; a quantile has none. */
  series: z.array(look).optional(),
  bayesian: bayesian.nullable(),
  cuped: cuped.nullable(),
  power: z.object({ minimumEffect: z.number(), fixed: plan, sequential: plan.nullable() }).nullable(),
  guardrail: guardrail.nullable(),
});
const segmentComparison = z.object({
  variation: z.string(),
  status: z.literal('ok'),
  fixed,
  /** Holm over all segments and variations of the metric. */
  correctedP: z.number(),
  lift,
});
const segment = z.object({
  value: z.string().nullable(),
  /** How many values were put together, for the row that holds the rest. */
  merged: z.number().int().optional(),
  variations: z.array(variationResult),
  comparisons: z.array(z.union([segmentComparison, notEnough])),
});
const breakdown = z.object({
  dimension: z.string(),
  correction: z.literal('holm'),
  segments: z.array(segment),
  /** The difference with every segment at its share of all units. */
  postStratified: z.array(z.object({ variation: z.string(), fixed, lift })),
});
const metricResult = z.object({
  key: z.string(),
  name: z.string(),
  kind: z.string(),
  role: z.string(),
  goal: z.string(),
  variations: z.array(variationResult),
  comparisons: z.array(z.union([comparison, notEnough])),
  /** Why there is no sequential answer, no adjustment, or another limit of this metric. */
  notes: z.array(z.string()),
  breakdown: breakdown.nullable(),
});

/** The answer of `GET /api/v1/experiments/{key}/results`. Effects are treatment - control; the control is the first variation. */
export const experimentResultsSchema = z.object({
  site: z.string(),
  experiment: z.string(),
  phase: z.number().int(),
  status: z.string(),
  unitType: z.string(),
  timezone: z.string(),
  startedAt: z.iso.datetime(),
  /** Events before this time count, and of units with a window those inside it. */
  until: z.iso.datetime(),
  computedAt: z.iso.datetime(),
  confidenceLevel: z.number(),
  plannedUnits: z.number().int(),
  completeWindows: z.boolean(),
  units: z.object({
    analysed: z.number().int(),
    /** Saw more than one variation: counted here and left out of everything else. */
    multipleExposures: z.number().int(),
    /** Saw a variation that the phase does not have. */
    unknownVariations: z.number().int(),
    variations: z.array(z.object({ variation: z.string(), weight: z.number(), units: z.number().int() })),
    daily: z.array(z.object({ day, units: z.array(z.number().int()) })),
  }),
  sampleRatio: z.object({
    /** Pearson's chi-square, for one look; null without units. */
    fixed: z.object({ statistic: z.number(), degreesOfFreedom: z.number(), p: z.number() }).nullable(),
    /** Valid at every look. */
    sequentialP: z.number(),
    /** Below 0.01 by the sequential test: do not trust the results. */
    isMismatch: z.boolean(),
  }),
  metrics: z.array(metricResult),
});
export type ExperimentResults = z.infer<typeof experimentResultsSchema>;
export type MetricResult = z.infer<typeof metricResult>;
export type Comparison = z.infer<typeof comparison>;
export type NotEnoughData = z.infer<typeof notEnough>;
export type Breakdown = z.infer<typeof breakdown>;
export type VariationResult = z.infer<typeof variationResult>;
