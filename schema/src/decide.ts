import { bucketOf, findRange, type Range, rangesOf } from './bucket.js';
import { type Attributes, type Condition, meetsCondition } from './condition.js';
import { isTargeted, type UrlTargets } from './url-target.js';

/** A variation of a phase. Of several the first is the control. */
export type Variation = { readonly key: string; readonly weight: number; readonly value?: unknown };

/** A part of a layer: only units whose bucket by its seed is in the range take part. */
export type LayerPart = { readonly seed: string; readonly unitType: string; readonly range: Range };

export type Prerequisite = { readonly experiment: string; readonly variations: readonly string[] };

/** An experiment as browsers and servers need it to assign. */
export type ExperimentConfig = {
  readonly key: string;
  readonly phase: number;
  readonly seed: string;
  readonly hashVersion?: 1 | 2 | undefined;
  readonly unitType: string;
  readonly fallbackUnitType?: string | undefined;
  readonly coverage: number;
  readonly variations: readonly Variation[];
  readonly isRunning: boolean;
  /** What all get once the experiment is stopped, in place of the control. */
  readonly winner?: string | undefined;
  readonly blocksEarlier?: boolean | undefined;
  readonly urls?: UrlTargets | undefined;
  readonly layers?: readonly LayerPart[] | undefined;
  readonly condition?: Condition | undefined;
  readonly prerequisites?: readonly Prerequisite[] | undefined;
};

/** What was assigned before, by this phase or an earlier one. */
export type Remembered = { readonly phase: number; readonly variation: string };

/** Who asks. */
export type Subject = {
  readonly attributes: Attributes;
  readonly url?: string | undefined;
  readonly isBot?: boolean | undefined;
  /** Variations to show for a look at them, by experiment. */
  readonly overrides?: Readonly<Record<string, string>> | undefined;
  /** The latest assignment of a unit, where one is stored. */
  readonly remember?:
    | ((experiment: string, unitType: string, unitId: string) => Remembered | undefined)
    | undefined;
};

export type Unit = { readonly unitType: string; readonly unitId: string };

/** Why a unit got its variation: the first two enrol it. */
export type Reason =
  | 'ASSIGNED'
  | 'STICKY'
  | 'URL'
  | 'OVERRIDE'
  | 'NOT_RUNNING'
  | 'BOT'
  | 'NO_UNIT'
  | 'LAYER'
  | 'CONDITION'
  | 'PREREQUISITE'
  | 'COVERAGE'
  | 'BLOCKED';

/** A variation and why. Only an enrolled unit is assigned, stored and, once it sees the variation, exposed. */
export type Decision = {
  readonly experiment: string;
  readonly phase: number;
  readonly variation: string;
  readonly reason: Reason;
  readonly isEnrolled: boolean;
  readonly unit?: Unit | undefined;
  readonly bucket?: number | undefined;
  /** The unit of the fallback type whose assignment the unit takes over. */
  readonly mergedFrom?: Unit | undefined;
};

const maxPrerequisiteDepth = 10;

/** All experiments that one may be a condition of another. */
export type Experiments = ReadonlyMap<string, ExperimentConfig>;

/**
 * Decides which variation a subject gets: the same function in browser, server and over HTTP. In this order: URL, override,
 * state, bots, unit, what was assigned before, layers, condition, prerequisites, hash, coverage, blocked phases.
 */
export function decide(
  experiment: ExperimentConfig,
  subject: Subject,
  all: Experiments,
  depth = 0,
): Decision {
  const { urls, isRunning, winner } = experiment;
  const out = (reason: Reason, known: Partial<Decision> = {}) => notEnrolled(experiment, reason, known);
  if (urls && !isTargeted(subject.url ?? '', urls)) return out('URL');
  const forced = overrideOf(experiment, subject);
  if (forced !== undefined) return out('OVERRIDE', { variation: forced });
  if (!isRunning) return out('NOT_RUNNING', winner === undefined ? {} : { variation: winner });
  if (subject.isBot) return out('BOT');
  const unit = unitOf(experiment, subject);
  if (!unit) return out('NO_UNIT');
  const sticky = stickyOf(experiment, subject, unit);
  if (sticky) return sticky;
  if (!isInLayers(experiment, subject)) return out('LAYER', { unit });
  if (experiment.condition && !meetsCondition(subject.attributes, experiment.condition))
    return out('CONDITION', { unit });
  if (!meetsPrerequisites(experiment, subject, all, depth)) return out('PREREQUISITE', { unit });
  return drawVariation(experiment, subject, unit);
}

function notEnrolled(
  { key, phase, variations }: ExperimentConfig,
  reason: Reason,
  known: Partial<Decision>,
): Decision {
  const variation = variations[0]?.key ?? '';
  return { experiment: key, phase, variation, reason, isEnrolled: false, ...known };
}

function overrideOf({ key, variations }: ExperimentConfig, { overrides }: Subject): string | undefined {
  const forced = overrides && Object.hasOwn(overrides, key) ? overrides[key] : undefined;
  return variations.find((variation) => variation.key === forced)?.key;
}

/** The unit that is hashed: of the experiment's type, or of the one that stands in for it. */
function unitOf({ unitType, fallbackUnitType }: ExperimentConfig, { attributes }: Subject): Unit | undefined {
  for (const type of [unitType, fallbackUnitType]) {
    const unitId = type === undefined ? undefined : readUnit(attributes, type);
    if (type !== undefined && unitId !== undefined) return { unitType: type, unitId };
  }
  return undefined;
}

function readUnit(attributes: Attributes, type: string): string | undefined {
  const value = Object.hasOwn(attributes, type) ? attributes[type] : undefined;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What the unit has already, or what it takes over from the one that it was known as before. */
function stickyOf(experiment: ExperimentConfig, subject: Subject, unit: Unit): Decision | undefined {
  const { key, phase, variations, fallbackUnitType, seed, hashVersion } = experiment;
  const bucket = bucketOf(seed, unit.unitId, hashVersion);
  const known = (variation: string, more: Partial<Decision>): Decision | undefined =>
    variations.some((one) => one.key === variation)
      ? { experiment: key, phase, variation, reason: 'STICKY', isEnrolled: true, unit, bucket, ...more }
      : undefined;
  const own = subject.remember?.(key, unit.unitType, unit.unitId);
  if (own?.phase === phase) return known(own.variation, {});
  const fallbackId = fallbackUnitType && readUnit(subject.attributes, fallbackUnitType);
  if (!fallbackUnitType || !fallbackId || unit.unitType === fallbackUnitType) return undefined;
  const other = subject.remember?.(key, fallbackUnitType, fallbackId);
  return other?.phase === phase
    ? known(other.variation, { mergedFrom: { unitType: fallbackUnitType, unitId: fallbackId } })
    : undefined;
}

function isInLayers({ layers = [] }: ExperimentConfig, { attributes }: Subject): boolean {
  return layers.every(({ seed, unitType, range }) => {
    const unitId = readUnit(attributes, unitType);
    return unitId !== undefined && findRange(bucketOf(seed, unitId), [range]) === 0;
  });
}

function meetsPrerequisites(
  { prerequisites = [] }: ExperimentConfig,
  subject: Subject,
  all: Experiments,
  depth: number,
): boolean {
  return prerequisites.every(({ experiment, variations }) => {
    const needed = all.get(experiment);
    if (!needed || depth >= maxPrerequisiteDepth) return false;
    const { isEnrolled, variation } = decide(needed, subject, all, depth + 1);
    return isEnrolled && variations.includes(variation);
  });
}

function drawVariation(experiment: ExperimentConfig, { remember }: Subject, unit: Unit): Decision {
  const { key, phase, seed, hashVersion, coverage, variations, blocksEarlier } = experiment;
  const bucket = bucketOf(seed, unit.unitId, hashVersion);
  const weights = variations.map(({ weight }) => weight);
  const drawn = variations[findRange(bucket, rangesOf(weights, coverage))];
  if (!drawn) return notEnrolled(experiment, 'COVERAGE', { unit, bucket });
  const before = blocksEarlier ? remember?.(key, unit.unitType, unit.unitId) : undefined;
  if (before && before.phase < phase) return notEnrolled(experiment, 'BLOCKED', { unit, bucket });
  return { experiment: key, phase, variation: drawn.key, reason: 'ASSIGNED', isEnrolled: true, unit, bucket };
}
