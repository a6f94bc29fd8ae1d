import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Finding } from '../../src/doctor/finding.js';
import { runFootfall } from '../run-footfall.js';
import { runAsAdmin } from '../template-database.js';
import { createTestDatabase, newId, startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;

beforeAll(async () => {
  collector = await startTestCollector();
});
afterAll(() => collector.stop());

async function examine(url: string) {
  const { code, stdout, stderr } = await runFootfall(['doctor', '--json'], { env: { DATABASE_URL: url } })
    .finished;
  const findings: Finding[] = JSON.parse(stdout);
  return { code, stderr, of: (check: string) => findings.find((finding) => finding.check === check) };
}

test('a healthy database is examined: server, clock, roles, schema, partitions, sizes', async () => {
  await collector.send({ sentAt: Date.now(), events: [{ id: newId(), type: 'pageview', ts: Date.now() }] });
  const { code, stderr, of } = await examine(collector.url);
  expect(code, stderr).toBe(0);
  for (const check of [
    'server',
    'clock',
    'connections',
    'locks',
    'migrations',
    'partitions',
    'unused indexes',
  ])
    expect(of(check), check).toMatchObject({ status: 'ok' });
  expect(of('roles')?.status).not.toBe('fail');
  const events = of('sizes')?.details?.find(({ table }) => table === 'events');
  expect(events).toMatchObject({ partitions: 44, size: expect.stringMatching(/ [KM]iB$/) });
});

test('who waits for a lock is shown with whom it waits for', async () => {
  await collector.database.asOwner(async (holding) => {
    await holding.query('lock table footfall.api_keys in access exclusive mode');
    const waiting = collector.query('select 1 as waited from footfall.api_keys limit 1');
    await expect
      .poll(async () => (await examine(collector.url)).of('locks')?.details, { timeout: 20_000 })
      .toContainEqual(expect.objectContaining({ query: expect.stringContaining('waited') }));
    waiting.catch(() => {});
  });
});

test('where roles may not be made the SQL is printed, and with it done the migrations pass', async () => {
  const login = `plain_${process.pid}`;
  const admin = inject('adminUrl');
  const empty = await createTestDatabase();
  await empty.query('drop schema footfall, pipeline cascade');
  await runAsAdmin(admin, `create role ${login} login password 'secret'`);
  const url = new URL(empty.url);
  [url.username, url.password] = [login, 'secret'];
  try {
    const refused = await runFootfall(['migrate'], { env: { DATABASE_URL: url.href } }).finished;
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('footfall doctor prints') });
    const { code, of } = await examine(url.href);
    expect(code).toBe(1);
    const sql = of('roles')?.hint ?? '';
    expect(sql).toContain(`grant footfall_owner to "${login}";`);
    await runAsAdmin(empty.url, sql);
    const migrated = await runFootfall(['migrate'], { env: { DATABASE_URL: url.href } }).finished;
    expect(migrated, migrated.stderr).toMatchObject({ code: 0 });
  } finally {
    await empty.drop();
    await runAsAdmin(admin, `drop role ${login}`);
  }
});

test('a schema of another version is a failure; beside a newer one a collector is ready, on an older one it is not', async () => {
  await collector.query(`insert into footfall.schema_migrations values (999, 'later', 'x')`);
  const { code, of } = await examine(collector.url);
  expect(code).toBe(1);
  expect(of('migrations')).toMatchObject({
    status: 'fail',
    message: '999 are of another Footfall, or were changed',
  });
  const readiness = async () => (await fetch(`${collector.origin}/readyz`)).json();
  expect(await readiness()).toEqual({ ready: true, reasons: [] });
  await collector.query('delete from footfall.schema_migrations where version in (7, 999)');
  expect(await readiness()).toEqual({ ready: false, reasons: ['migrations: 1 are not applied'] });
});
