import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { type Running, runFootfall } from '../run-footfall.js';
import { runAsAdmin } from '../template-database.js';
import { createTestDatabase, type TestDatabase } from '../test-collector.js';

const key = `ff_owner_${'7'.repeat(64)}`;
let db: TestDatabase;
let collector: Running;
let origin: string;

beforeAll(async () => {
  db = await createTestDatabase();
  collector = runFootfall(['start'], { env: { DATABASE_URL: db.url, PORT: '0', FOOTFALL_ADMIN_KEY: key } });
  origin = (await collector.until(/dashboard {2}(http:\S+)\/dashboard/))[1] ?? '';
  await collector.until(/^ready/m);
});
afterAll(async () => {
  collector.process.kill('SIGTERM');
  await collector.finished;
  await db.drop();
});

async function post(path: string, body: object) {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: await response.json(),
  };
}

/** Takes the database away from the collector, or gives it back. The connection of the test itself stays. */
async function allowConnections(isAllowed: boolean): Promise<void> {
  const name = new URL(db.url).pathname.slice(1);
  await runAsAdmin(inject('adminUrl'), `alter database ${name} allow_connections ${isAllowed}`);
  if (isAllowed) return;
  await db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
}

test('while the database is away nobody is assigned, pages keep their definitions, and then all goes on', async () => {
  const variations = [{ key: 'control' }, { key: 'treatment' }];
  await post('/api/v1/experiments', { site: 'demo', key: 'checkout', variations });
  await post('/api/v1/experiments/checkout/start?site=demo', {});
  const assign = (visitor: string) => post('/v1/assign', { site: 'demo', unit: { visitor } });
  const definitions = async () => (await fetch(`${origin}/v1/experiments?site=demo`)).json();
  expect((await assign('before')).body).toMatchObject({ assignments: [{ reason: 'ASSIGNED' }] });
  const known = await definitions();

  await allowConnections(false);
  expect(await assign('away')).toMatchObject({
    status: 503,
    retryAfter: expect.stringMatching(/^\d+$/),
    body: { error: { code: 'unavailable' } },
  });
  const context = { targetingKey: 'away' };
  expect(await post('/ofrep/v1/evaluate/flags/checkout?site=demo', { context })).toMatchObject({
    status: 503,
    retryAfter: expect.stringMatching(/^\d+$/),
    body: { key: 'checkout', errorCode: 'GENERAL' },
  });
  expect(await definitions()).toEqual(known);
  expect(await db.query(`select 1 from footfall.experiment_assignments where unit_id = 'away'`)).toEqual([]);

  await allowConnections(true);
  await vi.waitFor(async () => expect((await assign('back')).status).toBe(200), {
    timeout: 15_000,
    interval: 100,
  });
});
