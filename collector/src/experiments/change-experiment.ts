import { type DraftChange, descriptiveFields, type NewPhase } from '@footfall/schema';
import { writeAudit } from '../access/audit.js';
import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { checkReferences, checkSchedule, requireFreeLayer } from './checks.js';
import {
  type Author,
  beginPhase,
  endPhase,
  insertPhase,
  type Target,
  timeOf,
  toColumns,
  writeFields,
  writePhase,
} from './experiment-rows.js';
import { currentPhase, findExperiment, type StoredExperiment } from './stored-experiment.js';

type Work = (tx: Transaction, experiment: StoredExperiment) => Promise<unknown>;
type Change = { action: string; detail?: unknown; states: readonly StoredExperiment['status'][] };

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
    checkSchedule({ ...experiment, ...fields });
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
