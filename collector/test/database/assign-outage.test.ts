import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { createExperimentClient, type ExperimentClient } from '../experiment-client.js';
import { runAsAdmin } from '../template-database.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let client: ExperimentClient;

beforeAll(async () => {
  collector = await startTestCollector();
  client = await createExperimentClient(collector);
  await client.run('checkout');
});
afterAll(() => collector.stop());

/** Takes the database away from the collector, or gives it back. The connection of the test itself stays. */
async function allowConnections(isAllowed: boolean): Promise<void> {
  const name = new URL(collector.url).pathname.slice(1);
  await runAsAdmin(inject('adminUrl'), `alter database ${name} allow_connections ${isAllowed}`);
  if (isAllowed) return;
  await collector.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
}

test('while the database is away nobody is assigned, pages keep their definitions, and then all goes on', async () => {
  const assign = (visitor: string) =>
    client.call('POST', '/v1/assign', { body: { site: 'demo', unit: { visitor } }, role: 'assign' });
  const definitions = () => fetch(`${collector.origin}/v1/experiments?site=demo`);
  expect((await assign('before')).body.assignments).toHaveLength(1);
  const known = await (await definitions()).json();

  await allowConnections(false);
  const away = await assign('away');
  expect(away).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
  expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
  const flag = await client.call('POST', '/ofrep/v1/evaluate/flags/checkout', {
    body: { context: { targetingKey: 'away' } },
    role: 'assign',
  });
  expect(flag).toMatchObject({ status: 503, body: { key: 'checkout', errorCode: 'GENERAL' } });
  expect(await (await definitions()).json()).toEqual(known);
  expect(
    await collector.query(`select 1 from footfall.experiment_assignments where unit_id = 'away'`),
  ).toEqual([]);

  await allowConnections(true);
  await vi.waitFor(async () => expect((await assign('back')).status).toBe(200), {
    timeout: 15_000,
    interval: 100,
  });
});
