import type { Store } from './store.js';

/** Longer than a request may take, so that a lease outlives the work of a live tab. */
const leaseMs = 30_000;

/** The name under which the end of a lease is stored. */
const lease = 'sender';

type Work = () => Promise<void>;

/**
 * Runs the work in one tab of the site at a time. A lock is held during the work only: a page that holds one
 * cannot enter the back/forward cache (https://web.dev/articles/bfcache). This saves requests and is no guarantee:
 * a tab of another process sees what was removed from localStorage a moment later. The ids are the guarantee.
 */
export async function exclusively(store: Store, prefix: string, work: Work): Promise<void> {
  // Web Locks exist in secure contexts only, and are refused where storage is.
  if (navigator.locks && store.isShared) return navigator.locks.request(prefix, work);
  const leftMs = Number(store.get(lease)) - Date.now();
  // Beyond the length of a lease the clock was set back since it began.
  if (leftMs > 0 && leftMs <= leaseMs) return;
  store.set(lease, `${Date.now() + leaseMs}`);
  await work().finally(() => store.remove(lease));
}
