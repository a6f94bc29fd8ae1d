import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import type { Database } from '../../src/db/database.js';
import { limitReaders } from '../../src/query/limit-readers.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';
import { watchDatabase } from '../watch-database.js';

let statements: string[] = [];
let collector: TestCollector;
let analyst: string;

beforeAll(async () => {
  const watch = (database: Database) => watchDatabase(database, ({ sql }) => statements.push(sql));
  collector = await startTestCollector({ watch });
  analyst = generateKey('owner');
  await addKey(collector.database, { key: analyst, role: 'owner', name: 'test' });
});
afterAll(() => collector.stop());

async function askOverview(): Promise<number> {
  const response = await fetch(
    `${collector.origin}/api/v1/overview?site=demo&from=2026-11-01&to=2026-11-02`,
    {
      headers: { authorization: `Bearer ${analyst}` },
    },
  );
  return response.status;
}

async function sendBatches(count: number): Promise<void> {
  for (let batch = 0; batch < count; batch++) {
    const event = { id: newId(), type: 'pageview', ts: Date.now(), url: 'https://a.example/' };
    const { status } = await collector.send({ sentAt: Date.now(), events: [event] });
    expect(status).toBe(200);
  }
}

/** Questions that the database holds up. */
async function countHeld(): Promise<number | undefined> {
  const [row] = await collector.query<{ held: number }>(
    `select count(*)::integer as held from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and query like '%definitions%'`,
  );
  return row?.held;
}

test('however many questions hang, events are stored, and no more than four connections are taken', async () => {
  const asked = await collector.database.asOwner(async (tx) => {
    await tx.query('lock table footfall.goals in access exclusive mode');
    const answers = Array.from({ length: 30 }, askOverview);
    await expect.poll(countHeld, { timeout: 30_000 }).toBe(4);
    await sendBatches(20);
    expect(await countHeld()).toBe(4);
    return answers;
  });
  expect(await Promise.all(asked)).toEqual(asked.map(() => 200));
});

const scanLock = 20_261_120;
type Scan = { workers: string };

async function countHeldScans(): Promise<number | undefined> {
  const [row] = await collector.query<{ held: number }>(
    `select count(*)::integer as held from pg_locks
     where locktype = 'advisory' and objid = ${scanLock} and not granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return row?.held;
}

/** Lets six readers scan that have to wait, and another that does not scan, and tells how the six ran. */
async function holdScans(readers: Database, expected: number): Promise<string[]> {
  const asked = await collector.database.asOwner(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(${scanLock})`);
    const scan = `select current_setting('max_parallel_workers_per_gather') as workers, pg_advisory_xact_lock_shared(${scanLock})`;
    const scans = Array.from({ length: 6 }, () =>
      readers.scanning().withSite('demo', (reader) => reader.query<Scan>(scan)),
    );
    await expect.poll(countHeldScans, { timeout: 30_000 }).toBe(expected);
    expect(await readers.withSite('demo', (reader) => reader.query('select 1 as one'))).toEqual([{ one: 1 }]);
    expect(await countHeldScans()).toBe(expected);
    return scans;
  });
  return (await Promise.all(asked)).flatMap((rows) => rows.map(({ workers }) => workers));
}

test.each([
  { cores: 2, rate: 0, expected: 2, workers: '2' },
  { cores: 2, rate: 50, expected: 1, workers: '0' },
  { cores: 1, rate: 50, expected: 1, workers: '0' },
  { cores: 16, rate: 0, expected: 3, workers: '2' },
])('of $cores cores, with $rate flushes a second, $expected readers scan at once', async (load) => {
  const { cores, rate, expected, workers } = load;
  const readers = limitReaders(collector.database, { flushesPerSecond: () => rate, cores });
  expect(await holdScans(readers, expected)).toEqual(Array.from({ length: 6 }, () => workers));
});

test('while batches come, a report uses one core', async () => {
  const isBound = async () => {
    statements = [];
    const answer = await fetch(`${collector.origin}/api/v1/engagement?site=demo`, {
      headers: { authorization: `Bearer ${analyst}` },
    });
    expect(answer.status).toBe(200);
    expect(statements).toContainEqual(expect.stringContaining('engagement.read'));
    return statements.some((sql) => sql.includes('max_parallel_workers_per_gather = 0'));
  };
  const afterBatches = async () => {
    await sendBatches(10);
    return isBound();
  };
  await expect.poll(afterBatches, { timeout: 30_000 }).toBe(true);
  await expect.poll(isBound, { timeout: 30_000, interval: 500 }).toBe(false);
});
