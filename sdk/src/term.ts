import type { Store } from './store.js';

/** A length of time whose end is stored under a name, so that all tabs of the site know it. */
export type Term = { name: string; maxMs: number };

/** Begins it anew, and returns how long it lasts. */
export function beginTerm(store: Store, { name, maxMs }: Term, ms = maxMs): number {
  const length = Math.min(ms, maxMs);
  store.set(name, `${Date.now() + length}`);
  return length;
}

/** 0 where it is over. Beyond its maximum the clock was set back since it began. */
export function msLeftOf(store: Store, { name, maxMs }: Term): number {
  const ms = Number(store.get(name)) - Date.now();
  return ms > 0 && ms <= maxMs ? ms : 0;
}
