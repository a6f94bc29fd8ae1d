import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseStack } from '../../../src/errors/parse-stack.js';

type Expected = {
  n_frames: number | null;
  frames: { i: number; func: string | null; file: string | null; line: number | null; col: number | null }[];
};
type Case = {
  title: string;
  suite: string;
  input: { stack?: string; stacktrace?: string };
  expect: Expected;
  other_parsers?: { expect: Expected }[];
};

const folder = new URL('../../fixtures/stacks/', import.meta.url);
const cases = readFileSync(new URL('parse-cases.jsonl', folder), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

// The peer leaves out a wrapper of its own.
const wrapped = cases.filter(({ input }) => input.stack?.includes('sentryWrapped'));

test.each(cases.filter((one) => !wrapped.includes(one)))(
  '$suite: $title',
  ({ input, expect: main, ...rest }) => {
    const frames = parseStack(input.stack ?? input.stacktrace ?? '');
    const accepted = [main, ...(rest.other_parsers ?? []).map((other) => other.expect)];
    expect(accepted.map((expected) => differences(frames, expected))).toContainEqual([]);
  },
);

test('a frame of a peer’s wrapper is a frame', () => {
  expect(wrapped).toHaveLength(1);
  const [only] = wrapped;
  const names = parseStack(only?.input.stack ?? '').map(({ func }) => func);
  expect(names).toHaveLength((only?.expect.n_frames ?? 0) + 1);
  expect(names.at(-1)).toBe('sentryWrapped');
});

function differences(
  frames: ReturnType<typeof parseStack>,
  { n_frames, frames: expected }: Expected,
): string[] {
  const count = n_frames === null || n_frames === frames.length ? [] : [`${frames.length} frames`];
  return expected.reduce((found, { i, func, file, line, col }) => {
    const frame = frames[i];
    const wanted = { func, file, line, column: col };
    for (const key of ['func', 'file', 'line', 'column'] as const) {
      if (wanted[key] !== null && wanted[key] !== frame?.[key]) found.push(`${i}.${key}: ${frame?.[key]}`);
    }
    return found;
  }, count);
}

test.each([
  ['the place alone, as the SDK writes frames', '@https://a.example/app.js:1:20', [null, 1, 20]],
  ['a name with a dot and an @', 'Cart.add@https://a.example/@shop/app.js:3:4', ['Cart.add', 3, 4]],
  ['a data URL', 'at f (data:text/javascript,throw 1:1:2)', ['f', null, null]],
])('%s', (_, stack, [func, line, column]) => {
  expect(parseStack(stack)).toMatchObject([{ func, line, column }]);
});

test('a message of many lines holds no frames, and a hundred frames are enough', () => {
  const endless = 'at f (https://a.example/app.js:1:2)\n'.repeat(500);
  expect(parseStack(`Error: first line\nsecond line: 12:13\n${endless}`)).toHaveLength(100);
});
