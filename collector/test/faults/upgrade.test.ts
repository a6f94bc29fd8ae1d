import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMigrations } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase } from '../test-collector.js';
import { type Balancer, startBalancer } from './balancer.js';
import { checkDatabase, flawless } from './check-database.js';
import { prepareCollector } from './collector-process.js';
import { startLoad } from './load.js';
import { installPrevious, previousSchema } from './previous-version.js';

let db: TestDatabase;
let balancer: Balancer;
let previous: Awaited<ReturnType<typeof installPrevious>>;

beforeAll(async () => {
  [db, balancer, previous] = await Promise.all([createTestDatabase(), startBalancer(), installPrevious()]);
  await db.query('drop schema if exists footfall, pipeline, social cascade');
});
afterAll(async () => {
  await balancer.close();
  await db.drop();
  await previous.remove();
});

const readVersion = async () => {
  const [row] = await db.query<{ version: number }>(
    'select max(version) as version from footfall.schema_migrations',
  );
  return row?.version;
};
/** A job of the version before that is at work while its functions are replaced fails once, and runs again. */
const interrupted = /^job rollups: error: function footfall\.\w+\(.*\) does not exist$/m;
const stored = /^footfall_events_total\{outcome="stored"/;

test('the version before goes on storing while and after a new one migrates, and nothing is lost or twice', async () => {
  const old = await prepareCollector({ DATABASE_URL: db.url }, previous);
  const fresh = await prepareCollector({ DATABASE_URL: db.url });
  await old.start();
  expect(await readVersion()).toBe(previousSchema);

  balancer.use(old.port);
  const load = startLoad({ origin: balancer.origin, clients: 20 });
  await load.until(400);
  await fresh.start();
  expect(await readVersion()).toBe((await readMigrations()).at(-1)?.version);
  const before = await old.readMetric(stored);
  await load.until(load.oracle.acknowledged.size + 400);
  const after = await old.readMetric(stored);

  balancer.use(old.port, fresh.port);
  await load.until(load.oracle.acknowledged.size + 400);
  balancer.use(fresh.port);
  const ended = await old.terminate();
  await load.until(load.oracle.acknowledged.size + 400);
  await load.finish();
  const last = await fresh.terminate();

  expect(after).toBeGreaterThanOrEqual(before + 400);
  expect([ended.code, last.code]).toEqual([0, 0]);
  expect(`${ended.stderr.replace(interrupted, '')}${last.stderr}`).not.toMatch(/^error|job .*:|lost/m);
  const verdict = await checkDatabase(db.url, load.oracle);
  expect(verdict).toMatchObject({ ...flawless, stored: load.oracle.acknowledged.size });
});
