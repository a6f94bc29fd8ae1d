import { expect, it } from 'vitest';
import { createPause } from '../../src/pause.js';
import { openStore } from '../../src/store.js';

function setUp() {
  const store = openStore('p.', false);
  return { store, pause: createPause(store), otherTab: createPause(store) };
}

it('is kept by all tabs', () => {
  const { pause, otherTab } = setUp();
  pause.begin({ status: 429, retryAfterMs: 60_000 });
  expect(otherTab.remainingMs()).toBeGreaterThan(59_000);
  expect([pause.isRetry(), otherTab.isRetry()]).toEqual([true, false]);
  pause.end();
  expect(otherTab.remainingMs()).toBe(0);
});

it('ends when the network is back only if the network was the reason', () => {
  const { pause } = setUp();
  pause.begin({ status: 503, retryAfterMs: 60_000 });
  pause.networkIsBack();
  expect(pause.remainingMs()).toBeGreaterThan(0);
  pause.begin({ status: 0 });
  pause.networkIsBack();
  expect(pause.remainingMs()).toBe(0);
});

it('waits a day at most, whatever it is told', () => {
  const { pause } = setUp();
  pause.begin({ status: 503, retryAfterMs: 1e12 });
  expect(pause.remainingMs()).toBeGreaterThan(86_000_000);
  expect(pause.remainingMs()).toBeLessThanOrEqual(86_400_000);
});

it('does not believe a wait of more than a day, or one that is no number', () => {
  const { store, pause } = setUp();
  for (const damaged of [String(Date.now() + 90_000_000), 'soon']) {
    store.set('wait', damaged);
    expect(pause.remainingMs()).toBe(0);
  }
});
