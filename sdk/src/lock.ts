import type { Store } from './store.js';

/** Longer than a request may take, so that a lease outlives the work of a live tab. */
const leaseMs = 30_000;

type Work = () => Promise<void>;

/**
 * Runs the work in one tab of the site at a time. A lock is held during the work only: a page that holds one
 * cannot enter the back/forward cache (https://web.dev/articles/bfcache). This saves requests and is no guarantee:
 * a tab of another process sees what was removed from localStorage a moment later. The ids are the guarantee.
 */
export async function exclusively(store: Store, key: string, tab: string, work: Work): Promise<void> {
  // Web Locks exist in secure contexts only, and are refused to opaque origins.
  if (navigator.locks && origin !== 'null') return navigator.locks.request(key, work);
  const [owner, until] = (store.get(key) ?? '').split(' ');
  if (owner !== tab && Number(until) > Date.now()) return;
  store.set(key, `${tab} ${Date.now() + leaseMs}`);
  await work().finally(() => store.remove(key));
}
