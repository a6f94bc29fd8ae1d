import { isMomentBucket } from '../period/buckets.js';
import { isTime, nameOfMetric } from '../read-query.js';
import type { Question } from './compile-query.js';
import { bucketName } from './core.js';

/** One key of the order: an expression over the columns of the statement, where nulls come last. */
export type SortKey = {
  column: string;
  type: 'text' | 'float8' | 'date' | 'timestamptz';
  isDescending: boolean;
};

/** As asked for, or else by time and then by the first metric; what is equal then is ordered by its dimensions. */
export function sortKeys({ dimensions, metrics: chosen, orderBy }: Question): SortKey[] {
  const names = chosen.map(nameOfMetric);
  const keyOf = (name: string, isDescending: boolean): SortKey => {
    const at = dimensions.indexOf(name);
    if (at < 0) return { column: `m${names.indexOf(name)}`, type: 'float8', isDescending };
    if (!isTime(name)) return { column: `d${at}`, type: 'text', isDescending };
    const type = isMomentBucket(bucketName(name)) ? 'timestamptz' : 'date';
    return { column: `k${at}`, type, isDescending };
  };
  const asked = orderBy?.map(([name, direction]) => keyOf(name, direction === 'desc')) ?? [
    ...dimensions.filter(isTime).map((name) => keyOf(name, false)),
    ...names.slice(0, 1).map((name) => keyOf(name, true)),
  ];
  const rest = dimensions.map((name) => keyOf(name, false));
  const keys = dimensions.length > 0 ? [...asked, ...rest] : [];
  return keys.filter(({ column }, at) => keys.findIndex((key) => key.column === column) === at);
}
