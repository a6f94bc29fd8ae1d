import type { NewExperiment } from '@footfall/schema';
import { writeAudit } from '../access/audit.js';
import { requireKnownSite } from '../access/known-site.js';
import type { Database } from '../db/database.js';
import { checkReferences, checkSchedule } from './checks.js';
import { type Author, insertExperiment, insertPhase, toColumns, writeFields } from './experiment-rows.js';
import { findExperiment, type StoredExperiment } from './stored-experiment.js';

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
    await requireKnownSite(tx, site);
    checkSchedule(input);
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
