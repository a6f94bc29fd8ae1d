import { experimentKey } from '@footfall/schema';
import { z } from 'zod';

const windowMinutes = z.int().min(15).max(1_440).multipleOf(15).default(60);
const minimum = z.int().min(1).max(1_000_000_000);
const deviations = z.number().min(0).max(100).default(3);
const factor = z.number().gt(1).max(1_000);

const traffic = {
  metric: z.enum(['pageviews', 'sessions', 'events']).default('pageviews'),
  windowMinutes,
  /** How many weeks before are compared. */
  weeks: z.int().min(2).max(8).default(4),
  /** As many times as much as expected, or as little. */
  factor: factor.default(2),
  deviations,
};

/** What an alert watches, with its thresholds. docs/alerts.md has the formulas. */
export const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('traffic_spike'), ...traffic, minimum: minimum.default(100) }),
  z.strictObject({ kind: z.literal('traffic_drop'), ...traffic, minimum: minimum.default(50) }),
  z.strictObject({
    kind: z.literal('error_surge'),
    windowMinutes,
    minimum: minimum.default(20),
    factor: factor.default(3),
    deviations,
  }),
  z.strictObject({ kind: z.literal('ingest_silence'), minutes: z.int().min(5).max(10_080).default(60) }),
  z.strictObject({
    kind: z.literal('sample_ratio'),
    /** One experiment; absent: all that run. */
    experiment: experimentKey.optional(),
    /** Units from which on the split is judged. */
    minimum: minimum.default(100),
    /** The p-value, valid at every look, from which on downwards it fires. */
    level: z.number().gt(0).max(0.1).default(0.01),
  }),
]);

export type Rule = z.infer<typeof ruleSchema>;
export type RuleOf<Kind extends Rule['kind']> = Extract<Rule, { kind: Kind }>;

/** What looking at a rule found about one subject. */
export type Verdict = {
  /** Unique within the rule: the site, or the key of an experiment. */
  subject: string;
  isFiring: boolean;
  finding: Finding;
};

export type Finding = {
  /** Counted; of a silence: minutes since the last event, null where there was none for days; of a sample ratio: p. */
  observed: number | null;
  expected: number | null;
  /** How many standard deviations lie between them. */
  deviations?: number;
  /** In words, for people. */
  summary: string;
};
