import { z } from 'zod';
import { compilePattern } from './compile-pattern.js';
import { operatorNames } from './condition.js';
import { maxIdChars } from './limits.js';
import { metricsSchema } from './metric.js';
import { momentText } from './moment.js';
import { siteSlug } from './site.js';

export const experimentStatuses = ['draft', 'running', 'stopped', 'archived'] as const;
export type ExperimentStatus = (typeof experimentStatuses)[number];

const maxVariations = 20;
const maxConditionDepth = 8;
const maxConditionValues = 1_000;
const maxConditionChars = 65_536;
const maxPatternChars = 200;
const weightTolerance = 1e-6;

/** Keys stand in URLs and in the paths of feature flags. */
export const experimentKey = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, {
  error: 'expected 1 to 100 of A-Z, a-z, 0-9, _, . and -, of which the first is a letter or digit',
});
const share = z
  .number({ error: 'expected a number from 0 to 1' })
  .min(0, { error: 'expected a number from 0 to 1' })
  .max(1, { error: 'expected a number from 0 to 1' });
const moment = momentText('expected a time as 2026-11-20T12:00:00Z');
const unitType = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, {
  error: 'expected visitor, user, or the name of an attribute',
});
const longText = z.string().max(5_000);

/** The id of a unit: a visitor, a user, an account. */
export const unitId = z
  .string()
  .min(1, { error: 'expected 1 to 128 characters' })
  .max(maxIdChars, { error: `expected 1 to ${maxIdChars} characters` })
  .refine((text) => !/[\0\p{Surrogate}]/u.test(text), {
    error: 'expected text without NUL and half characters',
  });

const variation = z.strictObject({
  key: experimentKey,
  weight: share.optional(),
  name: z.string().max(200).optional(),
  value: z.unknown().optional(),
});

/** Without weights all are equal; with them they sum to 1. */
export const variationsSchema = z
  .array(variation)
  .min(2, { error: 'expected at least two variations, the first of them the control' })
  .max(maxVariations, { error: `expected at most ${maxVariations} variations` })
  .superRefine((variations, context) => {
    const keys = variations.map(({ key }) => key);
    const twice = keys.findIndex((key, at) => keys.indexOf(key) < at);
    if (twice >= 0)
      context.addIssue({ code: 'custom', path: [twice, 'key'], message: 'expected a key of its own' });
    const weights = variations.map(({ weight }) => weight);
    if (weights.every((weight) => weight === undefined)) return;
    const missing = weights.indexOf(undefined);
    if (missing >= 0)
      context.addIssue({
        code: 'custom',
        path: [missing, 'weight'],
        message: 'expected a weight, as the others have one',
      });
    const sum = weights.reduce((total: number, weight) => total + (weight ?? 0), 0);
    if (missing < 0 && Math.abs(sum - 1) > weightTolerance)
      context.addIssue({ code: 'custom', path: [], message: `expected weights that sum to 1, got ${sum}` });
  })
  .transform((variations) =>
    variations.map((one) => ({ ...one, weight: one.weight ?? 1 / variations.length })),
  );

/** Checks a condition before it is stored, so that every unit can be judged quickly: known operators, safe patterns, bounds. */
export const conditionSchema = z.record(z.string(), z.unknown()).superRefine((condition, context) => {
  if (JSON.stringify(condition).length > maxConditionChars) {
    context.addIssue({ code: 'custom', message: `expected at most ${maxConditionChars} characters` });
    return;
  }
  for (const { path, message } of findProblems(condition, [], 1))
    context.addIssue({ code: 'custom', path, message });
});

type Problem = { path: (string | number)[]; message: string };

const combining = new Set(['$and', '$or', '$nor']);

function findProblems(value: unknown, path: (string | number)[], depth: number): Problem[] {
  if (depth > maxConditionDepth) return [{ path, message: `expected at most ${maxConditionDepth} levels` }];
  if (Array.isArray(value)) {
    if (value.length > maxConditionValues)
      return [{ path, message: `expected at most ${maxConditionValues} values` }];
    return value.flatMap((item, at) => findProblems(item, [...path, at], depth + 1));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, operand]) => [
    ...judgeKey(key, operand, [...path, key]),
    ...findProblems(operand, [...path, key], depth + 1),
  ]);
}

function judgeKey(key: string, operand: unknown, path: (string | number)[]): Problem[] {
  if (!key.startsWith('$')) return [];
  if (combining.has(key))
    return Array.isArray(operand) ? [] : [{ path, message: 'expected a list of conditions' }];
  if (!operatorNames.includes(key))
    return [
      { path, message: `expected an operator like ${operatorNames.slice(0, 8).join(' ')}, got ${key}` },
    ];
  if (['$in', '$nin', '$all'].includes(key) && !Array.isArray(operand))
    return [{ path, message: 'expected a list of values' }];
  return key === '$regex' ? judgePattern(operand, path) : [];
}

function judgePattern(source: unknown, path: (string | number)[]): Problem[] {
  if (typeof source !== 'string' || source.length > maxPatternChars)
    return [{ path, message: `expected a regular expression of at most ${maxPatternChars} characters` }];
  try {
    compilePattern(source);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      { path, message: `expected a regular expression without back references and look-around: ${reason}` },
    ];
  }
}

const target = z
  .string()
  .max(2_048)
  .regex(/^(\/|\*|https?:\/\/)/, {
    error: 'expected a path like /checkout/* or an address like https://shop.example/*',
  });
const urlTargets = z.strictObject({
  include: z.array(target).min(1).max(100).optional(),
  exclude: z.array(target).max(100).optional(),
});

const layerPart = z
  .strictObject({ layer: experimentKey, start: share.default(0), end: share.default(1) })
  .refine(({ start, end }) => start < end, { path: ['end'], error: 'expected more than start' })
  .refine(({ layer }) => layer !== 'holdout', {
    path: ['layer'],
    error: 'expected another layer: the holdout holds for every experiment',
  });

const prerequisite = z.strictObject({
  experiment: experimentKey,
  variations: z.array(experimentKey).min(1).max(20),
});

/** What may change at any time. */
const description = {
  name: z.string().min(1).max(200).optional(),
  description: longText.nullable().optional(),
  hypothesis: longText.nullable().optional(),
  metrics: metricsSchema.optional(),
  plannedUnits: z.number().int().positive().max(2_147_483_647).nullable().optional(),
  confidenceLevel: z.number().min(0.5).max(0.9999).optional(),
  endsAt: moment.nullable().optional(),
};

/** What decides who gets which variation: fixed within a phase. */
const design = {
  variations: variationsSchema.optional(),
  coverage: share.optional(),
  condition: conditionSchema.nullable().optional(),
  urls: urlTargets.nullable().optional(),
  prerequisites: z.array(prerequisite).max(10).optional(),
};

/** A new experiment. */
export const newExperimentSchema = z.strictObject({
  ...description,
  ...design,
  site: siteSlug,
  key: experimentKey,
  variations: variationsSchema,
  unitType: unitType.default('visitor'),
  fallbackUnitType: unitType.optional(),
  layer: layerPart.optional(),
  startsAt: moment.nullable().optional(),
  seed: z.string().min(1).max(100).optional(),
  hashVersion: z.union([z.literal(1), z.literal(2)], { error: 'expected 1 or 2' }).default(2),
});
export type NewExperiment = z.infer<typeof newExperimentSchema>;

/** Changes of a draft: everything but the key, the site and the hash. */
export const draftChangeSchema = z.strictObject({
  ...description,
  ...design,
  unitType: unitType.optional(),
  fallbackUnitType: unitType.nullable().optional(),
  layer: layerPart.nullable().optional(),
  startsAt: moment.nullable().optional(),
});
export type DraftChange = z.infer<typeof draftChangeSchema>;

/** The fields that may still change once units are assigned. */
export const descriptiveFields: readonly string[] = Object.keys(description);

export const newPhaseSchema = z.strictObject({ ...design, blocksEarlier: z.boolean().default(false) });
export type NewPhase = z.infer<typeof newPhaseSchema>;

export const rampSchema = z.strictObject({ coverage: share });
export const stopSchema = z.strictObject({ winner: experimentKey.optional() });

/** A layer, or with the name `holdout` the share of units that no experiment takes. */
export const layerSchema = z.strictObject({
  site: siteSlug,
  layer: experimentKey,
  unitType: unitType.default('visitor'),
  share: share.optional(),
});
