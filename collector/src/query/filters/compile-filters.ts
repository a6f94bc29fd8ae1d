import { eventTypes } from '@footfall/schema';
import { type Dimension, findDimension, meansUnset } from '../catalog/dimensions.js';
import { findNumber } from '../catalog/numbers.js';
import { type Goal, goalRegex, resolveGoals } from '../goals.js';
import type { Parameters } from '../parameters.js';
import type { RawScope } from '../raw-scope.js';
import type { Filter } from './filter-schema.js';

/** The rows that a condition is read from: aliases of footfall.events and footfall.sessions. */
export type FilterRows = {
  event: string;
  visit: string;
  /** The id of the visit that has_done looks through, such as `e.session_id`. May be null. */
  session: string;
};

export type FilterScope = { scope: RawScope; goals: readonly Goal[]; rows: FilterRows };

type Leaf = Extract<Filter, readonly [string, string, ...unknown[]]>;
type Literals = readonly (string | number)[];

/**
 * The condition that all filters hold, as SQL with bound values; `true` where there are none. It is never null, and "not
 * set" is unlike every value: `is_not` and `contains_not` hold for it.
 */
export function compileFilters(filters: readonly Filter[], target: FilterScope): string {
  if (filters.length === 0) return 'true';
  return filters.map((filter) => compile(filter, target, false)).join('\n      and ');
}

// A negation is carried down to the leaves, each of which knows what it means for a value that is not set.
function compile(filter: Filter, target: FilterScope, isNegated: boolean): string {
  switch (filter[0]) {
    case 'and':
    case 'or':
      return combine(filter, target, isNegated);
    case 'not':
      return compile(filter[1], target, !isNegated);
    case 'has_done':
    case 'has_not_done':
      return compileBehaviour(filter[1], target, isNegated !== (filter[0] === 'has_not_done'));
    default:
      return compileLeaf(filter, target, isNegated);
  }
}

function combine(
  [operator, inner]: ['and' | 'or', Filter[]],
  target: FilterScope,
  isNegated: boolean,
): string {
  const word = (operator === 'and') === isNegated ? 'or' : 'and';
  // A segment may hold no filters: everything is in it.
  if (inner.length === 0) return word === 'and' ? 'true' : 'false';
  return `(${inner.map((one) => compile(one, target, isNegated)).join(` ${word} `)})`;
}

function compileBehaviour(inner: Filter, target: FilterScope, isNegated: boolean): string {
  const { scope, rows } = target;
  const within = { ...target, rows: { event: 'h', visit: 'hv', session: 'h.session_id' } };
  const condition = compile(inner, within, false);
  const join = rowsOf([inner]).has('visit') ? scope.joinVisit('h', 'hv') : '';
  const done = `select h.session_id from footfall.events h ${join}
        where ${scope.eventNear('h')} and h.session_id is not null and ${condition}`;
  return isNegated
    ? `(${rows.session} is null or ${rows.session} not in (${done}))`
    : `${rows.session} in (${done})`;
}

function compileLeaf(filter: Leaf, target: FilterScope, isNegated: boolean): string {
  const [operator, name] = filter;
  if (name === 'event:goal') return compileGoal(filter, target, isNegated);
  switch (filter[0]) {
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'between':
      return compileComparison(filter, target, isNegated);
    case 'is_set':
    case 'is_not_set':
      return compilePresence(textOf(findDimension(name), target), isNegated !== (operator === 'is_not_set'));
    default:
      return compileText(filter, target, isNegated);
  }
}

function rowFor(of: 'event' | 'visit', { rows }: FilterScope): string {
  return of === 'event' ? rows.event : rows.visit;
}

function textOf(dimension: Dimension, target: FilterScope): string {
  return dimension.sql(rowFor(dimension.of, target), target.scope.parameters);
}

function compilePresence(sql: string, isNegated: boolean): string {
  return isNegated ? `(${sql} is null or ${sql} = '')` : `(${sql} is not null and ${sql} <> '')`;
}

type TextFilter = Extract<Leaf, readonly [string, string, Literals, ...unknown[]]>;

function compileText(filter: TextFilter, target: FilterScope, isNegated: boolean): string {
  const [operator, name, given, modifiers] = filter;
  const dimension = findDimension(name);
  const text = textOf(dimension, target);
  const isNot = isNegated !== operator.endsWith('_not');
  const ignoresCase = modifiers?.case_sensitive === false;
  const { bind } = target.scope.parameters;
  const values = given
    .map(String)
    .map((value) => (ignoresCase || dimension.isLowerCase ? value.toLowerCase() : value));
  const sql = ignoresCase ? `lower(${text})` : text;
  if (operator === 'matches' || operator === 'matches_not') {
    const match = ignoresCase ? '~*' : '~';
    return unlessNull(text, isNot, `${text} ${match} any (${bind(given.map(String), 'text[]')})`);
  }
  if (operator === 'contains' || operator === 'contains_not')
    return unlessNull(text, isNot, `${sql} like any (${bind(values.map(likePattern), 'text[]')})`);
  const isUnsetNamed = given.some((value) => meansUnset(dimension, String(value)));
  return compileEquality(sql, { values, isUnsetNamed, isNot, bind });
}

type Equality = { values: string[]; isUnsetNamed: boolean; isNot: boolean; bind: Parameters['bind'] };

function compileEquality(sql: string, { values, isUnsetNamed, isNot, bind }: Equality): string {
  const list = bind(isUnsetNamed ? [...values, ''] : values, 'text[]');
  if (isNot) return `(${sql} ${isUnsetNamed ? 'is not null and' : 'is null or'} ${sql} <> all (${list}))`;
  return isUnsetNamed ? `(${sql} is null or ${sql} = any (${list}))` : `${sql} = any (${list})`;
}

function unlessNull(sql: string, isNot: boolean, condition: string): string {
  return isNot ? `(${sql} is null or not (${condition}))` : condition;
}

function likePattern(value: string): string {
  return `%${value.replace(/[\\%_]/g, '\\$&')}%`;
}

type NumberFilter = Extract<Leaf, readonly [string, string, readonly number[]]>;
const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function compileComparison(filter: NumberFilter, target: FilterScope, isNegated: boolean): string {
  const [operator, name, numbers] = filter;
  const source = findNumber(name);
  const sql = source.sql(rowFor(source.of, target), target.scope.parameters);
  const bound = numbers.map((value) => target.scope.parameters.bind(value, 'numeric'));
  const condition =
    operator === 'between'
      ? `(${sql}) between ${bound[0]} and ${bound[1]}`
      : `(${sql}) ${comparisons[operator as keyof typeof comparisons]} ${bound[0]}`;
  return unlessNull(`(${sql})`, isNegated, condition);
}

function compileGoal(filter: Leaf, target: FilterScope, isNegated: boolean): string {
  const [operator, , values = [], modifiers] = filter as [string, string, Literals?, Modifiers?];
  const { goals, rows, scope } = target;
  const isNot = isNegated !== operator.endsWith('_not');
  const names = values.map(String);
  const reached =
    operator === 'is' || operator === 'is_not'
      ? resolveGoals(names, goals, modifiers)
      : goalsContaining(names, goals, modifiers);
  const conditions = reached.map((goal) => reachedSql(goal, rows.event, scope.parameters));
  if (operator.startsWith('contains')) conditions.push(eventNameContains(names, target, modifiers));
  const condition = `(${conditions.join(' or ')})`;
  return isNot ? `not coalesce(${condition}, false)` : condition;
}

type Modifiers = { case_sensitive?: boolean | undefined };

function goalsContaining(parts: string[], goals: readonly Goal[], modifiers: Modifiers | undefined): Goal[] {
  const fold = (text: string) => (modifiers?.case_sensitive === false ? text.toLowerCase() : text);
  return goals.filter(({ name }) => parts.some((part) => fold(name).includes(fold(part))));
}

function eventNameContains(parts: string[], target: FilterScope, modifiers: Modifiers | undefined): string {
  const { rows, scope } = target;
  const like = modifiers?.case_sensitive === false ? 'ilike' : 'like';
  const list = scope.parameters.bind(parts.map(likePattern), 'text[]');
  return `(${rows.event}.type = 'custom' and ${rows.event}.name ${like} any (${list}))`;
}

/** Whether an event reaches a goal. */
export function reachedSql({ kind, ...match }: Goal, row: string, { bind }: Parameters): string {
  const { pattern } = match;
  if (kind === 'page') return `(${row}.type = 'pageview' and ${matchSql(`${row}.path`, match, bind)})`;
  const custom = `(${row}.type = 'custom' and ${matchSql(`${row}.name`, match, bind)})`;
  return isNamedType(pattern) ? `(${custom} or ${row}.type = ${bind(pattern, 'text')})` : custom;
}

function isNamedType(name: string): boolean {
  return name !== 'custom' && (eventTypes as readonly string[]).includes(name);
}

type Match = Pick<Goal, 'pattern' | 'ignoresCase'>;

function matchSql(sql: string, { pattern, ignoresCase }: Match, bind: Parameters['bind']): string {
  if (pattern.includes('*')) return `${sql} ${ignoresCase ? '~*' : '~'} ${bind(goalRegex(pattern), 'text')}`;
  return ignoresCase
    ? `lower(${sql}) = ${bind(pattern.toLowerCase(), 'text')}`
    : `${sql} = ${bind(pattern, 'text')}`;
}

/** Which rows filters are read from, beside those of has_done: who reads no visit needs no join. */
export function rowsOf(filters: readonly Filter[]): Set<'event' | 'visit'> {
  return new Set(leavesOf(filters).map(rowOfLeaf));
}

/** The conditions of filters that are on one name, without those of has_done. */
export function leavesOf(filters: readonly Filter[]): Leaf[] {
  return filters.flatMap((filter): Leaf[] => {
    if (filter[0] === 'and' || filter[0] === 'or') return leavesOf(filter[1]);
    if (filter[0] === 'not') return leavesOf([filter[1]]);
    return isLeaf(filter) ? [filter] : [];
  });
}

/** Whether filters ask what else was done in a visit. */
export function hasBehaviour(filters: readonly Filter[]): boolean {
  return filters.some((filter) => {
    if (filter[0] === 'and' || filter[0] === 'or') return hasBehaviour(filter[1]);
    if (filter[0] === 'not') return hasBehaviour([filter[1]]);
    return filter[0] === 'has_done' || filter[0] === 'has_not_done';
  });
}

function isLeaf(filter: Filter): filter is Leaf {
  return typeof filter[1] === 'string';
}

const numberOperators: readonly string[] = ['gt', 'gte', 'lt', 'lte', 'between'];

/** Whether a condition is on a number, and not on the text of a dimension. */
export function comparesNumbers([operator]: Leaf): boolean {
  return numberOperators.includes(operator);
}

function rowOfLeaf(leaf: Leaf): 'event' | 'visit' {
  const [, name] = leaf;
  if (name === 'event:goal') return 'event';
  return comparesNumbers(leaf) ? findNumber(name).of : findDimension(name).of;
}
