import { expect, test } from 'vitest';
import { createKeyCache, type Held } from '../../../src/access/key-cache.js';

function openCache(loaded: [string, Held<string>][]) {
  const state = { nowMs: 0, isUp: true, stored: new Map(loaded), looks: 0 };
  const cache = createKeyCache<string>({
    name: 'site',
    look: async (key) => {
      state.looks += 1;
      return state.stored.get(key);
    },
    loaded,
    now: () => state.nowMs,
    availability: { isUp: () => state.isUp, lose: () => {} },
  });
  return { ...cache, state };
}

test('while the database is away a key without an end stays known, and a rotated one ends at its time', async () => {
  const { find, state } = openCache([
    ['plain', { holder: 'a', endsAt: null }],
    ['rotated', { holder: 'a', endsAt: 60_000 }],
  ]);
  state.isUp = false;
  state.nowMs = 59_999;
  expect([await find('plain'), await find('rotated')]).toEqual(['a', 'a']);
  state.nowMs = 60_000;
  expect(await find('plain')).toBe('a');
  await expect(find('rotated')).rejects.toMatchObject({ status: 503 });
  state.isUp = true;
  expect(await find('rotated')).toBeUndefined();
});

test('an end that comes within the five seconds of an answer is not waited for', async () => {
  const { find, state } = openCache([['rotated', { holder: 'a', endsAt: 1_000 }]]);
  expect(await find('rotated')).toBe('a');
  state.nowMs = 1_000;
  expect(await find('rotated')).toBeUndefined();
});

test('after a change each key is looked up anew, known or not', async () => {
  const { find, renew, state } = openCache([]);
  expect(await find('new')).toBeUndefined();
  state.stored.set('new', { holder: 'a', endsAt: null });
  expect(await find('new')).toBeUndefined();
  renew();
  expect(await find('new')).toBe('a');
  state.stored.delete('new');
  expect(await find('new')).toBe('a');
  renew();
  expect(await find('new')).toBeUndefined();
  expect(state.looks).toBe(3);
});
