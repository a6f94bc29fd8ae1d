import { afterEach, beforeEach, expect, test } from 'vitest';
import { addSite } from '../../src/access/sites.js';
import { keepPartitions } from '../../src/db/partitions.js';
import { applyRetention } from '../../src/retention/apply-retention.js';
import { createTestDatabase, newId, type TestDatabase } from '../test-collector.js';

const dayMs = 86_400_000;
const now = Date.parse('2026-11-20T12:00:00Z');
let db: TestDatabase;
let logged: string[];

beforeEach(async () => {
  db = await createTestDatabase();
  logged = [];
});
afterEach(() => db.drop());

const log = (line: string) => void logged.push(line);

function dayOf(age: number): string {
  return new Date(now - age * dayMs).toISOString().slice(0, 10);
}

/** An event and its session, so many days old. */
async function insert(site: string, age: number) {
  const at = new Date(now - age * dayMs);
  const sessionId = newId();
  await db.query(
    `insert into footfall.events (site, event_day, event_id, session_id, type, occurred_at, received_at)
     values ($1, $2, $3, $4, 'pageview', $5, $5)`,
    [site, dayOf(age), newId(), sessionId, at],
  );
  await db.query(
    `insert into footfall.sessions (site, session_id, started_at, ended_at, last_seen_at, entry_at, entry_event_id, entry_rank, is_client_id)
     values ($1, $2, $3, $3, $3, $3, $4, 0, false)`,
    [site, sessionId, at, newId()],
  );
}

async function agesOf(site: string, table: 'events' | 'sessions') {
  const time = table === 'events' ? 'occurred_at' : 'started_at';
  const rows = await db.query<{ age: string }>(
    `select extract(day from $2::timestamptz - ${time})::integer as age from footfall.${table} where site = $1 order by 1`,
    [site, new Date(now)],
  );
  return rows.map(({ age }) => age);
}

async function countPartitions() {
  const [row] = await db.query<{ n: number }>(
    `select count(*) as n from pg_inherits where inhparent = 'footfall.events'::regclass`,
  );
  return row?.n;
}

/** As many runs as it takes; each may drop a tenth. */
async function run(times: number) {
  for (let count = 0; count < times; count++) await applyRetention(db.database, now, log);
}

test('a day goes when no site keeps it; a site that keeps less has its rows deleted before', async () => {
  await addSite(db.database, { site: 'long', retentionDays: 30 });
  await addSite(db.database, { site: 'short', retentionDays: 10 });
  await keepPartitions(db.database, now, log);
  for (const age of [0, 9, 11, 29, 31, 35]) for (const site of ['long', 'short']) await insert(site, age);
  await run(8);
  expect(await agesOf('long', 'events')).toEqual([0, 9, 11, 29]);
  expect(await agesOf('short', 'events')).toEqual([0, 9]);
  expect(await agesOf('long', 'sessions')).toEqual([0, 9, 11, 29]);
  expect(await agesOf('short', 'sessions')).toEqual([0, 9]);
  expect(await countPartitions()).toBe(44 - 5);
});

test('the oldest days go first, at most a tenth of them in a run', async () => {
  await addSite(db.database, { site: 'a', retentionDays: 1 });
  await keepPartitions(db.database, now, log);
  await insert('a', 0);
  await run(1);
  expect(logged).toEqual([
    'retention: dropped events_20261016, events_20261017, events_20261018, events_20261019',
  ]);
  await run(1);
  expect(logged).toHaveLength(2);
  expect(await countPartitions()).toBe(44 - 4 - 3);
});

test('where one site keeps everything no day is dropped, and only the rows of the others go', async () => {
  await addSite(db.database, { site: 'imported', retentionDays: null });
  await addSite(db.database, { site: 'short', retentionDays: 10 });
  await keepPartitions(db.database, now, log);
  for (const age of [0, 11, 35]) for (const site of ['imported', 'short']) await insert(site, age);
  await run(2);
  expect(await agesOf('imported', 'events')).toEqual([0, 11, 35]);
  expect(await agesOf('imported', 'sessions')).toEqual([0, 11, 35]);
  expect(await agesOf('short', 'events')).toEqual([0]);
  expect(await countPartitions()).toBe(44);
});

test('a clock that has jumped ahead deletes nothing', async () => {
  await addSite(db.database, { site: 'a', retentionDays: 10 });
  await keepPartitions(db.database, now, log);
  await insert('a', 0);
  await applyRetention(db.database, now + 400 * dayMs, log);
  expect(await agesOf('a', 'events')).toEqual([0]);
  expect(await countPartitions()).toBe(44);
});

test('without a site, and without an event, nothing happens', async () => {
  await keepPartitions(db.database, now, log);
  await run(1);
  expect(await countPartitions()).toBe(44);
  expect(logged).toEqual([]);
});

test('several collectors at once delete what one would', async () => {
  await addSite(db.database, { site: 'a', retentionDays: 10 });
  await addSite(db.database, { site: 'keeps', retentionDays: null });
  await keepPartitions(db.database, now, log);
  for (const age of [0, 5, 15, 25]) await insert('a', age);
  await Promise.all([1, 2, 3].map(() => applyRetention(db.database, now, log)));
  await run(1);
  expect(await agesOf('a', 'events')).toEqual([0, 5]);
});

test('a table in use is left to the next run', async () => {
  await addSite(db.database, { site: 'a', retentionDays: 10 });
  await keepPartitions(db.database, now, log);
  await insert('a', 0);
  await db.database.asOwner(async (tx) => {
    await tx.query('select count(*) from footfall.events');
    await run(1);
  });
  expect(await countPartitions()).toBe(44);
  await run(1);
  expect(await countPartitions()).toBe(40);
});

test('where an odd event of an expired day went is forgotten, once no browser may send it again', async () => {
  await addSite(db.database, { site: 'a', retentionDays: 10 });
  await keepPartitions(db.database, now, log);
  await insert('a', 0);
  for (const age of [5, 20, 40]) {
    await db.query('insert into footfall.odd_ids values ($1, $2, $3)', ['a', newId(), dayOf(age)]);
  }
  await run(1);
  const rows = await db.query<{ event_day: string }>('select event_day from footfall.odd_ids order by 1');
  expect(rows.map(({ event_day }) => event_day)).toEqual([dayOf(20), dayOf(5)]);
});

const countMarks = async () => {
  const [row] = await db.query<{ n: number }>('select count(*) as n from footfall.rollup_marks');
  return row?.n;
};
const mark = (at: number) =>
  db.query(`insert into footfall.rollup_marks (site, bucket) values ('demo', footfall.rollup_bucket($1))`, [
    new Date(at),
  ]);

test('events that keep coming do not keep it from ending, and a run with nothing to delete rolls nothing up', async () => {
  await addSite(db.database, { site: 'demo', retentionDays: 5 });
  for (const age of [9, 0]) {
    await insert('demo', age);
    await mark(now - age * dayMs);
  }
  // As an event that comes while its quarter hour is made again.
  await db.query(`create function footfall.come_again() returns trigger language plpgsql as $$
    begin insert into footfall.rollup_marks (site, bucket) values (new.site, new.bucket); return new; end $$`);
  await db.query(`create trigger come_again after insert or update on footfall.rollup_buckets
    for each row execute function footfall.come_again()`);
  await applyRetention(db.database, now, log);
  const frozen = await db.query<{ day: string }>('select day from footfall.rollup_frozen');
  expect(frozen.map(({ day }) => day)).toEqual([dayOf(9)]);
  expect(await agesOf('demo', 'events')).toEqual([0]);

  await applyRetention(db.database, now, log);
  await db.query('delete from footfall.rollup_marks');
  await mark(now);
  await applyRetention(db.database, now, log);
  expect(await countMarks()).toBe(1);
});
