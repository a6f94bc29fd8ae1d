import { randomBytes } from 'node:crypto';
import type { DraftChange, NewExperiment } from '@footfall/schema';
import type { Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import type { StoredExperiment } from './stored-experiment.js';

/** Who changes something, and when (milliseconds since 1970). */
export type Author = { actor: string; now: number };

export type Target = { site: string; key: string };

const seedBytes = 9;

/** Inserts the row of a draft, with a seed of its own unless one is given. */
export async function insertExperiment(
  tx: Transaction,
  { site, key, name, unitType, seed, hashVersion }: NewExperiment,
  { now }: Author,
): Promise<void> {
  const rows = await tx.query(
    `/* change-experiment.insertExperiment */
     insert into footfall.experiments (site, experiment, name, unit_type, seed, hash_version, created_at, updated_at)
     values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::smallint, $7::timestamptz, $7::timestamptz)
     on conflict do nothing returning experiment`,
    [
      site,
      key,
      name ?? key,
      unitType,
      seed ?? randomBytes(seedBytes).toString('base64url'),
      hashVersion,
      timeOf(now),
    ],
  );
  if (rows.length > 0) return;
  throw new Refusal(409, 'experiment_exists', `key: the site "${site}" has an experiment "${key}" already`, {
    path: 'key',
  });
}

type NewPhaseRow = Target &
  Pick<StoredExperiment['phases'][number], 'phase' | 'coverage' | 'blocksEarlier' | 'variations'>;

/** Inserts a phase that has not begun. */
export async function insertPhase(
  tx: Transaction,
  { site, key, phase, coverage, blocksEarlier, variations }: NewPhaseRow,
): Promise<void> {
  await tx.query(
    `/* change-experiment.insertPhase */
     insert into footfall.experiment_phases (site, experiment, phase, coverage, blocks_earlier, variations)
     values ($1::text, $2::text, $3::integer, $4::numeric, $5::boolean, $6::jsonb)`,
    [site, key, phase, coverage, blocksEarlier, JSON.stringify(variations)],
  );
}

type Columns = Record<string, { type: string; value: unknown }>;

/** The columns of what a change names; null empties one. */
export function toColumns(change: DraftChange): Columns {
  const { layer } = change;
  const columns: Columns = {
    name: { type: 'text', value: change.name },
    description: { type: 'text', value: change.description },
    hypothesis: { type: 'text', value: change.hypothesis },
    unit_type: { type: 'text', value: change.unitType },
    fallback_unit_type: { type: 'text', value: change.fallbackUnitType },
    starts_at: { type: 'timestamptz', value: change.startsAt },
    ends_at: { type: 'timestamptz', value: change.endsAt },
    planned_units: { type: 'integer', value: change.plannedUnits },
    confidence_level: { type: 'numeric', value: change.confidenceLevel },
    urls: json(change.urls),
    condition: json(change.condition),
    prerequisites: json(change.prerequisites),
    metrics: json(change.metrics),
    layer: { type: 'text', value: layer === null ? null : layer?.layer },
    layer_start: { type: 'numeric', value: layer === null ? null : layer?.start },
    layer_end: { type: 'numeric', value: layer === null ? null : layer?.end },
  };
  return Object.fromEntries(Object.entries(columns).filter(([, { value }]) => value !== undefined));
}

function json(value: unknown): { type: string; value: unknown } {
  return { type: 'jsonb', value: value === null || value === undefined ? value : JSON.stringify(value) };
}

/** Writes the columns that are named. */
export async function writeFields(tx: Transaction, { site, key }: Target, columns: Columns): Promise<void> {
  const entries = Object.entries(columns);
  if (entries.length === 0) return;
  const assignments = entries.map(([name, { type }], at) => `${name} = $${at + 3}::${type}`);
  await tx.query(
    `/* change-experiment.writeFields */
     update footfall.experiments set ${assignments.join(', ')} where site = $1::text and experiment = $2::text`,
    [site, key, ...entries.map(([, { value }]) => value)],
  );
}

/** Changes the phase of a draft. */
export async function writePhase(
  tx: Transaction,
  { site, key }: Target,
  { variations, coverage }: Pick<DraftChange, 'variations' | 'coverage'>,
): Promise<void> {
  await tx.query(
    `/* change-experiment.writePhase */
     update footfall.experiment_phases
     set variations = coalesce($3::jsonb, variations), coverage = coalesce($4::numeric, coverage)
     where site = $1::text and experiment = $2::text and started_at is null`,
    [site, key, variations ? JSON.stringify(variations) : null, coverage ?? null],
  );
}

/** Begins a phase, with its coverage as the first ramp. */
export async function beginPhase(
  tx: Transaction,
  { site, key }: Target,
  { phase, now }: { phase: number; now: number },
): Promise<void> {
  await tx.query(
    `/* change-experiment.beginPhase */
     update footfall.experiment_phases set started_at = $4::timestamptz,
       ramps = jsonb_build_array(jsonb_build_object('at', $4::timestamptz, 'coverage', coverage))
     where site = $1::text and experiment = $2::text and phase = $3::integer`,
    [site, key, phase, timeOf(now)],
  );
}

/** Ends the phase that is open. */
export async function endPhase(tx: Transaction, { site, key }: Target, { now }: Author): Promise<void> {
  await tx.query(
    `/* change-experiment.endPhase */
     update footfall.experiment_phases set ended_at = $3::timestamptz
     where site = $1::text and experiment = $2::text and started_at is not null and ended_at is null`,
    [site, key, timeOf(now)],
  );
}

/** A time as PostgreSQL reads it. */
export function timeOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
