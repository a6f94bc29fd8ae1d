import { expect, test } from 'vitest';
import { createCountWindow } from '../../src/access/count-window.js';
import { isPublic, networkOf } from '../../src/access/network.js';

test('a flood of addresses takes no memory, and none of them is taken for another', () => {
  const window = createCountWindow({ limit: 20, now: () => 0 });
  const addresses = Array.from(
    { length: 100_000 },
    (_, at) => `2001:db8:${(at >> 16).toString(16)}:${(at & 0xffff).toString(16)}`,
  );
  window.take('first', 1);
  global.gc?.();
  const before = process.memoryUsage().rss;
  const refused = addresses.filter((address) => window.take(address, 1) !== undefined);
  expect(refused).toEqual([]);
  expect(process.memoryUsage().rss - before).toBeLessThan(50 << 20);
});

test('over the limit there is a wait until the minute ends, and then none', () => {
  let now = 1_000;
  const window = createCountWindow({ limit: 10, now: () => now });
  expect(window.take('a', 10)).toBeUndefined();
  now += 15_000;
  expect(window.take('a', 1)).toBe(45);
  expect(window.look('a')).toBe(45);
  expect(window.take('b', 1)).toBeUndefined();
  now += 45_000;
  expect(window.look('a')).toBeUndefined();
  expect(window.take('a', 10)).toBeUndefined();
});

test('a limit of 0 is none', () => {
  expect(createCountWindow({ limit: 0, now: () => 0 }).take('a', 1e9)).toBeUndefined();
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ['203.0.113.9', true],
  ['2001:db8::1', true],
  ['127.0.0.1', false],
  ['192.168.1.2', false],
  ['fd00::1', false],
  ['', false],
])('whether %s is of the public internet: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected);
});
