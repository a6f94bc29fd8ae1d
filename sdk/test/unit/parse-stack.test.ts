import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseStack } from '../../src/capture/parse-stack.js';

type Expected = { i?: number; func: string | null; file: string; line: number | null; col: number | null };
type Case = {
  title: string;
  stack: string;
  count: number | null;
  frames: Expected[];
  others: Omit<Case, 'title' | 'stack'>[];
};
type Captured = { group: string; browser: string; release: string; stack: string; frames: Expected[] };

function read<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`../fixtures/stacks/${name}`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

/** Browsers that nobody uses any more, engines that are no browsers, and names that we keep as the browser says them. */
const otherwise = [
  /Firefox 7 error/,
  /eval frames in Firefox 66/,
  /React Native errors on Android Hermes/,
  /SecurityError/,
  /safari-web-extension/,
];

function framesOf(stack: string): Expected[] {
  return parseStack(stack).map(({ name, file, place }) => {
    const [, line, col] = place.split(':');
    return { func: name || null, file, line: line ? Number(line) : null, col: col ? Number(col) : null };
  });
}

function fits(frames: Expected[], { count, frames: expected }: Pick<Case, 'count' | 'frames'>): boolean {
  const isSame = ({ func, file, line, col }: Expected, at: Expected | undefined) =>
    at !== undefined &&
    at.func === func &&
    at.file === file &&
    (line ?? at.line) === at.line &&
    (col ?? at.col) === at.col;
  return (
    (count === null || count === frames.length) &&
    expected.every((frame, index) => isSame(frame, frames[frame.i ?? index]))
  );
}

for (const { title, stack, count, frames, others } of read<Case>('parse-cases.jsonl')) {
  const isOther = otherwise.some((pattern) => pattern.test(title));
  it(`${title}${isOther ? ': not like the others, but without throwing' : ''}`, () => {
    const parsed = framesOf(stack);
    if (isOther) return expect(parsed.length).toBeGreaterThan(0);
    expect(
      [{ count, frames }, ...others].some((expected) => fits(parsed, expected)),
      JSON.stringify(parsed),
    ).toBe(true);
  });
}

/** What eval runs is an own call, which the list of plain calls leaves out. */
const isEval = (line: string) => /eval at | > (eval|Function)/.test(line);

it('reads every stack that Chromium and Firefox of today make', () => {
  const stacks = read<Captured>('captured.jsonl');
  expect(stacks.length).toBeGreaterThan(60);
  for (const { group, browser, release, stack, frames } of stacks) {
    const plain = stack
      .split('\n')
      .filter((line) => !isEval(line))
      .join('\n');
    const parsed = framesOf(plain).slice(0, frames.length);
    expect(parsed, `${group} ${browser} ${release}`).toEqual(frames.slice(0, 50));
  }
});
