import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate, readMigrations } from '../../src/db/migrate.js';
import { ensurePartitions, keepPartitions } from '../../src/db/partitions.js';
import { dumpSchema } from '../dump-schema.js';
import { createTestDatabase, newId, type TestDatabase } from '../test-collector.js';

let db: TestDatabase;
const now = Date.parse('2026-11-20T12:00:00Z');

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('the migrations give the schema that is written down', async () => {
  await expect(await dumpSchema(db)).toMatchFileSnapshot('../../../schema/migrations/schema.sql');
});

test('a second run applies nothing', async () => {
  expect(await migrate({ url: db.url, log: () => {} })).toEqual([]);
});

test('two collectors that start at once migrate a new database once', async () => {
  const fresh = await createTestDatabase();
  try {
    await fresh.query('drop schema footfall, pipeline cascade');
    const runs = await Promise.all([1, 2].map(() => migrate({ url: fresh.url, log: () => {} })));
    expect(runs.map((applied) => applied.length).sort()).toEqual([0, (await readMigrations()).length]);
  } finally {
    await fresh.drop();
  }
});

test('a migration that was changed after it was applied stops the start with one line', async () => {
  await db.query(`update footfall.schema_migrations set checksum = 'other' where version = 2`);
  await expect(migrate({ url: db.url, log: () => {} })).rejects.toThrow(
    /^schema\/migrations: 2 sites was changed after it was applied; expected SHA-256 other$/,
  );
  const [second] = (await readMigrations()).slice(1);
  await db.query('update footfall.schema_migrations set checksum = $1 where version = 2', [second?.checksum]);
});

test('a database of a newer version stops the start with one line', async () => {
  await db.query(`insert into footfall.schema_migrations values (999, 'later', 'x')`);
  await expect(migrate({ url: db.url, log: () => {} })).rejects.toThrow(
    /^database: migration 999 was applied by a newer Footfall/,
  );
  await db.query('delete from footfall.schema_migrations where version = 999');
});

test('each day from 35 back to seven ahead has a partition, a past month one for all of it', async () => {
  await keepPartitions(db.database, now, () => {});
  await ensurePartitions(db.database, ['2015-05-17', '2015-05-20', '2026-10-02'], now);
  const rows = await db.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'footfall.events'::regclass order by 1`,
  );
  const names = rows.map(({ name }) => name.replace('footfall.', ''));
  expect(names).toContain('events_201505');
  expect(names).toContain('events_20261016');
  expect(names).toContain('events_20261127');
  expect(names).toContain('events_20261002');
  expect(names).toHaveLength(43 + 1 + 1 + 1);
});

test('rows that wait in the default partition move into the new one', async () => {
  await db.query(
    `insert into footfall.events (site, event_day, event_id, type, occurred_at, received_at)
     values ('demo', '2027-03-01', $1, 'pageview', now(), now())`,
    [newId()],
  );
  await ensurePartitions(db.database, ['2027-03-01'], Date.parse('2027-03-01'));
  const rows = await db.query(
    `select tableoid::regclass::text as partition from footfall.events where event_day = '2027-03-01'`,
  );
  expect(rows).toEqual([{ partition: 'footfall.events_20270301' }]);
});

test('the migration files are the ones that the schema package ships', async () => {
  const { files } = JSON.parse(await readFile('schema/package.json', 'utf8'));
  expect(files).toContain('migrations');
});
