import type { Answer } from './post.js';
import { backoffMs } from './retry.js';
import type { Store } from './store.js';

export type Pause = {
  remainingMs(): number;
  /** True after a failure, until a batch arrives. */
  isRetry(): boolean;
  begin(answer: Answer): void;
  end(): void;
  /** Ends a wait for the network; one that the collector asked for stays. */
  networkIsBack(): void;
};

const dayMs = 86_400_000;

/** The wait after a failure. It is stored, so that all tabs of the site respect an outage together. */
export function createPause(store: Store, key: string): Pause {
  let failures = 0;
  let networkFailed = false;

  /** Beyond a day the clock was set back since the wait began. */
  function remainingMs(): number {
    const ms = Number(store.get(key)) - Date.now();
    return ms > 0 && ms < dayMs ? ms : 0;
  }

  function begin({ status, retryAfterMs }: Answer): void {
    failures += 1;
    networkFailed = status === 0;
    store.set(key, String(Date.now() + (retryAfterMs ?? backoffMs(failures, Math.random()))));
  }

  function end(): void {
    failures = 0;
    store.remove(key);
  }

  function networkIsBack(): void {
    if (networkFailed) store.remove(key);
  }

  return { remainingMs, isRetry: () => failures > 0, begin, end, networkIsBack };
}
