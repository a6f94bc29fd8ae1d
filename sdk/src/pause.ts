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

/** Beyond it the clock was set back since the wait began. */
const maxWaitMs = 86_400_000;

/** The name under which the end of the wait is stored. */
const until = 'wait';

/** The wait after a failure. It is stored, so that all tabs of the site respect an outage together. */
export function createPause(store: Store): Pause {
  let failures = 0;
  let networkFailed = false;

  function end(): void {
    failures = 0;
    store.remove(until);
  }

  return {
    remainingMs() {
      const ms = Number(store.get(until)) - Date.now();
      return ms > 0 && ms <= maxWaitMs ? ms : 0;
    },
    isRetry: () => failures > 0,
    begin({ status, retryAfterMs }) {
      failures++;
      const ms = Math.min(retryAfterMs ?? backoffMs(failures, Math.random()), maxWaitMs);
      networkFailed = !status;
      store.set(until, `${Date.now() + ms}`);
      return ms;
    },
    end,
    networkIsBack() {
      if (networkFailed) end();
    },
  };
}
