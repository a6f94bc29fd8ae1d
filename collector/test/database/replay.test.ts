import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { replayLetters } from '../../src/dead-letters/replay.js';
import type { LetterFilter } from '../../src/dead-letters/stored-letters.js';
import { maxLettersPerDay } from '../../src/ingest/dead-letter-room.js';
import { deleteOldLetters } from '../../src/retention/delete-letters.js';
import { runFootfall } from '../run-footfall.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const dayMs = 86_400_000;
const start = Date.parse('2026-11-20T12:00:00Z');
let collector: TestCollector;
let now = start;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
});
afterAll(() => collector.stop());
beforeEach(async () => {
  now = start;
  await collector.query(
    'truncate footfall.events, footfall.sessions, footfall.odd_ids, footfall.dead_letter, footfall.dead_letter_overflow',
  );
});

function custom(rest: Record<string, unknown> = {}) {
  return { id: newId(now), type: 'custom', name: 'order', ts: now, ...rest };
}

function send(...events: unknown[]) {
  return collector.send({ sentAt: now, events });
}

function replay(filter: Partial<LetterFilter> = {}) {
  const deps = { database: collector.database, now: () => now, onPage: () => {}, by: { actor: 'test' } };
  return replayLetters(deps, { site: undefined, reason: undefined, ...filter });
}

/** What a newer collector would do: take a type that this one does not know. */
async function learnType() {
  await collector.query(
    `update footfall.dead_letter set event = event || '{"type":"custom"}' where event->>'type' = 'future'`,
  );
}

async function readLetters() {
  return collector.query('select reason, message, event_id from footfall.dead_letter order by reason');
}

test('what passes now is stored as it would have been: time of receipt, sender, session and id', async () => {
  const early = custom({ name: 'early' });
  const refused = custom({ type: 'future' });
  await send(early, refused);
  expect(await readLetters()).toMatchObject([{ reason: 'bad_type', event_id: refused.id }]);
  now += 3 * dayMs; // the salt of that day is gone
  await collector.query('delete from footfall.visitor_salts');
  await learnType();
  expect(await replay()).toEqual({ read: 1, stored: 1, duplicate: 0, stayed: {} });
  expect(await readLetters()).toEqual([]);
  const rows = await collector.query(
    `select event_id, received_at, occurred_at, count(*) over (partition by visitor_id, session_id) as together,
       browser, country, is_bot from footfall.events order by name`,
  );
  const same = { received_at: new Date(start), occurred_at: new Date(start), together: 2, browser: 'Chrome' };
  expect(rows).toEqual([
    { ...same, event_id: early.id, country: null, is_bot: false },
    { ...same, event_id: refused.id, country: null, is_bot: false },
  ]);
  expect(await collector.query('select event_count from footfall.sessions')).toEqual([{ event_count: 2 }]);
});

test('what a letter holds of its sender: what was derived, and no address', async () => {
  await send(custom({ type: 'future' }));
  expect(await collector.query('select client from footfall.dead_letter')).toEqual([
    {
      client: {
        isServer: false,
        userAgent: expect.stringContaining('Chrome/142'),
        clientHints: null,
        language: null,
        visitorId: expect.stringMatching(/^[\w-]{22}$/),
        place: { country: null, region: null, city: null },
      },
    },
  ]);
  const [row] = await collector.query<{ text: string }>('select d::text as text from footfall.dead_letter d');
  expect(row?.text).not.toContain('127.0.0.1');
});

test('a second replay adds nothing, and what does not pass stays with the reason of today', async () => {
  await send(custom({ type: 'future' }), custom({ name: 7 }), custom({ type: 'other' }));
  await learnType();
  await collector.query(`update footfall.dead_letter set reason = 'schema' where reason = 'bad_name'`);
  expect(await replay()).toEqual({ read: 3, stored: 1, duplicate: 0, stayed: { bad_name: 1, bad_type: 1 } });
  expect(await readLetters()).toMatchObject([{ reason: 'bad_name' }, { reason: 'bad_type' }]);
  expect(await replay()).toEqual({ read: 2, stored: 0, duplicate: 0, stayed: { bad_name: 1, bad_type: 1 } });
  expect(await collector.query('select count(*) as n from footfall.events')).toEqual([{ n: 1 }]);
});

test('an event that its client sent again in the meantime is a duplicate, and leaves too', async () => {
  const event = custom({ type: 'future' });
  await send(event);
  await learnType();
  await send({ ...event, type: 'custom' });
  expect(await replay()).toEqual({ read: 1, stored: 0, duplicate: 1, stayed: {} });
  expect(await readLetters()).toEqual([]);
});

test('two replays at once store each event once', async () => {
  await send(...Array.from({ length: 300 }, () => custom({ type: 'future' })));
  await learnType();
  const summaries = await Promise.all([replay(), replay()]);
  expect(summaries.reduce((sum, { stored }) => sum + stored, 0)).toBe(300);
  expect(await collector.query('select count(*) as n from footfall.events')).toEqual([{ n: 300 }]);
  expect(await readLetters()).toEqual([]);
});

test('an event that came too late stays, unless the owner names that reason', async () => {
  const old = now - 100 * dayMs;
  const event = { ...custom({ ts: old }), id: newId(old) };
  await send(event);
  expect(await replay()).toMatchObject({ stored: 0, stayed: { too_old: 1 } });
  expect(await replay({ reason: 'too_old' })).toMatchObject({ read: 1, stored: 1, stayed: {} });
  expect(
    await collector.query(
      'select occurred_at, event_day, tableoid::regclass::text as partition from footfall.events',
    ),
  ).toEqual([{ occurred_at: new Date(old), event_day: '2026-08-12', partition: 'footfall.events_202608' }]);
});

test('site and reason choose what is replayed', async () => {
  await send(custom({ type: 'future' }), custom({ name: 7 }));
  await learnType();
  expect(await replay({ site: 'other' })).toMatchObject({ read: 0 });
  expect(await replay({ reason: 'bad_name' })).toMatchObject({ read: 1, stored: 0 });
  expect(await replay({ reason: 'bad_type', site: 'demo' })).toMatchObject({ read: 1, stored: 1 });
});

test('an event beyond the limits is kept whole where it can be, so that a raised limit lets it in', async () => {
  const keys = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, index]));
  await send(custom({ props: keys }), custom({ props: { text: Array(40).fill('x'.repeat(1_000)) } }));
  const rows = await collector.query(
    'select reason, event is null as is_cut from footfall.dead_letter order by reason',
  );
  expect(rows).toEqual([
    { reason: 'too_large', is_cut: false },
    { reason: 'too_many_keys', is_cut: false },
  ]);
});

test('of a site and day 5,000 letters are kept, the rest is counted', async () => {
  for (let count = 0; count < 11; count++)
    await send(...Array.from({ length: 500 }, () => custom({ name: 7 })));
  expect(await collector.query('select count(*) as n from footfall.dead_letter')).toEqual([
    { n: maxLettersPerDay },
  ]);
  expect(
    await collector.query('select site, day, reason, events from footfall.dead_letter_overflow'),
  ).toEqual([{ site: 'demo', day: '2026-11-20', reason: 'bad_name', events: 500 }]);
});

test('letters go after 14 days, or with the retention of their site', async () => {
  await send(custom({ name: 7 }));
  await collector.send({ sentAt: now, events: [custom({ name: 7 })] }, { site: 'other' });
  await collector.query(`update footfall.sites set retention_days = 5 where site = 'other'`);
  await deleteOldLetters(collector.database, now + 13 * dayMs);
  expect(await collector.query('select site from footfall.dead_letter')).toEqual([{ site: 'demo' }]);
  await deleteOldLetters(collector.database, now + 15 * dayMs);
  expect(await readLetters()).toEqual([]);
});

test('the command prints a summary, for people and for machines, and refuses an unknown reason', async () => {
  await send(custom({ type: 'future' }), custom({ name: 7 }));
  await learnType();
  const env = { DATABASE_URL: collector.url };
  const first = await runFootfall(['replay', '--json'], { env }).finished;
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(first.stdout)).toEqual({
    read: 2,
    stored: 1,
    duplicate: 0,
    stayed: { bad_name: 1 },
    seconds: expect.any(Number),
  });
  const second = await runFootfall(['replay', '--site', 'demo'], { env }).finished;
  expect(second.stdout).toMatch(
    /^1 dead letters replayed in [\d.]+ s\nstored {7}0\nduplicate {4}0 .*\nstayed {7}1 {3}1 bad_name\n$/,
  );
  const wrong = await runFootfall(['replay', '--reason', 'nope'], { env }).finished;
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^--reason: expected one of bad_id/),
  });
});
