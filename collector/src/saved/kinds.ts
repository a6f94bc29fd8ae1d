import { limits, momentText } from '@footfall/schema';
import { z } from 'zod';
import type { Database } from '../db/database.js';
import { leavesOf } from '../query/filters/compile-filters.js';
import type { Filter } from '../query/filters/filter-schema.js';
import { safeText } from '../query/filters/filter-schema.js';
import { parseFilters } from '../query/filters/parse-filters.js';
import { checkPatterns } from '../query/run-guarded.js';
import { Refusal } from '../refusal.js';
import { funnels } from '../reports/funnels.js';
import type { SavedKind } from './saved-kind.js';

const name = safeText.trim().min(1).max(200);
/** As that of an event: what is summed of it is still a number. */
const amount = z.number().min(-limits.maxValue).max(limits.maxValue);
const pattern = safeText.min(1).max(2_000);

const goals: SavedKind = {
  path: 'goals',
  table: 'goals',
  noun: 'goal',
  idColumn: 'goal_id',
  schema: z
    .strictObject({
      name,
      kind: z.enum(['page', 'event']),
      pattern,
      value: amount.nullable().default(null),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, { error: 'expected a currency of ISO 4217 like EUR' })
        .nullable()
        .default(null),
    })
    .refine(({ kind, pattern: path }) => kind !== 'page' || /^[/*]/.test(path), {
      path: ['pattern'],
      error: 'expected a path that begins with / or *',
    }),
  columns: [
    { name: 'name', type: 'text' },
    { name: 'kind', type: 'text' },
    { name: 'pattern', type: 'text' },
    { name: 'value', type: 'numeric' },
    { name: 'currency', type: 'text' },
  ],
  orderBy: 'name',
};

const segments: SavedKind = {
  path: 'segments',
  table: 'segments',
  noun: 'segment',
  idColumn: 'segment_id',
  schema: z.strictObject({
    name,
    // parseFilters says more than a schema could: it refuses by itself.
    filters: z.unknown().transform((filters) => parseFilters(filters ?? [])),
  }),
  check: (database, site, { filters }) => checkSegment(database, site, parseFilters(filters)),
  columns: [
    { name: 'name', type: 'text' },
    { name: 'filters', type: 'jsonb' },
  ],
  orderBy: 'name',
};

/** @throws Refusal 400 for what no question could be asked with: a broken pattern, a segment in a segment */
async function checkSegment(database: Database, site: string, filters: readonly Filter[]): Promise<void> {
  await checkPatterns(database, site, filters);
  if (!leavesOf(filters).some(([, name]) => name === 'segment')) return;
  throw new Refusal(400, 'bad_filter', 'filters: expected no segment in a segment', { path: 'filters' });
}

const annotations: SavedKind = {
  path: 'annotations',
  table: 'annotations',
  noun: 'annotation',
  idColumn: 'annotation_id',
  schema: z.strictObject({
    noted_at: momentText('expected a time like 2026-01-31T12:00:00Z'),
    text: safeText.trim().min(1).max(2_000),
  }),
  columns: [
    { name: 'noted_at', type: 'timestamptz' },
    { name: 'text', type: 'text' },
  ],
  orderBy: 'noted_at',
};

/** Funnels are run by their id (saved-funnels.ts). What is saved are the parameters of the report, defaults filled in. */
export const savedFunnels: SavedKind = {
  path: 'saved-funnels',
  table: 'saved_funnels',
  noun: 'saved funnel',
  idColumn: 'funnel_id',
  schema: z.strictObject({ name, parameters: funnels.parameters }),
  columns: [
    { name: 'name', type: 'text' },
    { name: 'parameters', type: 'jsonb' },
  ],
  orderBy: 'name',
};

/** Goals (what counts as reached), segments (saved filters), annotations (what happened when) and funnels. */
export const savedKinds: readonly SavedKind[] = [goals, segments, annotations, savedFunnels];
