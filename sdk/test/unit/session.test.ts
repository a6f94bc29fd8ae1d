import { expect, it } from 'vitest';
import { sessionAt } from '../../src/session.js';
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

it('is neither prolonged nor started by what is passive', () => {
  const store = openStore('p.', false);
  const id = sessionAt(store, 1.7e12);
  expect(sessionAt(store, 1.7e12 + 20 * minute, 'engagement')).toBe(id);
  expect(sessionAt(store, 1.7e12 + 40 * minute, 'web_vital')).toBe(id);
  expect(sessionAt(store, 1.7e12 + 40 * minute, 'click')).not.toBe(id);
});
