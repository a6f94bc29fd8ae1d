import { Refusal } from '../../refusal.js';
import { leavesOf } from './compile-filters.js';
import type { Filter } from './filter-schema.js';

/** Saved filters by their id or name. */
export type Segments = ReadonlyMap<string, readonly Filter[]>;

/**
 * Puts the filters of segments in the place of `["is", "segment", [id]]`: a row is in any of those named.
 *
 * @throws Refusal 400 where there is no such segment, or a segment holds another
 */
export function expandSegments(filters: readonly Filter[], segments: Segments): Filter[] {
  return filters.map((filter) => expand(filter, segments));
}

function expand(filter: Filter, segments: Segments): Filter {
  if (filter[0] === 'and' || filter[0] === 'or') return [filter[0], expandSegments(filter[1], segments)];
  if (filter[0] === 'not' || filter[0] === 'has_done' || filter[0] === 'has_not_done')
    return [filter[0], expand(filter[1], segments)];
  if (filter[1] !== 'segment') return filter;
  const any: Filter = ['or', (filter[2] as (string | number)[]).map((id) => segmentOf(String(id), segments))];
  if (filter[0] === 'is') return any;
  if (filter[0] === 'is_not') return ['not', any];
  throw refuse(`expected is or is_not with segment, got ${filter[0]}`);
}

function segmentOf(id: string, segments: Segments): Filter {
  const found = segments.get(id);
  if (!found) throw refuse(`there is no segment "${id}"`);
  if (leavesOf(found).some(([, name]) => name === 'segment')) throw refuse(`segment "${id}" holds another`);
  return ['and', [...found]];
}

function refuse(text: string): Refusal {
  return new Refusal(400, 'unknown_segment', `filters: ${text}`, { path: 'filters' });
}
