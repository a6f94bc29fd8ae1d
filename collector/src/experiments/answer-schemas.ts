import { z } from 'zod';

const moment = z.iso.datetime({ offset: true });
const momentOrNull = moment.nullable();
const text = z.string();
const textOrNull = text.nullable();
const targets = z.object({ include: z.array(text).optional(), exclude: z.array(text).optional() });
const prerequisites = z.array(z.object({ experiment: text, variations: z.array(text) }));
const condition = z.looseObject({}).describe('A condition on attributes');
const weighted = { key: text, weight: z.number(), value: z.unknown().optional() };

const phase = z.object({
  phase: z.int(),
  startedAt: momentOrNull,
  endedAt: momentOrNull,
  coverage: z.number(),
  blocksEarlier: z.boolean(),
  variations: z.array(z.object({ ...weighted, name: text.optional() })),
  ramps: z.array(z.object({ at: moment, coverage: z.number() })),
});

/** An experiment as the management API shows it. */
export const storedExperimentSchema = z
  .object({
    site: text,
    key: text,
    experimentId: z.uuid(),
    name: text,
    description: textOrNull,
    hypothesis: textOrNull,
    status: z.enum(['draft', 'running', 'stopped', 'archived']),
    unitType: text,
    fallbackUnitType: textOrNull,
    seed: text,
    hashVersion: z.union([z.literal(1), z.literal(2)]),
    layer: z.object({ layer: text, start: z.number(), end: z.number() }).nullable(),
    urls: targets.nullable(),
    condition: condition.nullable(),
    prerequisites,
    metrics: z.array(z.looseObject({ key: text, kind: text })),
    plannedUnits: z.int().nullable(),
    confidenceLevel: z.number(),
    winner: textOrNull,
    startsAt: momentOrNull,
    endsAt: momentOrNull,
    startedAt: momentOrNull,
    stoppedAt: momentOrNull,
    createdAt: moment,
    updatedAt: moment,
    phase: z.int(),
    phases: z.array(phase),
  })
  .meta({ id: 'Experiment' });

/** What browsers assign by. */
export const configSchema = z
  .object({
    experiments: z.array(
      z.object({
        key: text,
        phase: z.int(),
        seed: text,
        hashVersion: z.literal(1).optional(),
        unitType: text,
        fallbackUnitType: text.optional(),
        coverage: z.number(),
        variations: z.array(z.object(weighted)),
        isRunning: z.boolean(),
        winner: text.optional(),
        blocksEarlier: z.boolean().optional(),
        urls: targets.optional(),
        layers: z
          .array(z.object({ seed: text, unitType: text, range: z.tuple([z.number(), z.number()]) }))
          .optional(),
        condition: condition.optional(),
        prerequisites: prerequisites.optional(),
      }),
    ),
    overrides: z.record(z.string(), text).optional().describe('Of a preview link: variations by experiment'),
  })
  .meta({ id: 'ExperimentConfigs' });

export const layerAnswerSchema = z
  .object({ site: text, layer: text, unitType: text, share: z.number().nullable() })
  .meta({ id: 'ExperimentLayer' });

const reasons = [
  'ASSIGNED',
  'STICKY',
  'URL',
  'OVERRIDE',
  'NOT_RUNNING',
  'BOT',
  'NO_UNIT',
  'LAYER',
  'CONDITION',
  'PREREQUISITE',
  'COVERAGE',
  'BLOCKED',
] as const;

const assigned = { experiment: text, phase: z.int(), variation: text };

/** The answer of `POST /v1/assign`. Times are milliseconds since 1970. */
export const assignAnswerSchema = z.object({
  assignments: z.array(
    z.object({
      ...assigned,
      value: z.unknown().optional(),
      reason: z.enum(reasons),
      isEnrolled: z.boolean(),
      unitType: text.optional(),
      unitId: text.optional(),
      bucket: z.number().optional(),
      assignedAt: z.number().optional(),
    }),
  ),
});

/** The answer of `GET /v1/assignments`. */
export const assignmentsSchema = z.object({
  assignments: z.array(z.object({ ...assigned, assignedAt: z.number(), mergedFrom: text.optional() })),
});

/** The answer of `POST /v1/exposures`. */
export const exposureAnswerSchema = z.object({
  accepted: z.int(),
  duplicate: z.int(),
  rejected: z.array(z.object({ index: z.int(), code: text, message: text })),
  serverTime: z.number(),
});

/** A flag as OFREP answers it. */
export const flagSchema = z
  .object({
    key: text,
    value: z.unknown(),
    variant: text,
    reason: z.enum(['SPLIT', 'TARGETING_MATCH', 'DISABLED', 'STATIC']),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .meta({ id: 'Flag' });
