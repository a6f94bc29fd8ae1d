import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFootfall } from '../run-footfall.js';
import { createTestDatabase, newId, startTestCollector, type TestDatabase } from '../test-collector.js';
import { checkDatabase, flawless } from './check-database.js';
import { prepareCollector } from './collector-process.js';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.js';
import { startLoad } from './load.js';
import { listSpool, makeSpoolDir } from './spool-directory.js';

let db: TestDatabase;
let proxy: DatabaseProxy;
let spoolDir: string;
let env: Record<string, string>;

beforeAll(async () => {
  db = await createTestDatabase();
  proxy = await startDatabaseProxy(() => db.url);
  spoolDir = await makeSpoolDir();
  env = { DATABASE_URL: proxy.url(), FOOTFALL_SPOOL_DIR: spoolDir };
});
afterAll(async () => {
  await proxy.close();
  await db.drop();
  await rm(spoolDir, { recursive: true });
});

test('SIGTERM under load ends in under 10 seconds with nothing lost, also where the database hangs', async () => {
  const collector = await prepareCollector(env);
  await collector.start();
  const clients = 20;
  const load = startLoad({ origin: collector.origin, clients });
  await load.until(300);
  const healthy = await collector.terminate();
  await collector.start();
  await load.until(load.oracle.acknowledged.size + 300);
  proxy.hang();
  // Clients rest between their batches: before all of them wait for an answer there may be nothing to spool.
  await expect.poll(() => load.oracle.inFlight, { timeout: 10_000 }).toBe(clients);
  const hanging = await collector.terminate();
  const spooled = await listSpool(spoolDir);
  proxy.restore();
  await collector.start();
  await load.finish();
  const last = await collector.terminate();

  expect([healthy.code, hanging.code, last.code]).toEqual([0, 0, 0]);
  expect(Math.max(healthy.seconds, hanging.seconds, last.seconds)).toBeLessThan(10);
  expect(spooled.length).toBeGreaterThan(0);
  expect(await listSpool(spoolDir)).toEqual([]);
  const verdict = await checkDatabase(db.url, load.oracle);
  expect(verdict).toMatchObject({ ...flawless, stored: load.oracle.acknowledged.size });
});

const body = (id: string) =>
  JSON.stringify({
    sentAt: Date.now(),
    visitor: { id: 'v' },
    events: [{ id, type: 'pageview', ts: Date.now() }],
  });

/** Opens a connection and collects what comes back on it. */
function openConnection(origin: string) {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(text)));
  socket.on('error', () => {});
  return { socket, ended };
}

const head = (length: number) =>
  `POST /v1/events?site=demo HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\n\r\n`;

test('a request that is under way at the stop is answered, and its connection ends', async () => {
  const running = runFootfall(['start'], { env: { ...env, PORT: '0' } });
  const [, origin = ''] = await running.until(/dashboard {2}(http:\S+)\/dashboard/);
  await running.until(/^ready/m);
  const id = newId();
  const text = body(id);
  const { socket, ended } = openConnection(origin);
  socket.write(head(text.length) + text.slice(0, 10));
  // The kept-alive connection beside it shows that the first has arrived.
  await fetch(`${origin}/healthz`);
  running.process.kill('SIGTERM');
  await running.until(/stopping/);
  socket.write(text.slice(10));
  const answer = await ended;
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toMatch(/connection: close/i);
  expect((await running.finished).code).toBe(0);
  expect(await db.query('select 1 as n from footfall.events where event_id = $1', [id])).toEqual([{ n: 1 }]);
});

test('a new request while the collector stops is refused with 503 and Retry-After; its health is still told', async () => {
  const stopping = new AbortController();
  const collector = await startTestCollector({ stopping });
  stopping.abort();
  const answer = await fetch(`${collector.origin}/v1/events?site=demo`, {
    method: 'POST',
    body: body(newId()),
  });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('2');
  expect(await answer.json()).toMatchObject({ error: { code: 'stopping' } });
  const ready = await fetch(`${collector.origin}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { ready: false, reasons: ['stopping: the collector takes no new requests'] },
  ]);
  expect((await fetch(`${collector.origin}/healthz`)).status).toBe(200);
  await collector.stop();
});

test('headers and bodies that do not come are answered 408 in JSON, and a client that goes is no news', async () => {
  const collector = await startTestCollector();
  const slowBody = openConnection(collector.origin);
  slowBody.socket.write(`${head(1000)}{"sentAt":`);
  const slowHead = openConnection(collector.origin);
  slowHead.socket.write('POST /v1/events?site=demo HTTP/1.1\r\nhost: a\r\n');
  const gone = openConnection(collector.origin);
  gone.socket.write(`${head(1000)}{"sentAt":`, () => gone.socket.resetAndDestroy());
  for (const answer of await Promise.all([slowBody.ended, slowHead.ended])) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\ncontent-type: application\/json\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code: 'timeout' } });
  }
  expect((await collector.send(body(newId()))).status).toBe(200);
  expect(collector.logged).toEqual([]);
  await collector.stop();
});

test.each([
  { kind: 'an exception', code: 'throw new Error("boom")' },
  { kind: 'a rejection', code: 'void Promise.reject(new Error("boom"))' },
])('$kind that nobody caught is one line, an orderly stop and exit 1', async ({ code }) => {
  const throwing = encodeURIComponent(`process.on('SIGUSR2', () => { ${code} })`);
  const running = runFootfall(['start'], {
    env: { ...env, PORT: '0', NODE_OPTIONS: `--import=data:text/javascript,${throwing}` },
  });
  await running.until(/^ready/m);
  running.process.kill('SIGUSR2');
  const finished = await running.finished;
  expect(finished.code).toBe(1);
  expect(finished.stderr).toMatch(
    /^footfall: ends after an error that nobody caught: Error: boom [^\n]*\nstopping: [^\n]*\nstopped\n$/,
  );
});
