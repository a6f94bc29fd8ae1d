import { expect } from 'vitest';

/** Fails unless both agree to `relative`, or to `absolute` where the expected value is next to zero. */
export function expectClose(
  actual: number,
  expected: number,
  { relative = 1e-10, absolute = 1e-300, of = '' } = {},
) {
  const distance = Math.abs(actual - expected);
  const isClose = actual === expected || distance <= Math.max(absolute, relative * Math.abs(expected));
  expect(isClose, `${of} expected ${expected}, got ${actual}`).toBe(true);
}
