import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compilePattern } from '../../src/compile-pattern.js';
import { matchesPattern } from '../../src/pattern.js';

function matches(source: string, text: string): boolean {
  // Through JSON, as it travels to browsers.
  return matchesPattern(JSON.parse(JSON.stringify(compilePattern(source))), text);
}

const atoms = [
  'a',
  'b',
  '.',
  '\\d',
  '\\w',
  '\\W',
  '[ab]',
  '[^a]',
  '[a-c1]',
  '\\b',
  '^',
  '$',
  '\\x61',
  '\\.',
  'é',
];
const quantified = fc
  .tuple(fc.constantFrom(...atoms), fc.constantFrom('', '*', '+', '?', '{2}', '{1,}', '{0,2}', '*?'))
  .map(([atom, times]) => (/^(\^|\$|\\b)$/.test(atom) ? atom : atom + times));
const source = fc.letrec<{ source: string }>((tie) => ({
  source: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    quantified,
    fc.tuple(tie('source'), tie('source')).map(([left, right]) => left + right),
    fc.tuple(tie('source'), tie('source')).map(([left, right]) => `(?:${left}|${right})`),
    fc
      .tuple(tie('source'), fc.constantFrom('', '*', '+', '?', '{2}'))
      .map(([inner, times]) => `(${inner})${times}`),
  ),
})).source;
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '.', '\n', 'é'), maxLength: 12 });

test('matches what RegExp matches', () => {
  fc.assert(
    fc.property(source, text, (pattern, subject) => {
      expect(matches(pattern, subject)).toBe(new RegExp(pattern).test(subject));
    }),
    { numRuns: 2_000, seed: 20_261_120 },
  );
});

describe('patterns that make others backtrack take as many steps as their length allows', () => {
  test.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(.*)*x',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    'a*a*a*a*a*a*a*a*b',
    '(a?){40}a{40}',
  ])('%s', (pattern) => {
    expect(matches(pattern, `${'a'.repeat(1_000)}!`)).toBe(/40/.test(pattern));
  });
});

it.each([
  ['a(b', 'expected ) at character 4'],
  ['a)b', 'unexpected ) at character 2'],
  ['[ab', 'expected ] at character 4'],
  ['*a', 'nothing to repeat at character 1'],
  ['a**', 'nothing to repeat at character 3'],
  ['(?<!a)b', 'look-around is not supported at character 3'],
  ['\\k<name>', '\\k is not supported at character 3'],
  ['\\p{L}', '\\p is not supported at character 3'],
  ['[z-a]', 'expected a range of characters in order at character 5'],
  ['a{3,2}', 'expected 0 to 200 repeats in order at character 7'],
  ['(a{100}){100}', 'too long a pattern at character 14'],
])('%s is refused: %s', (pattern, message) => {
  expect(() => compilePattern(pattern)).toThrow(message);
});
