import { expect, it } from 'vitest';
import { lastSession, sessionAt } from '../../src/session.js';
import { openStore } from '../../src/store.js';

const minute = 60_000;

function sessionsAt(minutes: number[]): string[] {
  const store = openStore('p.', false);
  return minutes.map((at) => sessionAt(store, 1.7e12 + at * minute));
}

it('lasts while no gap exceeds 30 minutes', () => {
  expect(new Set(sessionsAt([0, 30, 60, 90])).size).toBe(1);
  expect(new Set(sessionsAt([0, 31])).size).toBe(2);
});

it('ends after 24 hours of activity', () => {
  const everyQuarter = Array.from({ length: 97 }, (_, n) => n * 15);
  expect(new Set(sessionsAt(everyQuarter)).size).toBe(2);
});

it('is not touched by asking which one was last', () => {
  const store = openStore('p.', false);
  expect(lastSession(store)).toBeFalsy();
  const id = sessionAt(store, 1.7e12);
  expect(lastSession(store)).toBe(id);
  expect(sessionAt(store, 1.7e12 + 31 * minute)).not.toBe(id);
});
