import { describe, expect, it } from 'vitest';
import { backoffMs, delivered, halve, judge, later, refused, retryAfterMs, stop } from '../../src/retry.js';

describe('judge', () => {
  it.each([
    [200, delivered],
    [400, refused],
    [405, refused],
    [415, refused],
    [431, refused],
    [401, stop],
    [403, stop],
    [408, halve],
    [413, halve],
    [429, later],
    [500, later],
    [503, later],
    [0, later],
    [204, later],
  ])('takes %i for %s', (status, verdict) => {
    expect(judge(status, 2)).toBe(verdict);
  });

  it('cannot halve a single event: too slow is tried again, too large is final', () => {
    expect(judge(408, 1)).toBe(later);
    expect(judge(413, 1)).toBe(refused);
  });
});

it('waits longer after each failure, at least 3 s and at most 5 min', () => {
  expect(backoffMs(1, 0)).toBe(3000);
  expect(backoffMs(1, 1)).toBe(6000);
  expect(backoffMs(3, 1)).toBe(24_000);
  expect(backoffMs(50, 1)).toBe(300_000);
});

it('reads Retry-After as seconds or as a date', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(retryAfterMs('3', now)).toBe(3000);
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:07 GMT', now)).toBe(7000);
  expect(retryAfterMs('soon', now)).toBeUndefined();
  expect(retryAfterMs('', now)).toBeUndefined();
});
