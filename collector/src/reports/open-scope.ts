import type { Transaction } from '../db/database.js';
import { createScope } from './create-scope.js';
import type { Common } from './read-request.js';
import { readGoals, resolveFilters } from './read-saved.js';
import type { Scope } from './report.js';
import { resolveRange } from './resolve-range.js';

/** Resolves what a request means on its site: days, goals, segments and filters. */
export async function openScope(tx: Transaction, common: Common, nowMs: number): Promise<Scope> {
  // Compiling a statement of a few hundred milliseconds takes as long as it saves.
  await tx.query('set local jit = off');
  const range = await resolveRange(tx, common, nowMs);
  const goals = await readGoals(tx, common.site);
  const filters = await resolveFilters(tx, common);
  const { site, limit } = common;
  return createScope({ ...range, site, limit, nowMs, goals, filters });
}
