import type { NewExperiment } from '@footfall/schema';
import { writeAudit } from '../access/audit.js';
import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
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
    await requireSite(tx, site);
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

async function requireSite(tx: Transaction, site: string): Promise<void> {
  const rows = await tx.query('select from footfall.sites where site = $1::text', [site]);
  if (rows.length > 0) return;
  throw new Refusal(404, 'unknown_site', `site: there is no site "${site}"`, {
    path: 'site',
    hint: 'footfall site list',
  });
}
