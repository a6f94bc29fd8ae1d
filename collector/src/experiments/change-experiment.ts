import { randomBytes } from 'node:crypto';
import { type DraftChange, descriptiveFields, type NewExperiment, type NewPhase } from '@footfall/schema';
import { writeAudit } from '../access/audit.js';
import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { checkReferences, requireFreeLayer } from './checks.js';
import { currentPhase, findExperiment, type StoredExperiment } from './stored-experiment.js';

/** Who changes something, and when (milliseconds since 1970). */
export type Author = { actor: string; now: number };

type Target = { site: string; key: string };
type Work = (tx: Transaction, experiment: StoredExperiment) => Promise<unknown>;
type Change = { action: string; detail?: unknown; states: readonly StoredExperiment['status'][] };

const seedBytes = 9;

/**
 * Stores a draft with its first phase.
 *
 * @throws Refusal 404 unknown site, 409 key in use, 422 for what does not fit other rows
 */
export async function createExperiment(
  database: Database,
  input: NewExperiment,
  author: Author,
): Promise<StoredExperiment> {
  const { site, key } = input;
  return database.asOwner(async (tx) => {
    await requireSite(tx, site);
    await checkReferences(tx, {
      ...input,
      layer: input.layer ?? null,
      fallbackUnitType: input.fallbackUnitType ?? null,
      prerequisites: input.prerequisites ?? [],
    });
    await insertExperiment(tx, input, author);
    await writeFields(tx, input, toColumns(input));
    await insertPhase(tx, { ...input, phase: 1, coverage: input.coverage ?? 1, blocksEarlier: false });
    await writeAudit(tx, {
      at: author.now,
      ...author,
      site,
      action: 'experiment.create',
      target: key,
      detail: input,
    });
    return findExperiment(tx, { site, key });
  });
}

async function requireSite(tx: Transaction, site: string): Promise<void> {
  const rows = await tx.query('select from footfall.sites where site = $1::text', [site]);
  if (rows.length > 0) return;
  throw new Refusal(404, 'unknown_site', `site: there is no site "${site}"`, {
    path: 'site',
    hint: 'footfall site list',
  });
}

async function insertExperiment(
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

async function insertPhase(
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
function toColumns(change: DraftChange): Columns {
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

async function writeFields(tx: Transaction, { site, key }: Target, columns: Columns): Promise<void> {
  const entries = Object.entries(columns);
  if (entries.length === 0) return;
  const assignments = entries.map(([name, { type }], at) => `${name} = $${at + 3}::${type}`);
  await tx.query(
    `/* change-experiment.writeFields */
     update footfall.experiments set ${assignments.join(', ')} where site = $1::text and experiment = $2::text`,
    [site, key, ...entries.map(([, { value }]) => value)],
  );
}

/** Changes an experiment in one of the given states, and writes down who did. */
async function change(
  database: Database,
  target: Target,
  { action, detail, states, now, actor, work }: Change & Author & { work: Work },
): Promise<StoredExperiment> {
  const { site, key } = target;
  return database.asOwner(async (tx) => {
    const experiment = await findExperiment(tx, { site, key, lock: true });
    if (!states.includes(experiment.status)) refuseState(experiment, { action, states });
    await work(tx, experiment);
    await tx.query(
      'update footfall.experiments set updated_at = $3::timestamptz where site = $1::text and experiment = $2::text',
      [site, key, timeOf(now)],
    );
    await writeAudit(tx, { at: now, site, actor, action: `experiment.${action}`, target: key, detail });
    return findExperiment(tx, { site, key });
  });
}

function refuseState({ key, status }: StoredExperiment, { action, states }: Change): never {
  const message = `status: ${action} expects an experiment that is ${states.join(' or ')}, "${key}" is ${status}`;
  throw new Refusal(409, 'wrong_state', message, { path: 'status', expected: states.join(' or ') });
}

/** Changes fields: all of a draft, the describing ones of an experiment whose units are assigned. */
export async function updateExperiment(
  database: Database,
  target: Target,
  { change: fields, ...author }: Author & { change: DraftChange },
): Promise<StoredExperiment> {
  const states = ['draft', 'running', 'stopped'] as const;
  return change(database, target, { action: 'update', detail: fields, states, ...author, work });

  async function work(tx: Transaction, experiment: StoredExperiment): Promise<void> {
    if (experiment.status !== 'draft') requireDescriptive(fields);
    await checkReferences(tx, {
      ...experiment,
      unitType: fields.unitType ?? experiment.unitType,
      fallbackUnitType:
        fields.fallbackUnitType === undefined ? experiment.fallbackUnitType : fields.fallbackUnitType,
      layer: fields.layer === undefined ? experiment.layer : fields.layer,
      prerequisites: fields.prerequisites ?? experiment.prerequisites,
    });
    await writeFields(tx, target, toColumns(fields));
    await writePhase(tx, target, fields);
  }
}

function requireDescriptive(fields: DraftChange): void {
  const fixed = Object.keys(fields).find((field) => !descriptiveFields.includes(field));
  if (fixed === undefined) return;
  throw new Refusal(409, 'fixed', `${fixed}: fixed since units are assigned`, {
    path: fixed,
    expected: `one of ${descriptiveFields.join(', ')}`,
    hint: 'open a new phase, or raise the coverage with a ramp',
  });
}

async function writePhase(
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

/** Begins the first phase of a draft. */
export function startExperiment(
  database: Database,
  target: Target,
  author: Author,
): Promise<StoredExperiment> {
  return change(database, target, { action: 'start', states: ['draft'], ...author, work });

  async function work(tx: Transaction, experiment: StoredExperiment): Promise<void> {
    await requireFreeLayer(tx, experiment);
    await tx.query(
      `/* change-experiment.startExperiment */
       update footfall.experiments set status = 'running', started_at = $3::timestamptz
       where site = $1::text and experiment = $2::text`,
      [target.site, target.key, timeOf(author.now)],
    );
    await beginPhase(tx, target, { phase: experiment.phase, ...author });
  }
}

async function beginPhase(
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

/** Raises the coverage of the phase: units are added, none is moved. */
export function rampExperiment(
  database: Database,
  target: Target,
  { coverage, ...author }: Author & { coverage: number },
): Promise<StoredExperiment> {
  return change(database, target, {
    action: 'ramp',
    detail: { coverage },
    states: ['running'],
    ...author,
    work,
  });

  async function work(tx: Transaction, experiment: StoredExperiment): Promise<void> {
    const phase = currentPhase(experiment);
    if (coverage < phase.coverage) {
      throw new Refusal(
        422,
        'bad_experiment',
        `coverage: expected at least ${phase.coverage}, got ${coverage}`,
        {
          path: 'coverage',
          hint: 'less would move units out again: open a new phase',
        },
      );
    }
    await tx.query(
      `/* change-experiment.rampExperiment */
       update footfall.experiment_phases set coverage = $4::numeric,
         ramps = ramps || jsonb_build_array(jsonb_build_object('at', $5::timestamptz, 'coverage', $4::numeric))
       where site = $1::text and experiment = $2::text and phase = $3::integer`,
      [target.site, target.key, phase.phase, coverage, timeOf(author.now)],
    );
  }
}

/** Ends the phase and begins another, in which weights, arms and targeting may differ. Units are assigned anew. */
export function beginNewPhase(
  database: Database,
  target: Target,
  { phase: next, ...author }: Author & { phase: NewPhase },
): Promise<StoredExperiment> {
  return change(database, target, {
    action: 'new-phase',
    detail: next,
    states: ['running'],
    ...author,
    work,
  });

  async function work(tx: Transaction, experiment: StoredExperiment): Promise<void> {
    const { variations, coverage } = currentPhase(experiment);
    const phase = experiment.phase + 1;
    await checkReferences(tx, {
      ...experiment,
      prerequisites: next.prerequisites ?? experiment.prerequisites,
    });
    await endPhase(tx, target, author);
    await insertPhase(tx, {
      ...target,
      phase,
      blocksEarlier: next.blocksEarlier,
      variations: next.variations ?? variations,
      coverage: next.coverage ?? coverage,
    });
    const { urls, condition, prerequisites } = next;
    const columns = toColumns({ urls, condition, prerequisites });
    await writeFields(tx, target, { ...columns, phase: { type: 'integer', value: phase } });
    await beginPhase(tx, target, { phase, ...author });
  }
}

async function endPhase(tx: Transaction, { site, key }: Target, { now }: Author): Promise<void> {
  await tx.query(
    `/* change-experiment.endPhase */
     update footfall.experiment_phases set ended_at = $3::timestamptz
     where site = $1::text and experiment = $2::text and started_at is not null and ended_at is null`,
    [site, key, timeOf(now)],
  );
}

/** Ends an experiment: nobody is assigned any more, and all get the winner, or else the control. */
export function stopExperiment(
  database: Database,
  target: Target,
  { winner, ...author }: Author & { winner?: string | undefined },
): Promise<StoredExperiment> {
  return change(database, target, {
    action: 'stop',
    detail: { winner },
    states: ['running'],
    ...author,
    work,
  });

  async function work(tx: Transaction, experiment: StoredExperiment): Promise<void> {
    const keys = currentPhase(experiment).variations.map(({ key }) => key);
    if (winner !== undefined && !keys.includes(winner)) {
      const message = `winner: expected one of ${keys.join(', ')}, got "${winner}"`;
      throw new Refusal(422, 'bad_experiment', message, { path: 'winner' });
    }
    await endPhase(tx, target, author);
    await tx.query(
      `/* change-experiment.stopExperiment */
       update footfall.experiments set status = 'stopped', stopped_at = $3::timestamptz, winning_variation = $4::text
       where site = $1::text and experiment = $2::text`,
      [target.site, target.key, timeOf(author.now), winner ?? null],
    );
  }
}

/** Puts an experiment away: its numbers stay, no client hears of it any more. */
export function archiveExperiment(
  database: Database,
  target: Target,
  author: Author,
): Promise<StoredExperiment> {
  return change(database, target, { action: 'archive', states: ['draft', 'stopped'], ...author, work });

  async function work(tx: Transaction): Promise<void> {
    await tx.query(
      `/* change-experiment.archiveExperiment */
       update footfall.experiments set status = 'archived' where site = $1::text and experiment = $2::text`,
      [target.site, target.key],
    );
  }
}

function timeOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
