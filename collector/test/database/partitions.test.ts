import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepPartitions } from '../../src/db/partitions.js';
import { createTestDatabase, newId, type TestDatabase } from '../test-collector.js';

const dayMs = 86_400_000;
const start = Date.parse('2026-05-10T12:00:00Z');
let db: TestDatabase;
let logged: string[];

beforeEach(async () => {
  db = await createTestDatabase();
  logged = [];
});
afterEach(() => db.drop());

const log = (line: string) => void logged.push(line);

function insert(day: string) {
  return db.database.asIngest((tx) =>
    tx.query(
      `insert into footfall.events (site, event_day, event_id, type, occurred_at, received_at)
       values ('demo', $1::date, $2::uuid, 'pageview', $1::date, $1::date)`,
      [day, newId()],
    ),
  );
}

async function partitionNames() {
  const rows = await db.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'footfall.events'::regclass order by 1`,
  );
  return rows.map(({ name }) => name);
}

async function whereRowsAre() {
  return db.query(
    'select tableoid::regclass::text as partition, count(*) as n from footfall.events group by 1 order by 1',
  );
}

test('after six months off, what waited in the default partition is moved to its days', async () => {
  await keepPartitions(db.database, start, log);
  const back = start + 180 * dayMs; // 2026-11-06
  for (const day of ['2026-06-20', '2026-06-21', '2026-10-30', '2026-10-30', '2026-11-06', '2026-11-07'])
    await insert(day);
  await keepPartitions(db.database, back, log);
  expect(await whereRowsAre()).toEqual([
    { partition: 'footfall.events_202606', n: 2 },
    { partition: 'footfall.events_20261030', n: 2 },
    { partition: 'footfall.events_20261106', n: 1 },
    { partition: 'footfall.events_20261107', n: 1 },
  ]);
  expect(logged).toEqual([]);
});

test('a day that is years ahead waits in the default partition until its time has come', async () => {
  await insert('2031-01-01');
  await keepPartitions(db.database, start, log);
  expect(await whereRowsAre()).toEqual([{ partition: 'footfall.events_default', n: 1 }]);
  await keepPartitions(db.database, Date.parse('2031-01-01'), log);
  expect(await whereRowsAre()).toEqual([{ partition: 'footfall.events_20310101', n: 1 }]);
});

test('a second run finds nothing to do', async () => {
  await keepPartitions(db.database, start, log);
  const names = await partitionNames();
  await keepPartitions(db.database, start, log);
  expect(await partitionNames()).toEqual(names);
  expect(names).toHaveLength(35 + 1 + 7 + 1);
});

test('several collectors at once make each partition once, while events come in', async () => {
  for (let day = 1; day <= 9; day++) await insert(`2026-05-0${day}`);
  const writes = Array.from({ length: 40 }, (_, index) => insert(`2026-05-${10 + (index % 6)}`));
  await Promise.all([...writes, ...[1, 2, 3].map(() => keepPartitions(db.database, start, log))]);
  await keepPartitions(db.database, start, log);
  expect(await db.query('select count(*) as n from footfall.events')).toEqual([{ n: 49 }]);
  expect(await db.query('select count(*) as n from footfall.events_default')).toEqual([{ n: 0 }]);
});

test('a table in use for more than two seconds is left to the next run, with one line', async () => {
  await insert('2026-05-10');
  await db.database.asOwner(async (tx) => {
    await tx.query('lock table footfall.events_default in access share mode');
    await keepPartitions(db.database, start, log);
  });
  expect(logged).toEqual(['partitions: 43 days wait for a lock, the first is 2026-04-05']);
  expect(await whereRowsAre()).toEqual([{ partition: 'footfall.events_default', n: 1 }]);
  await keepPartitions(db.database, start, log);
  expect(await whereRowsAre()).toEqual([{ partition: 'footfall.events_20260510', n: 1 }]);
});

test('the summaries of the times are kept by the job, and PostgreSQL is not asked for them', async () => {
  const hour = `select brin_summarize_new_values(i.indexrelid) as ranges, c.reloptions as options
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
    where i.indrelid = 'footfall.events_20260510'::regclass and a.amname = 'brin'`;
  await keepPartitions(db.database, start, log);
  await db.query(
    `insert into footfall.events (site, event_day, event_id, type, occurred_at, received_at)
     select 'demo', '2026-05-10', gen_random_uuid(), 'pageview', '2026-05-10', '2026-05-10' from generate_series(1, 5000)`,
  );
  await keepPartitions(db.database, start, log);
  expect(await db.query(hour)).toEqual([{ ranges: 0, options: ['pages_per_range=16', 'autosummarize=off'] }]);
});
