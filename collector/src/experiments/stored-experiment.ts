import {
  type Condition,
  compileCondition,
  type ExperimentConfig,
  type ExperimentStatus,
  type Variation,
} from '@footfall/schema';
import type { Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';

/** A phase: who takes part, and in what. Times are ISO 8601. */
export type Phase = {
  phase: number;
  startedAt: string | null;
  endedAt: string | null;
  coverage: number;
  blocksEarlier: boolean;
  variations: (Variation & { name?: string | undefined })[];
  ramps: { at: string; coverage: number }[];
};

type LayerPart = { layer: string; start: number; end: number };
type Targets = { include?: string[]; exclude?: string[] };

/** An experiment as it is stored and as the management API shows it. */
export type StoredExperiment = {
  site: string;
  key: string;
  experimentId: string;
  name: string;
  description: string | null;
  hypothesis: string | null;
  status: ExperimentStatus;
  unitType: string;
  fallbackUnitType: string | null;
  seed: string;
  hashVersion: 1 | 2;
  layer: LayerPart | null;
  urls: Targets | null;
  condition: Condition | null;
  prerequisites: { experiment: string; variations: string[] }[];
  metrics: unknown[];
  plannedUnits: number | null;
  confidenceLevel: number;
  winner: string | null;
  startsAt: string | null;
  endsAt: string | null;
  startedAt: string | null;
  stoppedAt: string | null;
  createdAt: string;
  updatedAt: string;
  phase: number;
  phases: Phase[];
};

type LayerSeed = { seed: string; unitType: string } | null;
type Row = {
  experiment: StoredExperiment;
  layer_seed: LayerSeed;
  holdout: { seed: string; share: number } | null;
};

/** An experiment with what its layers hash by. */
export type Loaded = { experiment: StoredExperiment; layerSeed: LayerSeed; holdout: Row['holdout'] };

const phaseJson = `jsonb_build_object('phase', p.phase, 'startedAt', p.started_at, 'endedAt', p.ended_at,
  'coverage', p.coverage, 'blocksEarlier', p.blocks_earlier, 'variations', p.variations, 'ramps', p.ramps)`;

// Made to JSON by the server: one shape, without a list of columns in three places.
const experimentJson = `jsonb_build_object('site', x.site, 'key', x.experiment, 'experimentId', x.experiment_id,
  'name', x.name, 'description', x.description, 'hypothesis', x.hypothesis, 'status', x.status,
  'unitType', x.unit_type, 'fallbackUnitType', x.fallback_unit_type, 'seed', x.seed, 'hashVersion', x.hash_version,
  'layer', case when x.layer is not null
    then jsonb_build_object('layer', x.layer, 'start', x.layer_start, 'end', x.layer_end) end,
  'urls', x.urls, 'condition', x.condition, 'prerequisites', x.prerequisites, 'metrics', x.metrics,
  'plannedUnits', x.planned_units, 'confidenceLevel', x.confidence_level, 'winner', x.winning_variation)
  || jsonb_build_object('startsAt', x.starts_at, 'endsAt', x.ends_at, 'startedAt', x.started_at,
  'stoppedAt', x.stopped_at, 'createdAt', x.created_at, 'updatedAt', x.updated_at, 'phase', x.phase,
  'phases', (select jsonb_agg(${phaseJson} order by p.phase) from footfall.experiment_phases p
    where p.site = x.site and p.experiment = x.experiment))`;

/** The experiments of a site, or the one of a key, with what their layers hash by. */
export async function loadExperiments(
  tx: Transaction,
  { site, key }: { site: string; key?: string | undefined },
): Promise<Loaded[]> {
  const rows = await tx.query<Row>(
    `/* stored-experiment.loadExperiments */
     select ${experimentJson} as experiment,
       case when l.layer is not null then jsonb_build_object('seed', l.seed, 'unitType', l.unit_type) end as layer_seed,
       case when h.share > 0 then jsonb_build_object('seed', h.seed, 'share', h.share) end as holdout
     from footfall.experiments x
     left join footfall.experiment_layers l on l.site = x.site and l.layer = x.layer
     left join footfall.experiment_layers h on h.site = x.site and h.layer = 'holdout' and h.unit_type = x.unit_type
     where x.site = $1::text and ($2::text is null or x.experiment = $2::text)
     order by x.created_at, x.experiment`,
    [site, key ?? null],
  );
  return rows.map(({ experiment, layer_seed, holdout }) => ({ experiment, layerSeed: layer_seed, holdout }));
}

/** One experiment, locked where the caller is about to change it. */
export async function findExperiment(
  tx: Transaction,
  { site, key, lock = false }: { site: string; key: string; lock?: boolean },
): Promise<StoredExperiment> {
  if (lock)
    await tx.query(
      'select from footfall.experiments where site = $1::text and experiment = $2::text for update',
      [site, key],
    );
  const [found] = await loadExperiments(tx, { site, key });
  if (found) return found.experiment;
  throw new Refusal(404, 'unknown_experiment', `experiment: the site "${site}" has no experiment "${key}"`, {
    path: 'experiment',
    hint: `footfall experiment list --site ${site}`,
  });
}

/** The phase that assigns now. */
export function currentPhase({ phase, phases }: StoredExperiment): Phase {
  const current = phases.find((one) => one.phase === phase);
  if (current) return current;
  throw new Error(`experiments: expected a row of phase ${phase}`);
}

/** What browsers and servers need to assign, and no more. */
export function toConfig({ experiment, layerSeed, holdout }: Loaded): ExperimentConfig {
  const { key, seed, hashVersion, unitType, fallbackUnitType, status, urls, condition, winner } = experiment;
  const { phase, coverage, variations, blocksEarlier } = currentPhase(experiment);
  const layers = layersOf(experiment.layer, layerSeed, { unitType, holdout });
  return {
    key,
    phase,
    seed,
    ...(hashVersion === 1 && { hashVersion }),
    unitType,
    ...(fallbackUnitType !== null && { fallbackUnitType }),
    coverage,
    variations: variations.map(({ name: _, ...variation }) => variation),
    isRunning: status === 'running',
    ...(winner !== null && status === 'stopped' && { winner }),
    ...(blocksEarlier && { blocksEarlier }),
    ...(urls && { urls }),
    ...(layers.length > 0 && { layers }),
    ...(condition && { condition: compileCondition(condition) }),
    ...(experiment.prerequisites.length > 0 && { prerequisites: experiment.prerequisites }),
  };
}

function layersOf(
  part: LayerPart | null,
  layerSeed: LayerSeed,
  { unitType, holdout }: { unitType: string; holdout: Loaded['holdout'] },
): NonNullable<ExperimentConfig['layers']> {
  return [
    ...(holdout ? [{ seed: holdout.seed, unitType, range: [holdout.share, 1] as const }] : []),
    ...(part && layerSeed ? [{ ...layerSeed, range: [part.start, part.end] as const }] : []),
  ];
}
