import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openEmbedded } from '../../src/db/embedded/open.js';
import { newId } from '../test-collector.js';
import { checkDatabase, flawless } from './check-database.js';
import { prepareCollector } from './collector-process.js';
import { startLoad } from './load.js';
import { killServer } from './postgres-server.js';

test('the embedded server is killed and comes back under load; with its disk nearly full nothing is taken', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'footfall-faults-'));
  await chmod(dataDir, 0o755);
  // The first start creates the database, and tells where it is.
  const created = await openEmbedded({ dataDir, mode: 'own', log: () => {} });
  await created.stop();
  const env = { FOOTFALL_DATA_DIR: dataDir, FOOTFALL_SPOOL_DIR: join(dataDir, 'spool') };
  const collector = await prepareCollector(env);
  await collector.start();
  const load = startLoad({ origin: collector.origin, clients: 10, eventsPerSecond: 300 });
  for (let kill = 0; kill < 3; kill += 1) {
    await load.until(load.oracle.acknowledged.size + 200);
    await killServer(created.dataDir);
  }
  await load.until(load.oracle.acknowledged.size + 200);
  await load.finish();
  const isEmpty = async () => (await collector.readMetric(/^footfall_spool_bytes/)) === 0;
  await vi.waitUntil(isEmpty, { timeout: 30_000, interval: 50 });
  expect((await collector.terminate()).code).toBe(0);

  const server = await openEmbedded({ dataDir, mode: 'own', log: () => {} });
  expect(await checkDatabase(server.url, load.oracle)).toMatchObject(flawless);
  await server.stop();

  const full = await prepareCollector({ ...env, FOOTFALL_MIN_FREE_BYTES: String(2 ** 50) });
  await full.start();
  const events = [{ id: newId(), type: 'pageview', ts: Date.now() }];
  const answer = await fetch(`${full.origin}/v1/events?site=demo`, {
    method: 'POST',
    body: JSON.stringify({ events }),
  });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
  expect(await answer.json()).toMatchObject({ error: { code: 'disk_full' } });
  expect((await full.terminate()).code).toBe(0);
  for (const directory of [dirname(created.dataDir), dataDir]) {
    await rm(directory, { recursive: true, force: true });
  }
});
