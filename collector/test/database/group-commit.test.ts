import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PendingEvent } from '../../src/ingest/event-row.js';
import { createCommitter, type Submission, type Written } from '../../src/ingest/group-commit.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;

beforeAll(async () => {
  // A test takes locks on tables that the jobs want.
  collector = await startTestCollector({ keepsJobs: false });
});
afterAll(() => collector.stop());

const pageview = () => ({ id: newId(), type: 'pageview', ts: Date.now(), url: 'https://a.example/' });

async function sendOne(): Promise<string> {
  const event = pageview();
  const { status, body } = await collector.send({ sentAt: Date.now(), events: [event] });
  expect({ status, body }).toMatchObject({ status: 200, body: { accepted: 1 } });
  return event.id;
}

test('requests that come together share transactions', async () => {
  const ids = await Promise.all(Array.from({ length: 200 }, sendOne));
  const [row] = await collector.query<{ stored: number; transactions: number }>(
    `select count(*) as stored, count(distinct xmin::text) as transactions from footfall.events
     where event_id = any($1::uuid[])`,
    [ids],
  );
  expect(row?.stored).toBe(200);
  expect(row?.transactions).toBeLessThan(100);
});

test('what the server takes back for a passing reason is tried again before anybody hears of it', async () => {
  // A sequence does not roll back: it counts the attempts.
  await collector.query(`
    create sequence footfall.attempts;
    create function footfall.fail_twice() returns trigger language plpgsql security definer as $$
    begin
      if nextval('footfall.attempts') <= 2 then
        raise exception 'could not serialize' using errcode = '40001';
      end if;
      return new;
    end $$;
    create trigger fail_twice before insert on footfall.events
      for each row execute function footfall.fail_twice()`);
  const id = await sendOne();
  await collector.query(`
    drop trigger fail_twice on footfall.events;
    drop function footfall.fail_twice;`);
  const rows = await collector.query(
    'select (select last_value from footfall.attempts) as attempts from footfall.events where event_id = $1',
    [id],
  );
  expect(rows).toEqual([{ attempts: 3 }]);
  expect(collector.logged).toEqual([]);
});

/** A committer whose flushes end when the test says so. */
function heldCommitter() {
  const flushes: { batch: Submission[]; end(): void }[] = [];
  const committer = createCommitter(
    (batch) =>
      new Promise<Written[]>((resolve) => {
        flushes.push({ batch, end: () => resolve(batch.map(() => ({ outcomes: new Map() }))) });
      }),
    { lingerMs: 0 },
  );
  return { committer, flushes };
}

const sender = { isServer: false, userAgent: '', clientHints: undefined, language: null };
const mebibyte = 1 << 20;
const submission = (bytes: number, events = 0): Submission => ({
  bytes,
  events: Array<PendingEvent>(events),
  letters: [],
  origin: { site: 'demo', receivedAt: 0, batch: {}, sender, sources: [] },
  toLetter: () => {
    throw new Error('nothing is refused here');
  },
});

test('two flushes are under way at a time, and a full queue of 64 MiB answers 503 with Retry-After', async () => {
  const { committer, flushes } = heldCommitter();
  const answers = Array.from({ length: 66 }, () => committer.submit(submission(mebibyte)));
  expect(flushes.length).toBe(2);
  expect(committer.queueBytes()).toBe(64 * mebibyte);
  expect(() => committer.submit(submission(1))).toThrow(
    expect.objectContaining({ status: 503, code: 'busy', detail: { retryAfterSeconds: 2 } }),
  );
  const drained = committer.drain();
  while (flushes.length > 0) {
    flushes.shift()?.end();
    await Promise.race([drained, new Promise((resolve) => setImmediate(resolve))]);
  }
  await Promise.all(answers);
  expect(committer.queueBytes()).toBe(0);
});

test('a queue of 250,000 events is full, however small they are', () => {
  const { committer, flushes } = heldCommitter();
  for (let batch = 0; batch < 502; batch += 1) void committer.submit(submission(1, 500));
  expect(flushes.length).toBe(2);
  expect(() => committer.submit(submission(1, 1))).toThrow(
    expect.objectContaining({ status: 503, code: 'busy' }),
  );
});

test('a flush that fails as a whole fails each of its batches, and the next one goes on', async () => {
  let isBroken = true;
  const committer = createCommitter(async (batch) => {
    if (isBroken) throw new Error('broken');
    return batch.map(() => ({ outcomes: new Map() }));
  });
  await expect(committer.submit(submission(1))).rejects.toThrow('broken');
  isBroken = false;
  expect(await committer.submit(submission(1))).toEqual(new Map());
});
