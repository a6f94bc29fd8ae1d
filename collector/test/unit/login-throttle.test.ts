import { expect, test } from 'vitest';
import { createLoginThrottle } from '../../src/people/login-throttle.js';

test('passwords are checked one after another, and of a flood of logins twenty wait', async () => {
  const throttle = createLoginThrottle({ now: () => 0 });
  let running = 0;
  let most = 0;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const attempts = Array.from({ length: 30 }, (_, place) =>
    throttle.check({ account: `account-${place}`, address: `203.0.113.${place}` }, async () => {
      running += 1;
      most = Math.max(most, running);
      await opened;
      running -= 1;
      return 'checked';
    }),
  );
  const results = Promise.allSettled(attempts);
  open();
  const settled = await results;
  const refused = settled.filter(({ status }) => status === 'rejected');
  expect({ most, refused: refused.length }).toEqual({ most: 1, refused: 9 });
  expect(refused[0]).toMatchObject({
    reason: { status: 503, code: 'busy', detail: { retryAfterSeconds: 5 } },
  });
});
