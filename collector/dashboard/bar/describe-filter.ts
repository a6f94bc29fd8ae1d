import { nameDimension, nameValue } from '../format/names.js';
import type { Filter, FilterOperator } from '../state/filters.js';

/** What each operator is called. */
export const operatorNames: Record<FilterOperator, string> = {
  is: 'is',
  is_not: 'is not',
  contains: 'contains',
  contains_not: 'does not contain',
};

/** A filter as a phrase. */
export function describeFilter({ dimension, operator, values }: Filter): string {
  const list = values.map((value) => nameValue(dimension, value)).join(' or ');
  return `${nameDimension(dimension)} ${operatorNames[operator]} ${list}`;
}
