import { findDimension } from '../query/catalog/dimensions.js';
import type { Scope } from './report.js';

/** A dimension as text, of the row `e` of footfall.events or of its visit `s`, with the join that it needs. */
export function joinDimension(scope: Scope, name: string | undefined): { sql: string; join: string } {
  if (name === undefined) return { sql: 'null::text', join: '' };
  const dimension = findDimension(name);
  const row = dimension.of === 'event' ? 'e' : 's';
  return {
    sql: dimension.sql(row, scope.parameters),
    join: row === 's' ? scope.joinVisit('e', 's') : '',
  };
}
