import { describe, expect, it, test } from 'vitest';
import { compileCondition } from '../../src/compile-condition.js';
import { type Attributes, type Condition, meetsCondition } from '../../src/condition.js';
import { conditionSchema } from '../../src/experiment.js';
import { compareVersions } from '../../src/version-order.js';
import { readLines } from './read-lines.js';

const cases = readLines('growthbook/conditions.jsonl') as [string, Condition, Attributes, boolean][];

describe('conditions agree with a peer', () => {
  test.each(cases)('%s', (_, condition, attributes, expected) => {
    expect(meetsCondition(attributes, compileCondition(condition))).toBe(expected);
  });
});

describe('versions are ordered as a peer does', () => {
  const signs: Record<string, number> = { lt: -1, eq: 0, gt: 1 };
  test.each(readLines('growthbook/versions.jsonl') as [string, string, string][])(
    '%s and %s: %s',
    (left, right, order) => {
      expect(Math.sign(compareVersions(left, right))).toBe(signs[order]);
    },
  );
});

it('asks own properties only', () => {
  expect(meetsCondition({}, { constructor: { $exists: true } })).toBe(false);
  expect(meetsCondition({}, { '__proto__.x': { $exists: true } })).toBe(false);
});

it.each([
  [{ country: { $inn: ['DE'] } }, 'country.$inn', /^expected an operator like \$eq/],
  [{ country: { $in: 'DE' } }, 'country.$in', /^expected a list of values/],
  [{ $or: { country: 'DE' } }, '$or', /^expected a list of conditions/],
  [
    { name: { $regex: '(a)\\1' } },
    'name.$regex',
    /without back references.*\\1 is not supported at character/,
  ],
  [{ name: { $regex: '(?=a)b' } }, 'name.$regex', /look-around is not supported at character/],
  [{ name: { $regex: 'a'.repeat(201) } }, 'name.$regex', /at most 200 characters/],
  [{ a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } }, 'a.b.c.d.e.f.g.h', /at most 8 levels/],
  [{ id: { $in: Array.from({ length: 1_001 }, (_, n) => n) } }, 'id.$in', /at most 1000 values/],
])('a malformed condition is refused where it is wrong: %#', (condition, path, message) => {
  const { error } = conditionSchema.safeParse(condition);
  expect(error?.issues[0]?.path.join('.')).toBe(path);
  expect(error?.issues[0]?.message).toMatch(message);
});
