import type { Tracker } from '../options.js';

type Type = string | undefined;

export type ErrorRate = {
  /** True where there were too many of the type a moment ago; counts one more. */
  isStormy(type: Type): boolean;
  /** True where one more of the type may be sent; else it is counted. */
  take(type: Type): boolean;
  /** Hands over the count. */
  flush(): void;
};

const burst = 10;
const refillMs = 10_000;
const maxTypes = 10;

/**
 * Lets ten errors of a type pass and then one in ten seconds: a bucket of tokens for each type, so that a storm of one
 * does not hide another. Of a bucket it is enough to know when it will be full again.
 */
export function createErrorRate({ drop, guard }: Tracker): ErrorRate {
  const fullAt = new Map<Type, number>();
  const stormy = new Set<Type>();
  let count = 0;

  function flush(): void {
    if (count) drop('error_rate', count);
    count = 0;
    stormy.clear();
  }

  function take(type: Type): boolean {
    const key = fullAt.size < maxTypes || fullAt.has(type) ? type : undefined;
    const now = performance.now();
    const at = Math.max(now, fullAt.get(key) ?? 0) + refillMs;
    if (at - now <= burst * refillMs) return !!fullAt.set(key, at);
    // A storm lasts until the next task; till then nobody looks at the clock.
    if (!count++) setTimeout(guard(flush));
    stormy.add(type);
    return false;
  }

  return { isStormy: (type) => stormy.has(type) && ++count > 0, take, flush };
}
