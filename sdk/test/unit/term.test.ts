import { expect, it } from 'vitest';
import { openStore } from '../../src/store.js';
import { beginTerm, msLeftOf } from '../../src/term.js';

const wait = { name: 'wait', maxMs: 86_400_000 };

it('lasts as long as it is told, for all tabs', () => {
  const store = openStore('p.', false);
  expect(beginTerm(store, wait, 60_000)).toBe(60_000);
  expect(msLeftOf(store, wait)).toBeGreaterThan(0);
  expect(msLeftOf(store, wait)).toBeLessThanOrEqual(60_000);
});

it('lasts a day at most, whatever it is told, and as long as it may where it is told nothing', () => {
  for (const ms of [1e12, undefined]) expect(beginTerm(openStore('p.', false), wait, ms)).toBe(86_400_000);
});

it('is over where what is stored lies beyond its maximum, or is no number, or is not there', () => {
  const store = openStore('p.', false);
  for (const damaged of [String(Date.now() + 90_000_000), 'soon', '']) {
    store.set('wait', damaged);
    expect(msLeftOf(store, wait)).toBe(0);
  }
});
