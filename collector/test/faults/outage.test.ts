import { appendFile, rm } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { chrome, newId } from '../test-collector.js';
import { type CollectorProcess, prepareCollector } from './collector-process.js';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.js';
import { type PostgresServer, startPostgres } from './postgres-server.js';
import { flipBit, listSpool, makeSpoolDir, mountSmallDisk, readSpool } from './spool-directory.js';

let postgres: PostgresServer;
let proxy: DatabaseProxy;
let spoolDir: string;
let collector: CollectorProcess;

beforeAll(async () => {
  postgres = await startPostgres();
  proxy = await startDatabaseProxy(() => postgres.url());
});
afterAll(async () => {
  await proxy.close();
  await postgres.remove();
});
beforeEach(async () => {
  spoolDir = await makeSpoolDir();
});
afterEach(async () => {
  proxy.restore();
  await collector.terminate();
  await rm(spoolDir, { recursive: true, force: true });
});

async function startCollector(env: Record<string, string> = {}): Promise<void> {
  collector = await prepareCollector({
    DATABASE_URL: proxy.url(),
    FOOTFALL_SPOOL_DIR: spoolDir,
    FOOTFALL_TRUSTED_PROXIES: '127.0.0.1',
    ...env,
  });
  await collector.start();
}

type Options = {
  ids?: string[];
  site?: string;
  title?: string;
  visitor?: object;
  address?: string;
  key?: string;
};

async function send(options: Options = {}) {
  const { ids = [newId()], site = 'demo', title = 't', visitor = { id: 'v' }, address, key } = options;
  const events = ids.map((id) => ({
    id,
    type: 'pageview',
    ts: Date.now(),
    url: 'https://a.example/',
    title,
  }));
  const response = await fetch(`${collector.origin}/v1/events?site=${site}`, {
    method: 'POST',
    headers: {
      'content-type': 'text/plain',
      'user-agent': chrome,
      ...(address && { 'x-forwarded-for': address }),
      ...(key && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ sentAt: Date.now(), ...(visitor && { visitor }), events }),
  });
  return {
    ids,
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: await response.json(),
  };
}

async function query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: postgres.url() });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** How often each of these events is stored. */
async function countStored(ids: string[]): Promise<number[]> {
  const rows = await query<{ event_id: string; count: string }>(
    'select event_id, count(*) from footfall.events where event_id = any($1::uuid[]) group by event_id',
    [ids],
  );
  const counts = new Map(rows.map(({ event_id, count }) => [event_id, Number(count)]));
  return ids.map((id) => counts.get(id) ?? 0);
}

async function untilDrained(): Promise<void> {
  const isEmpty = async () => (await listSpool(spoolDir)).length === 0;
  await vi.waitUntil(isEmpty, { timeout: 30_000, interval: 20 });
}

async function fillSpool(
  title: string,
): Promise<{ acknowledged: string[]; full: Awaited<ReturnType<typeof send>> }> {
  const acknowledged: string[] = [];
  for (;;) {
    const answer = await send({ ids: Array.from({ length: 10 }, () => newId()), title });
    if (answer.status !== 200) return { acknowledged, full: answer };
    acknowledged.push(...answer.ids);
  }
}

test('with the database down a batch is spooled, with the spool full it is refused; after a restart each is stored once', async () => {
  await startCollector({ FOOTFALL_SPOOL_MAX_BYTES: '65536' });
  await postgres.stop();
  const first = await send();
  expect(first).toMatchObject({ status: 200, body: { accepted: 1, duplicate: 0, rejected: [] } });
  const { acknowledged, full } = await fillSpool('x'.repeat(500));
  expect(full).toMatchObject({ status: 503, retryAfter: '10', body: { error: { code: 'spool_full' } } });
  await collector.kill();

  await postgres.start();
  await collector.start();
  await untilDrained();
  const ids = [...first.ids, ...acknowledged];
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(await countStored(ids)).toEqual(ids.map(() => 1));
  expect(await countStored(full.ids)).toEqual(full.ids.map(() => 0));
});

test('an outage keeps visitor and session, writes no address down, and ends by itself', async () => {
  await startCollector();
  const cookieless = { visitor: undefined, address: '203.0.113.77' } as unknown as Options;
  const before = await send(cookieless);
  proxy.cut();
  const during = await send(cookieless);
  const again = await send({ ...cookieless, ids: during.ids });
  expect([before, during, again].map(({ status, body }) => [status, body.accepted])).toEqual([
    [200, 1],
    [200, 1],
    // What is in the spool is not looked through: a retry is told apart when the database is back.
    [200, 1],
  ]);
  expect(await send({ site: 'unheard-of' })).toMatchObject({ status: 503, retryAfter: '5' });
  expect(await (await fetch(`${collector.origin}/readyz`)).json()).toEqual({
    ready: false,
    reasons: ['database: away; events go to the spool'],
  });
  expect((await fetch(`${collector.origin}/healthz`)).status).toBe(200);
  const written = await readSpool(spoolDir);
  expect(written).toContain(during.ids[0]);
  expect(written).not.toContain('203.0.113.77');

  proxy.restore();
  await untilDrained();
  const after = await send(cookieless);
  const ids = [...before.ids, ...during.ids, ...after.ids];
  expect(await countStored(ids)).toEqual([1, 1, 1]);
  expect(
    await query(
      `select count(distinct visitor_id)::int as visitors, count(distinct session_id)::int as sessions
       from footfall.events where event_id = any($1::uuid[])`,
      [ids],
    ),
  ).toEqual([{ visitors: 1, sessions: 1 }]);
  expect((await fetch(`${collector.origin}/readyz`)).status).toBe(200);
  expect(await send({ site: 'unheard-of' })).toMatchObject({ status: 401 });
  // The salt of tomorrow is there today, so that an outage over midnight changes nothing.
  const salts = await query<{ ahead: number }>(
    `select max(day) - (now() at time zone 'utc')::date as ahead from footfall.visitor_salts`,
  );
  expect(salts).toEqual([{ ahead: 1 }]);
});

test('the events of a server with a secret key are spooled as those of browsers are', async () => {
  const key = 'a-key-that-the-operator-gave-it-0001';
  await startCollector({ FOOTFALL_ADMIN_KEY: key });
  proxy.cut();
  const taken = await send({ key });
  expect(taken).toMatchObject({ status: 200, body: { accepted: 1 } });
  expect(await send({ key: `${key}-wrong` })).toMatchObject({ status: 503, retryAfter: '5' });
  proxy.restore();
  await untilDrained();
  expect(
    await query('select is_server from footfall.events where event_id = any($1::uuid[])', [taken.ids]),
  ).toEqual([{ is_server: true }]);
});

test('a database that answers nothing is as good as away, and its silence holds nobody up', async () => {
  await startCollector();
  proxy.hang();
  const answers = await Promise.all([send(), send(), send({ site: 'unheard-of' })]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
  const { ids } = await send();
  expect((await listSpool(spoolDir)).length).toBeGreaterThan(0);
  proxy.restore();
  await untilDrained();
  const all = [...answers.slice(0, 2).flatMap((answer) => answer.ids), ...ids];
  expect(await countStored(all)).toEqual(all.map(() => 1));
});

test('what was received is the sum of the outcomes, and replays have a counter of their own', async () => {
  await startCollector();
  const { ids } = await send();
  await send({ ids });
  await send({ ids: ['no id'] });
  proxy.cut();
  await send();
  await send({ ids });
  proxy.restore();
  await untilDrained();
  const text = await (await fetch(`${collector.origin}/metrics`)).text();
  expect(text.split('\n').filter((line) => /^footfall_(events|spool_replayed)_total/.test(line))).toEqual([
    'footfall_events_total{outcome="stored",reason=""} 1',
    'footfall_events_total{outcome="duplicate",reason=""} 1',
    'footfall_events_total{outcome="rejected",reason="bad_id"} 1',
    'footfall_events_total{outcome="spooled",reason=""} 2',
    'footfall_spool_replayed_total{outcome="stored"} 1',
    'footfall_spool_replayed_total{outcome="duplicate"} 1',
  ]);
  expect(text).toContain('footfall_db_up 1\n');
  expect(text).toContain('footfall_spool_bytes 0\n');
  expect(text).not.toMatch(/demo|a\.example/);
});

test('a flipped bit costs its record, a torn tail nothing, and the start goes on', async () => {
  await startCollector();
  proxy.cut();
  const answers = [];
  for (let count = 0; count < 20; count += 1) answers.push(await send());
  await collector.kill();
  const [segment = ''] = await listSpool(spoolDir);
  const [damaged = ''] = answers[7]?.ids ?? [];
  await flipBit(segment, damaged);
  await appendFile(segment, '4711 0badf00d {"v":1,"events":[{"eventId":');

  proxy.restore();
  await collector.start();
  await untilDrained();
  const ids = answers.flatMap((answer) => answer.ids);
  expect(await countStored(ids)).toEqual(ids.map((id) => (id === damaged ? 0 : 1)));
  expect(await collector.readMetric(/^footfall_spool_damaged_total/)).toBe(1);
  expect((await listSpool(spoolDir, /\.damaged$/)).length).toBe(1);
  const { stderr } = await collector.kill();
  expect(stderr.match(/^spool: .*damaged.*$/gm)?.length).toBe(1);
  expect(stderr.match(/^spool: .*never acknowledged.*$/gm)?.length).toBe(1);
  await collector.start();
});

test('a disk that fills up costs nothing that was acknowledged, and empties without any space', async ({
  skip,
}) => {
  const disk = await mountSmallDisk(256);
  if (!disk) return skip('only root may mount a small disk');
  await startCollector({ FOOTFALL_SPOOL_DIR: disk.directory });
  proxy.cut();
  const { acknowledged, full } = await fillSpool('x'.repeat(2000));
  expect(full).toMatchObject({ status: 503, retryAfter: '10', body: { error: { code: 'spool_full' } } });
  proxy.restore();
  const isEmpty = async () => (await listSpool(disk.directory)).length === 0;
  await vi.waitUntil(isEmpty, { timeout: 30_000, interval: 20 });
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(await countStored(acknowledged)).toEqual(acknowledged.map(() => 1));
  expect((await send()).status).toBe(200);
  await collector.kill();
  await disk.remove();
  await startCollector();
});

test('below the limit of free space nothing is spooled, and readiness says why', async () => {
  await startCollector({ FOOTFALL_MIN_FREE_BYTES: String(2 ** 50) });
  expect((await send()).status).toBe(200);
  proxy.cut();
  expect(await send()).toMatchObject({
    status: 503,
    retryAfter: '60',
    body: { error: { code: 'disk_full' } },
  });
  expect(await listSpool(spoolDir)).toEqual([]);
  const { reasons } = await (await fetch(`${collector.origin}/readyz`)).json();
  expect(reasons).toEqual([
    'database: away; events go to the spool',
    expect.stringMatching(/^disk: \d+ bytes free for the spool$/),
  ]);
  const { stderr } = await collector.kill();
  expect(stderr).toMatch(/^disk: \S+: \d+ bytes free, expected \d+: no events are taken there$/m);
  proxy.restore();
  await collector.start();
});

test('two collectors that share a directory lose nothing to each other', async () => {
  await startCollector();
  const other = await prepareCollector({ DATABASE_URL: proxy.url(), FOOTFALL_SPOOL_DIR: spoolDir });
  await other.start();
  const ids: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    proxy.cut();
    for (let count = 0; count < 10; count += 1) ids.push(...(await send()).ids);
    // Back while both may still write: each empties the directory, under the pen of the other.
    proxy.restore();
    for (let count = 0; count < 10; count += 1) ids.push(...(await send()).ids);
  }
  await untilDrained();
  expect(await countStored(ids)).toEqual(ids.map(() => 1));
  await other.terminate();
});
