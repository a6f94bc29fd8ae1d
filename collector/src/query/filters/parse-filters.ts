import { Refusal } from '../../refusal.js';
import { formatPath, quote, refuseIssues, refuseName } from '../explain-issue.js';
import {
  type Filter,
  filterOperators,
  listOperators,
  maxFilterDepth,
  maxFilters,
  shapeOf,
  singleOperators,
} from './filter-schema.js';

type Path = readonly PropertyKey[];
type Place = { path: Path; depth: number; isInBehaviour: boolean; count: { filters: number } };

/**
 * Reads the filters of a query.
 *
 * @throws Refusal 400 that names the place, what is allowed there and what was probably meant
 */
export function parseFilters(input: unknown, path: Path = ['filters']): Filter[] {
  if (input === undefined) return [];
  return parseList(input, { path, depth: 0, isInBehaviour: false, count: { filters: 0 } });
}

function parseList(input: unknown, place: Place): Filter[] {
  if (!Array.isArray(input)) throw refuse(place.path, `expected a list of filters, got ${quote(input)}`);
  return input.map((one, at) => parseFilter(one, { ...place, path: [...place.path, at] }));
}

function parseFilter(input: unknown, place: Place): Filter {
  checkSize(place);
  if (!Array.isArray(input)) {
    throw refuse(place.path, `expected [operator, dimension, values], got ${quote(input)}`);
  }
  const operator: unknown = input[0];
  if (typeof operator !== 'string' || !filterOperators.includes(operator)) {
    throw refuseName({ path: formatPath([...place.path, 0]), found: operator, allowed: filterOperators });
  }
  if (listOperators.includes(operator)) return parseCombination(operator as 'and' | 'or', input, place);
  if (singleOperators.includes(operator)) return parseWrapper(operator as 'not' | 'has_done', input, place);
  return parseLeaf(operator, input, place);
}

function parseCombination(operator: 'and' | 'or', input: unknown[], place: Place): Filter {
  expectLength(input, 2, place);
  const inner = parseList(input[1], below(place, operator));
  if (inner.length === 0) throw refuse([...place.path, 1], 'expected at least one filter, got []');
  return [operator, inner];
}

function parseWrapper(operator: 'not' | 'has_done' | 'has_not_done', input: unknown[], place: Place): Filter {
  expectLength(input, 2, place);
  if (operator !== 'not' && place.isInBehaviour) {
    throw refuse(place.path, `expected no ${operator} inside another: a visit is looked through once`);
  }
  return [operator, parseFilter(input[1], below(place, operator))];
}

function parseLeaf(operator: string, input: unknown[], { path }: Place): Filter {
  const parsed = shapeOf.get(operator)?.safeParse(input);
  if (parsed?.success) return parsed.data as Filter;
  throw refuseIssues(parsed?.error.issues ?? [], input, path);
}

function below(place: Place, operator: string): Place {
  const isInBehaviour = place.isInBehaviour || operator.startsWith('has_');
  return { ...place, path: [...place.path, 1], depth: place.depth + 1, isInBehaviour };
}

function expectLength(input: unknown[], length: number, { path }: Place): void {
  if (input.length !== length)
    throw refuse(path, `expected [operator, filter], got a list of ${input.length}`);
}

function checkSize({ path, depth, count }: Place): void {
  if (depth >= maxFilterDepth) throw refuse(path, `expected filters at most ${maxFilterDepth} deep`);
  count.filters += 1;
  if (count.filters > maxFilters) throw refuse(path, `expected at most ${maxFilters} filters in all`);
}

function refuse(path: Path, text: string): Refusal {
  const at = formatPath(path);
  return new Refusal(400, 'bad_filter', `${at}: ${text}`, {
    path: at,
    hint: 'for example ["is", "visit:country", ["DE"]]',
  });
}
