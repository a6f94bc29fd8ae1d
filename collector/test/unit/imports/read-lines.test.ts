import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openLog } from '../../../src/imports/open-log.js';
import { maxLineBytes, type RawLine, readLines } from '../../../src/imports/read-lines.js';

async function read(chunks: Iterable<Uint8Array>): Promise<RawLine[]> {
  const source = await openLog('-', { stdin: Readable.from(chunks), signal: new AbortController().signal });
  const lines: RawLine[] = [];
  for await (const line of readLines(source)) lines.push(line);
  expect(source.failure()).toBeUndefined();
  return lines;
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

test('lines have their numbers, also behind blank ones, with \\r\\n and without an end', async () => {
  expect(await read([Buffer.from('a\r\n\n\nb\nc')])).toEqual([
    { number: 1, text: 'a' },
    { number: 4, text: 'b' },
    { number: 5, text: 'c' },
  ]);
});

test('lines do not depend on how the bytes arrive, plain or in gzip', async () => {
  const bytes = fc
    .array(fc.constantFrom('é', '\n', 'x', ' ', '"', '\r\n', '日本'), { maxLength: 80 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 20 }), fc.boolean(), async (text, size, isPacked) => {
      const file = isPacked ? gzipSync(text) : Buffer.from(text);
      const expected = text
        .split(/\r?\n/)
        .flatMap((line, i) => (line === '' ? [] : [{ number: i + 1, text: line }]));
      expect(await read(cut(file, size))).toEqual(expected);
    }),
  );
});

test('gzip members that follow each other, as log rotation by cat makes them, are one log', async () => {
  expect(await read([gzipSync('a\n'), gzipSync('b\n')])).toMatchObject([{ text: 'a' }, { text: 'b' }]);
});

test('a line of more than 64 KiB has a number and no text, and the next one is whole', async () => {
  const longest = Buffer.from(`${'x'.repeat(maxLineBytes)}\n${'y'.repeat(maxLineBytes + 1)}\nz\n`);
  const lines = await read(cut(longest, 10_000));
  expect(lines.map(({ number, text }) => [number, text?.length])).toEqual([
    [1, maxLineBytes],
    [2, undefined],
    [3, 1],
  ]);
});

test('gzip that ends early gives the lines before its end, and says so', async () => {
  const whole = gzipSync(Array.from({ length: 20_000 }, (_, i) => `line ${Math.sin(i)}\n`).join(''));
  const stdin = Readable.from([whole.subarray(0, whole.length / 2)]);
  const source = await openLog('-', { stdin, signal: new AbortController().signal });
  const lines: RawLine[] = [];
  for await (const line of readLines(source)) lines.push(line);
  expect(lines.length).toBeGreaterThan(5_000);
  expect(lines.every(({ number, text }) => text === `line ${Math.sin(number - 1)}`)).toBe(true);
  expect(source.failure()).toBe('damaged gzip data (unexpected end of file)');
});

test('a stop ends the lines, and the one under way is dropped', async () => {
  const stopping = new AbortController();
  const stdin = new Readable({ read() {} });
  stdin.push('a\nb');
  const source = await openLog('-', { stdin, signal: stopping.signal });
  const lines: RawLine[] = [];
  for await (const line of readLines(source)) {
    lines.push(line);
    stopping.abort();
  }
  expect(lines).toEqual([{ number: 1, text: 'a' }]);
  expect(source.failure()).toBe('stopped');
});
