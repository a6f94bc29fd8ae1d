import type { Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { loadExperiments, type StoredExperiment } from './stored-experiment.js';

/** What a definition says of other rows, which the schema alone cannot check. */
export type References = Pick<StoredExperiment, 'site' | 'key' | 'layer' | 'prerequisites'> & {
  unitType: string;
  fallbackUnitType: string | null;
};

type Schedule = { startsAt?: string | null | undefined; endsAt?: string | null | undefined };

function refuse(path: string, message: string): never {
  throw new Refusal(422, 'bad_experiment', `${path}: ${message}`, { path });
}

/**
 * Checks that a schedule ends after it begins.
 *
 * @throws Refusal 422 that names the field
 */
export function checkSchedule({ startsAt, endsAt }: Schedule): void {
  if (!startsAt || !endsAt || Date.parse(startsAt) < Date.parse(endsAt)) return;
  refuse('endsAt', `expected a time after startsAt, ${startsAt}`);
}

/**
 * Checks that layer and prerequisites are there and fit together.
 *
 * @throws Refusal 422 that names the field
 */
export async function checkReferences(tx: Transaction, experiment: References): Promise<void> {
  const { site, layer, unitType, fallbackUnitType } = experiment;
  if (fallbackUnitType === unitType) refuse('fallbackUnitType', `expected another type than ${unitType}`);
  if (layer) await requireLayer(tx, site, layer.layer);
  const loaded = await loadExperiments(tx, { site });
  const others = new Map(loaded.map(({ experiment: other }) => [other.key, other]));
  for (const [at, prerequisite] of experiment.prerequisites.entries())
    checkPrerequisite(prerequisite, { path: `prerequisites.${at}`, others });
  if (reaches(experiment, experiment.key, others))
    refuse('prerequisites', `expected no circle back to "${experiment.key}"`);
}

async function requireLayer(tx: Transaction, site: string, layer: string): Promise<void> {
  const rows = await tx.query(
    'select from footfall.experiment_layers where site = $1::text and layer = $2::text',
    [site, layer],
  );
  if (rows.length === 0) refuse('layer.layer', `expected a layer of the site, got "${layer}"`);
}

type Others = Map<string, StoredExperiment>;

function checkPrerequisite(
  { experiment, variations }: StoredExperiment['prerequisites'][number],
  { path, others }: { path: string; others: Others },
): void {
  const needed =
    others.get(experiment) ??
    refuse(`${path}.experiment`, `expected an experiment of the site, got "${experiment}"`);
  const known = needed.phases.flatMap((phase) => phase.variations.map(({ key }) => key));
  const unknown = variations.findIndex((variation) => !known.includes(variation));
  if (unknown >= 0)
    refuse(`${path}.variations.${unknown}`, `expected one of ${[...new Set(known)].join(', ')}`);
}

function reaches(
  { prerequisites }: Pick<StoredExperiment, 'prerequisites'>,
  key: string,
  others: Others,
  seen = new Set<string>(),
): boolean {
  return prerequisites.some(({ experiment }) => {
    if (experiment === key) return true;
    const next = others.get(experiment);
    if (!next || seen.has(experiment)) return false;
    seen.add(experiment);
    return reaches(next, key, others, seen);
  });
}

/**
 * Checks that the experiment's part of its layer is free: of two that share units nobody could tell which one had worked.
 *
 * @throws Refusal 409
 */
export async function requireFreeLayer(
  tx: Transaction,
  { site, key, layer }: StoredExperiment,
): Promise<void> {
  if (!layer) return;
  const loaded = await loadExperiments(tx, { site });
  const taken = loaded.find(
    ({ experiment: other }) =>
      other.key !== key &&
      other.status === 'running' &&
      other.layer?.layer === layer.layer &&
      other.layer.start < layer.end &&
      layer.start < other.layer.end,
  );
  if (!taken) return;
  const message = `layer: "${taken.experiment.key}" runs in this part of the layer "${layer.layer}"`;
  throw new Refusal(409, 'layer_taken', message, { path: 'layer' });
}
