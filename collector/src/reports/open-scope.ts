import type { Transaction } from '../db/database.js';
import { readDefinitions } from '../query/definitions.js';
import { expandSegments } from '../query/filters/expand-segments.js';
import type { Filter } from '../query/filters/filter-schema.js';
import { parseFilters } from '../query/filters/parse-filters.js';
import { createScope } from './create-scope.js';
import type { Common } from './read-request.js';
import type { Scope } from './report.js';
import { resolveRange } from './resolve-range.js';

/**
 * Resolves what a request means on its site: days, goals, segments and filters.
 *
 * @throws Refusal 400 where a filter does not parse or names a segment that is not there, 404 without the site
 */
export async function openScope(tx: Transaction, common: Common, nowMs: number): Promise<Scope> {
  // Compiling a statement of a few hundred milliseconds takes as long as it saves.
  await tx.query(`set local jit = off; set local work_mem = '32MB'`);
  const range = await resolveRange(tx, common, nowMs);
  const { goals, segments } = await readDefinitions(tx);
  const { site, limit, segment } = common;
  const named: Filter[] = segment === undefined ? [] : [['is', 'segment', [segment]]];
  const filters = expandSegments([...parseFilters(common.filters), ...named], segments);
  return createScope({ ...range, site, limit, nowMs, goals, filters });
}
