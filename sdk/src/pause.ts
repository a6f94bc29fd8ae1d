import type { Answer } from './post.js';
import { backoffMs } from './retry.js';
import type { Store } from './store.js';

export type Pause = {
  remainingMs(): number;
  /** True after a failure, until a batch arrives. */
  isRetry(): boolean;
  /** Returns the milliseconds to wait. */
  begin(answer: Answer): number;
  end(): void;
  /** Ends a wait for the network; one that the collector asked for stays. */
  networkIsBack(): void;
};

const dayMs = 86_400_000;

/** The wait after a failure. It is stored, so that all tabs of the site respect an outage together. */
export function createPause(store: Store, key: string): Pause {
  let failures = 0;
  let networkFailed = false;

  function end(): void {
    failures = 0;
    store.remove(key);
  }

  return {
    /** Beyond a day the clock was set back since the wait began. */
    remainingMs() {
      const ms = Number(store.get(key)) - Date.now();
      return ms > 0 && ms < dayMs ? ms : 0;
    },
    isRetry: () => failures > 0,
    begin({ status, retryAfterMs }) {
      failures++;
      const ms = retryAfterMs ?? backoffMs(failures, Math.random());
      networkFailed = !status;
      store.set(key, `${Date.now() + ms}`);
      return ms;
    },
    end,
    networkIsBack() {
      if (networkFailed) end();
    },
  };
}
