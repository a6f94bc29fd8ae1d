import { go, useAddress } from './address.js';

export const filterOperators = ['is', 'is_not', 'contains', 'contains_not'] as const;
export type FilterOperator = (typeof filterOperators)[number];

/** One condition: any of the values. The empty text is "not set". */
export type Filter = { operator: FilterOperator; dimension: string; values: readonly string[] };

/** `is,visit:source,Google,Bing`; a comma or backslash in a value has a backslash before it. */
export function writeFilter({ operator, dimension, values }: Filter): string {
  return [operator, dimension, ...values].map((part) => part.replace(/[\\,]/g, '\\$&')).join(',');
}

/** The filter of a text, or undefined where it is none. */
export function readFilter(text: string): Filter | undefined {
  const [operator, dimension, ...values] = splitParts(text);
  const known = filterOperators.find((name) => name === operator);
  if (!known || !dimension || values.length === 0) return undefined;
  return { operator: known, dimension, values };
}

function splitParts(text: string): string[] {
  const parts = [''];
  for (const [piece] of text.matchAll(/\\.|,|[^\\,]+|\\$/gs)) {
    if (piece === ',') parts.push('');
    else parts.push(parts.pop() + (piece.startsWith('\\') ? piece.slice(1) : piece));
  }
  return parts;
}

/** The filters of the address; what is none is left out. */
export function useFilters(): Filter[] {
  return readFilters(useAddress());
}

export function readFilters(address: URLSearchParams): Filter[] {
  return address.getAll('f').flatMap((text) => readFilter(text) ?? []);
}

/** What of an address a change of the filters sets. */
export function filterChange(filters: readonly Filter[]): { f: string[]; page: null } {
  return { f: filters.map(writeFilter), page: null };
}

export function setFilters(filters: readonly Filter[]): void {
  go(filterChange(filters));
}

/** The filters with one more. Another value of the same dimension joins those that are there. */
export function withFilter(filters: readonly Filter[], added: Filter): Filter[] {
  const at = filters.findIndex(
    ({ operator, dimension }) => operator === added.operator && dimension === added.dimension,
  );
  const found = filters[at];
  if (!found) return [...filters, added];
  const values = [...new Set([...found.values, ...added.values])];
  return filters.with(at, { ...found, values });
}

/** As the API takes it. Nobody who types a part of a word means its case. */
export function toApiFilter({ operator, dimension, values }: Filter): unknown[] {
  const isPart = operator.startsWith('contains');
  return [operator, dimension, values, ...(isPart ? [{ case_sensitive: false }] : [])];
}
