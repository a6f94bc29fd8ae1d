import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSpool, type Spool } from '../../../src/spool/open-spool.js';
import { decodeRecords, encodeRecord } from '../../../src/spool/record.js';

let directory: string;
let clock = 0;
let opened: Spool[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'footfall-spool-'));
});
afterEach(async () => {
  for (const spool of opened) await spool.close();
  opened = [];
  await rm(directory, { recursive: true });
});

async function open(maxBytes = 1 << 20): Promise<Spool> {
  clock += 1;
  const createdAt = clock;
  const spool = await openSpool({ directory, maxBytes, now: () => createdAt, log: () => {} });
  opened.push(spool);
  return spool;
}

/** Takes everything out of a spool, in its order. */
async function empty(spool: Spool): Promise<string[]> {
  const all: string[] = [];
  for (let segment = await spool.takeOldest(); segment; segment = await spool.takeOldest()) {
    all.push(...decodeRecords(await readFile(segment.path)).whole);
    await rm(segment.path);
  }
  return all;
}

test('records come out in the order in which they went in, over a restart as well', async () => {
  const first = await open();
  await Promise.all(['1', '2', '3'].map((json) => first.append(encodeRecord(json))));
  await first.append(encodeRecord('4'));
  await first.close();
  const second = await open();
  await second.append(encodeRecord('5'));
  expect(await empty(second)).toEqual(['1', '2', '3', '4', '5']);
  expect(await second.measure()).toEqual({ bytes: 0, oldestAt: undefined });
});

test('what is written after another took the segment goes into a new one', async () => {
  const writer = await open();
  const reader = await open();
  await writer.append(encodeRecord('1'));
  const taken = await reader.takeOldest();
  await writer.append(encodeRecord('2'));
  await rm(taken?.path ?? '');
  expect(await empty(reader)).toEqual(['2']);
});

test('above the quota a record is refused, a smaller one behind it is not, and nothing is evicted', async () => {
  const spool = await open(1000);
  const large = encodeRecord(JSON.stringify('x'.repeat(600)));
  const results = await Promise.allSettled(
    [large, large, encodeRecord('1')].map((record) => spool.append(record)),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await expect(spool.append(large)).rejects.toMatchObject({ status: 503, code: 'spool_full' });
  // They may lie in two segments of one millisecond, which have no order.
  expect((await empty(spool)).toSorted()).toEqual([JSON.stringify('x'.repeat(600)), '1'].toSorted());
  await spool.append(large);
});

test('only its owner may look into it, and other files in it are left alone', async () => {
  await writeFile(join(directory, 'notes.txt'), '');
  const spool = await open();
  await spool.append(encodeRecord('1'));
  const files = await readdir(directory);
  const segment = files.find((name) => name.endsWith('.spool')) ?? '';
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, segment))).mode & 0o777).toBe(0o600);
  expect(await empty(spool)).toEqual(['1']);
  expect((await readdir(directory)).sort()).toEqual(['notes.txt', 'reserve']);
});

test('the reserve holds real space, until it is released', async () => {
  const spool = await open(1 << 20);
  const { size, blocks } = await stat(join(directory, 'reserve'));
  expect(size).toBe((1 << 20) / 16);
  expect(blocks * 512).toBeGreaterThanOrEqual(size);
  await spool.reserve.release();
  expect(await readdir(directory)).toEqual([]);
  await spool.reserve.fill();
  expect(await readdir(directory)).toEqual(['reserve']);
});
