import { createCountWindow } from '../access/count-window.js';
import { networkOf } from '../access/network.js';
import { Refusal } from '../refusal.js';
import { createTurnstile } from '../turnstile.js';

/** Who tries a password: for which account, and from where. */
export type Attempt = { account: string; address: string };

export type LoginThrottle = {
  /**
   * Runs a check of a password, one after another: so that nobody can try twice between a look and a count, and that
   * floods take the memory of one.
   *
   * @returns what the check returns; false counts
   * @throws Refusal 429 after too many that failed, 503 where too many wait
   */
  check<Result>(attempt: Attempt, work: () => Promise<Result | false>): Promise<Result | false>;
};

const maxFailures = 5;
const windowMs = 15 * 60_000;
const maxWaiting = 20;
const busySeconds = 5;

/**
 * Five wrong passwords in a quarter of an hour are enough, for an account, known or not, and for an address, an IPv6 /64
 * being one. What is counted is bounded by what is checked, some thousand in the window: far from filling the sketch.
 */
export function createLoginThrottle({ now }: { now: () => number }): LoginThrottle {
  const turn = createTurnstile(() => 1);
  const accounts = createCountWindow({ limit: maxFailures - 1, windowMs, now });
  const addresses = createCountWindow({ limit: maxFailures - 1, windowMs, now });

  function requireQuiet({ account, address }: Attempt): void {
    const retryAfterSeconds = accounts.look(account) ?? addresses.look(networkOf(address));
    if (retryAfterSeconds === undefined) return;
    throw new Refusal(
      429,
      'rate_limited',
      `sign-in: more than ${maxFailures} wrong passwords in 15 minutes`,
      {
        expected: `at most ${maxFailures} in 15 minutes, for an account and from an address`,
        retryAfterSeconds,
      },
    );
  }

  return {
    async check(attempt, work) {
      requireQuiet(attempt);
      if (turn.waiting() >= maxWaiting)
        throw new Refusal(503, 'busy', 'sign-in: too many at once', { retryAfterSeconds: busySeconds });
      return turn.take(async () => {
        requireQuiet(attempt); // those ahead may have failed
        const result = await work();
        if (result === false) {
          accounts.take(attempt.account, 1);
          addresses.take(networkOf(attempt.address), 1);
        }
        return result;
      });
    },
  };
}
