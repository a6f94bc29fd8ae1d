import { expect, it } from 'vitest';
import { sessionOf } from '../../src/session.js';
import { openStore, type Store } from '../../src/store.js';

const minute = 60_000;

function sessionAt(store: Store, minutes: number, type: 'identify' | 'engagement' = 'identify'): string {
  return sessionOf(store, { ts: 1.7e12 + minutes * minute, type });
}

function sessionsAt(minutes: number[]): string[] {
  const store = openStore('p.', false);
  return minutes.map((at) => sessionAt(store, at));
}

it('lasts while no gap exceeds 30 minutes', () => {
  expect(new Set(sessionsAt([0, 30, 60, 90])).size).toBe(1);
  expect(new Set(sessionsAt([0, 31])).size).toBe(2);
});

it('ends after 24 hours of activity', () => {
  const everyQuarter = Array.from({ length: 97 }, (_, n) => n * 15);
  expect(new Set(sessionsAt(everyQuarter)).size).toBe(2);
});

it('ends where the clock was set back to before its start', () => {
  expect(new Set(sessionsAt([10, 5])).size).toBe(2);
});

it('is neither ended nor prolonged by what tells of the time before', () => {
  const store = openStore('p.', false);
  const id = sessionAt(store, 0);
  expect(sessionAt(store, 29, 'engagement')).toBe(id);
  expect(sessionAt(store, 90, 'engagement')).toBe(id);
  expect(sessionAt(store, 31)).not.toBe(id);
});
