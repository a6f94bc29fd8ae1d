import { matchesPattern, type Pattern } from './pattern.js';
import { compareVersions } from './version-order.js';

/** A question to the attributes of a unit, in the operators of MongoDB: `{"country": {"$in": ["DE", "AT"]}, "age": {"$gte": 18}}`. */
export type Condition = { readonly [key: string]: unknown };

export type Attributes = { readonly [name: string]: unknown };

type Operator = (actual: unknown, expected: unknown) => boolean;

/** Whether attributes meet a condition that was compiled (compile-condition.ts). What it does not know no unit meets. */
export function meetsCondition(attributes: Attributes, condition: Condition): boolean {
  return Object.entries(condition).every(([key, expected]) => {
    const combine = key.startsWith('$') ? combinations[key] : undefined;
    return combine ? combine(attributes, expected) : meetsValue(valueAt(attributes, key), expected);
  });
}

const combinations: Record<string, (attributes: Attributes, expected: unknown) => boolean> = {
  $and: (attributes, expected) => listOf(expected).every((part) => meetsPart(attributes, part)),
  $or: (attributes, expected) => meetsAny(attributes, listOf(expected)),
  $nor: (attributes, expected) => !meetsAny(attributes, listOf(expected)),
  $not: (attributes, expected) => !meetsPart(attributes, expected),
};

function meetsAny(attributes: Attributes, parts: readonly unknown[]): boolean {
  return parts.length === 0 || parts.some((part) => meetsPart(attributes, part));
}

function meetsPart(attributes: Attributes, part: unknown): boolean {
  return isObject(part) && meetsCondition(attributes, part);
}

function valueAt(attributes: Attributes, path: string): unknown {
  let value: unknown = attributes;
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return null;
    value = value[name];
  }
  return value ?? null;
}

function meetsValue(actual: unknown, expected: unknown): boolean {
  if (typeof expected === 'string') return String(actual) === expected;
  if (typeof expected === 'number') return Number(actual) === expected;
  if (typeof expected === 'boolean') return actual !== null && Boolean(actual) === expected;
  if (expected === null) return actual === null;
  if (!isQuestion(expected)) return JSON.stringify(actual) === JSON.stringify(expected);
  return Object.entries(expected).every(([name, operand]) => operators[name]?.(actual, operand) ?? false);
}

/** Whether a value is made of operators alone. */
function isQuestion(value: unknown): value is Record<string, unknown> {
  const names = isObject(value) ? Object.keys(value) : [];
  return names.length > 0 && names.every((name) => name.startsWith('$'));
}

/** The four operators of an order. What cannot be compared is NaN, and in none. */
function ordersBy(
  prefix: string,
  compare: (actual: unknown, expected: unknown) => number,
): Record<string, Operator> {
  return {
    [`${prefix}lt`]: (actual, expected) => compare(actual, expected) < 0,
    [`${prefix}lte`]: (actual, expected) => compare(actual, expected) <= 0,
    [`${prefix}gt`]: (actual, expected) => compare(actual, expected) > 0,
    [`${prefix}gte`]: (actual, expected) => compare(actual, expected) >= 0,
  };
}

const operators: Record<string, Operator> = {
  $eq: (actual, expected) => actual === expected,
  $ne: (actual, expected) => actual !== expected,
  $exists: (actual, expected) => (actual !== null) === Boolean(expected),
  $in: (actual, expected) => Array.isArray(expected) && isAmong(actual, expected),
  $nin: (actual, expected) => Array.isArray(expected) && !isAmong(actual, expected),
  $not: (actual, expected) => !meetsValue(actual, expected),
  $all: (actual, expected) =>
    Array.isArray(actual) && listOf(expected).every((one) => actual.some((item) => meetsValue(item, one))),
  $elemMatch: (actual, expected) => Array.isArray(actual) && actual.some((item) => meetsItem(item, expected)),
  $size: (actual, expected) => Array.isArray(actual) && meetsValue(actual.length, expected),
  $type: (actual, expected) => typeName(actual) === expected,
  $regex: (actual, expected) => matchesText(actual, expected),
  $veq: (actual, expected) => compareVersions(actual, expected) === 0,
  $vne: (actual, expected) => compareVersions(actual, expected) !== 0,
  ...ordersBy('$', compareValues),
  ...ordersBy('$v', compareVersions),
};

/** The names that a condition may use, without those that combine conditions. */
export const operatorNames: readonly string[] = Object.keys(operators);

function meetsItem(item: unknown, expected: unknown): boolean {
  if (isQuestion(expected)) return meetsValue(item, expected);
  return isObject(item) && meetsPart(item, expected);
}

function isAmong(actual: unknown, expected: readonly unknown[]): boolean {
  return Array.isArray(actual) ? actual.some((item) => expected.includes(item)) : expected.includes(actual);
}

// As JavaScript compares: two texts by their letters, all else as numbers, so that what is missing counts as zero.
function compareValues(left: unknown, right: unknown): number {
  if (typeof left !== 'string' || typeof right !== 'string') return Number(left) - Number(right);
  return left < right ? -1 : Number(left > right);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function matchesText(actual: unknown, pattern: unknown): boolean {
  return Array.isArray(pattern) && actual !== null && matchesPattern(pattern as Pattern, String(actual));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
