import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addKey, generateKey } from '../src/access/keys.js';
import { createNetworks } from '../src/access/networks.js';
import { createApp } from '../src/app.js';
import { openDatabase } from '../src/db/database.js';
import { keepPartitions } from '../src/db/partitions.js';
import { openGeoDatabase } from '../src/ingest/geo-database.js';
import { startIngest } from '../src/ingest/start-ingest.js';
import { deleteOldSalts } from '../src/ingest/visitor.js';
import { serve } from '../src/server.js';
import { deleteOldLinks } from '../src/sessions/links.js';
import { deleteOldWaiting } from '../src/sessions/waiting.js';
import { keepOutput } from './keep-output.js';
import { createTestDatabase, type TestDatabase } from './test-collector.js';

export type Request = { site: string; body: unknown; address: string; agent: string; isServer?: boolean };
export type Answer = { status: number; body: { accepted: number; duplicate: number; rejected: unknown[] } };

/** Two collectors on one database, with one clock, which the test sets. */
export type CollectorPair = TestDatabase & {
  clock: { now: number };
  logged: string[];
  /** Sends a batch to one of the two. */
  send(which: 0 | 1, request: Request): Promise<Answer>;
  /** Stops one of the two, and starts another in its place, which knows nothing that is not stored. */
  restart(which: 0 | 1): Promise<void>;
  stop(): Promise<void>;
};

type Running = { url: string; stop(): Promise<void> };

export async function startCollectorPair(now: number): Promise<CollectorPair> {
  const test = await createTestDatabase();
  const clock = { now };
  const logged: string[] = [];
  const key = generateKey('ingest');
  await addKey(test.database, { key, role: 'ingest', name: 'server' });
  await keepPartitions(test.database, now, () => {});
  const geo = await openGeoDatabase();
  const start = () => startCollector({ url: test.url, clock, logged, geo });
  const running = [await start(), await start()] as [Running, Running];
  return {
    ...test,
    clock,
    logged,
    send: (which, request) => send(running[which].url, request, key),
    async restart(which) {
      await running[which].stop();
      running[which] = await start();
    },
    async stop() {
      await Promise.all(running.map((one) => one.stop()));
      await test.drop();
    },
  };
}

async function startCollector({
  url,
  clock,
  logged,
  geo,
}: {
  url: string;
  clock: { now: number };
  logged: string[];
  geo: Awaited<ReturnType<typeof openGeoDatabase>>;
}): Promise<Running> {
  const now = () => clock.now;
  keepOutput('');
  const log = (line: string) => {
    keepOutput(line);
    logged.push(line);
  };
  // No power fails here: waiting for the disk would be most of the time.
  const options = new URLSearchParams({ options: '-c synchronous_commit=off' });
  const database = openDatabase({ url: `${url}?${options}`, maxConnections: 4, log });
  for (const clean of [deleteOldSalts, deleteOldLinks, deleteOldWaiting]) await clean(database, now());
  const spoolDir = await mkdtemp(join(tmpdir(), 'footfall-spool-'));
  const settings = { spoolDir, spoolMaxBytes: 1 << 20, minFreeBytes: 0 };
  const ingest = await startIngest({ ...settings, database, databaseDir: undefined, now, log });
  const stopping = new AbortController();
  const trustedProxies = createNetworks(['127.0.0.1']);
  const app = createApp({
    ...settings,
    ...ingest,
    database,
    now,
    log,
    geo,
    stopping: stopping.signal,
    trustedProxies,
    clientIpHeader: 'x-forwarded-for',
    demoDir: undefined,
  });
  const server = await serve(app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    async stop() {
      stopping.abort();
      await ingest.stop(server.stop());
      await database.end();
      await rm(spoolDir, { recursive: true });
    },
  };
}

async function send(origin: string, { site, body, address, agent, isServer }: Request, key: string) {
  const response = await fetch(`${origin}/v1/events?site=${site}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': agent,
      'x-forwarded-for': address,
      ...(isServer ? { authorization: `Bearer ${key}` } : {}),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
