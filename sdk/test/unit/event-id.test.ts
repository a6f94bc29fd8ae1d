import { isUuidv7, timeOfUuidv7 } from '@footfall/schema/ids';
import { expect, it } from 'vitest';
import { nextId } from '../../src/event-id.js';

it('gives UUIDv7 of the time that sort in the order in which they were asked for', () => {
  const now = Date.now();
  const ids = Array.from({ length: 10_000 }, (_, n) => nextId(now + Math.floor(n / 6000)));
  expect(ids.every(isUuidv7)).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(timeOfUuidv7(ids[0] ?? '')).toBe(now);
});

it('follows a clock that is set back', () => {
  const now = Date.now();
  nextId(now + 3_600_000);
  expect(timeOfUuidv7(nextId(now))).toBe(now);
});
