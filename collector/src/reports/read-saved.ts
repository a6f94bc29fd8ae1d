import type { Transaction } from '../db/database.js';
import { expandSegments, type Segments } from '../query/filters/expand-segments.js';
import type { Filter } from '../query/filters/filter-schema.js';
import { parseFilters } from '../query/filters/parse-filters.js';
import type { Goal } from '../query/goals.js';
import type { Common } from './read-request.js';

/** The goals of the site, by which filters and steps may name an event. */
export function readGoals(tx: Transaction, site: string): Promise<Goal[]> {
  return tx.query<Goal>(
    `/* read-saved.readGoals */
     select name, kind, pattern from footfall.goals where site = $1::text order by name`,
    [site],
  );
}

/** The saved filters of the site, by id and by name. */
export async function readSegments(tx: Transaction, site: string): Promise<Segments> {
  const rows = await tx.query<{ segment_id: string; name: string; filters: unknown }>(
    `/* read-saved.readSegments */
     select segment_id, name, filters from footfall.segments where site = $1::text`,
    [site],
  );
  return new Map(
    rows.flatMap(({ segment_id, name, filters }) => {
      const parsed = parseFilters(filters);
      return [[segment_id, parsed] as const, [name, parsed] as const];
    }),
  );
}

/**
 * The filters of a request with its segment, and with the filters that its segments stand for.
 *
 * @throws Refusal 400 where a filter does not parse or a segment is not known
 */
export async function resolveFilters(tx: Transaction, common: Common): Promise<Filter[]> {
  const given = parseFilters(common.filters);
  const named: Filter[] = common.segment === undefined ? [] : [['is', 'segment', [common.segment]]];
  const filters = [...given, ...named];
  const segments = filters.length > 0 ? await readSegments(tx, common.site) : new Map();
  return expandSegments(filters, segments);
}
