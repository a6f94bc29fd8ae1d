import { expect, test } from 'vitest';
import { followLooks } from '../../../src/statistics/confidence-sequence.js';

const look = (low: number, high: number, p: number) => ({ n: 100, interval: { low, high }, p });

test('all looks together have the smallest p and what their intervals have in common', () => {
  expect(followLooks([look(-3, 5, 1), look(-1, 4, 0.2), look(0, 6, 0.4)])).toEqual({
    p: 0.2,
    interval: { low: 0, high: 4 },
  });
});

test('intervals without anything in common say that the effect has changed', () => {
  expect(followLooks([look(1, 2, 0.01), look(-2, -1, 0.02)])).toEqual({ p: 0.01, interval: null });
});
