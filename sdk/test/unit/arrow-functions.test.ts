import { parseAst } from 'rollup/parseAst';
import { expect, it } from 'vitest';
import { arrowFunctions } from '../../arrow-functions.js';

const rewrite = (code: string) => arrowFunctions().renderChunk.call({ parse: parseAst }, code);

it('writes declarations as arrows, also within functions', () => {
  expect(
    rewrite('async function load(url, { ms = 1 } = {}) { function soon() { return url; } return soon; }'),
  ).toBe(
    'const load = async (url, { ms = 1 } = {}) => { const soon = () => { return url; }; return soon; };',
  );
});

/** The names of the functions that have to stay declarations, since the arrow would be asked for before it is there. */
const cases: [why: string, code: string, kept: string[]][] = [
  ['called above', 'early(); function early() {} function late() {}', ['early']],
  [
    'called by one that is called above',
    'a(); function a() { b(); } function b() { c(); } function c() {}',
    ['a', 'b', 'c'],
  ],
  ['called by an arrow that is called above', 'const a = () => b(); a(); function b() {}', ['b']],
  ['handed to a call above', 'listen(() => heard()); function heard() {}', ['heard']],
  ['named in a table above', 'const table = { late }; function late() {}', ['late']],
  ['named by an arrow of a table above', 'const table = { late: () => late() }; function late() {}', []],
  ['of the name of a property above', 'const found = options.find(1); function find() {}', []],
  ['called below', 'function early() {} early();', []],
  ['with a this of its own', 'function own() { return this; }', ['own']],
  ['with arguments of its own', 'function own() { return [() => arguments]; }', ['own']],
  ['around a function with a this', 'function outer() { return function () { return this; }; }', []],
  ['a generator', 'function* steps() {}', ['steps']],
];

it.each(cases)('decides about a function %s', (_why, code, kept) => {
  const names = [...rewrite(code).matchAll(/function\*? (\w+)/g)].map(([, name]) => name);
  expect(names).toEqual(kept);
});
