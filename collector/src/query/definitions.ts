import type { Transaction } from '../db/database.js';
import type { Segments } from './filters/expand-segments.js';
import { parseFilters } from './filters/parse-filters.js';
import type { Goal } from './goals.js';

/** What a site has defined for its queries and reports. */
export type Definitions = { goals: readonly Goal[]; segments: Segments };

/** Reads the goals and segments of the site of a transaction. A segment goes by its id and by its name. */
export async function readDefinitions(tx: Transaction): Promise<Definitions> {
  const goals = await tx.query<Goal>(
    `/* definitions.readGoals */
     select name, kind, pattern from footfall.goals order by name`,
  );
  const segments = await tx.query<{ id: string; name: string; filters: unknown }>(
    `/* definitions.readSegments */
     select segment_id as id, name, filters from footfall.segments`,
  );
  const entries = segments.flatMap(({ id, name, filters }) => {
    const parsed = parseFilters(filters);
    return [[name, parsed] as const, [id, parsed] as const];
  });
  return { goals, segments: new Map(entries) };
}
