import { createStore, useStore } from '../state/store.js';

const reloads = createStore(0);

/** Has everything on the page asked again. */
export function reloadAll(): void {
  reloads.set(reloads.get() + 1);
}

/** Changes with every reload. */
export function useReloads(): number {
  return useStore(reloads);
}
