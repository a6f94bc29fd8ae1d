import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from '@footfall/schema';
import pg from 'pg';
import { inject } from 'vitest';
import type { Networks } from '../src/access/networks.js';
import { addSite } from '../src/access/sites.js';
import { createApp } from '../src/app.js';
import { type Database, openDatabase } from '../src/db/database.js';
import { openGeoDatabase } from '../src/ingest/geo-database.js';
import { startIngest } from '../src/ingest/start-ingest.js';
import { startJobs } from '../src/jobs.js';
import type { DeliverySettings } from '../src/notifications/deliver.js';
import type { OidcSettings } from '../src/people/oidc-provider.js';
import { type RunningServer, serve } from '../src/server.js';
import { keepOutput } from './keep-output.js';
import { dropDatabase, runAsAdmin } from './template-database.js';

export type TestDatabase = {
  url: string;
  database: Database;
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
};

/** A database of its own for a test file, copied from the migrated template. */
export async function createTestDatabase({
  maxConnections,
}: {
  maxConnections?: number | undefined;
} = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runAsAdmin(inject('adminUrl'), `create database ${name} template ${inject('templateDatabase')}`);
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href, types: { getTypeParser: readAsText } });
  await client.connect();
  // Names print with their schema, whatever the login is called.
  await client.query(`set search_path = ''`);
  const database = openDatabase({
    url: url.href,
    log: failOnLog,
    ...(maxConnections !== undefined && { maxConnections }),
  });
  return {
    url: url.href,
    database,
    query: async (sql, values) => (await client.query(sql, values)).rows,
    async drop() {
      await database.end();
      await client.end();
      await dropDatabase(inject('adminUrl'), name);
    },
  };
}

// Dates as written, counts as numbers: expected values in tests are plain literals.
function readAsText(oid: number, format?: 'text' | 'binary') {
  if (oid === pg.types.builtins.DATE) return (text: string) => text;
  if (oid === pg.types.builtins.INT8) return Number;
  return pg.types.getTypeParser(oid, format);
}

function failOnLog(line: string): void {
  throw new Error(`unexpected log line: ${line}`);
}

export type TestCollector = TestDatabase & {
  /** http://127.0.0.1:port */
  origin: string;
  /** What the router knows, as it has it. */
  routes: readonly { method: string; path: string }[];
  /** Lines that the collector logged. */
  logged: string[];
  send(body: unknown, options?: SendOptions): Promise<{ status: number; body: unknown }>;
  stop(): Promise<void>;
};

export type SendOptions = { site?: string; headers?: Record<string, string> };

export const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** A collector on a port of its own with the sites `demo` and `other`, listening on HTTP as in production. */
export async function startTestCollector({
  now = Date.now,
  stopping = new AbortController(),
  keepsJobs = true,
  maxConnections,
  watch = (database) => database,
  ...settings
}: {
  now?: () => number;
  stopping?: AbortController;
  /** False: each job has run once, and the test runs what it wants to see. */
  keepsJobs?: boolean;
  trustedProxies?: Networks;
  queryTimeoutMs?: number;
  /** Of the one pool that everything shares. */
  maxConnections?: number;
  /** What the routes get in place of the database. */
  watch?: (database: Database) => Database;
  publicUrl?: string;
  oidc?: OidcSettings;
} & DeliverySettings = {}): Promise<TestCollector> {
  const test = await createTestDatabase({ maxConnections });
  const { database } = test;
  await addSite(database, { site: 'demo', siteKey: 'demo', retentionDays: 395 });
  await addSite(database, {
    site: 'other',
    siteKey: 'other',
    retentionDays: 395,
    allowedOrigins: ['https://shop.example'],
  });
  const logged: string[] = [];
  const log = (line: string) => {
    keepOutput(line);
    logged.push(line);
  };
  keepOutput('');
  const jobs = await startJobs({ ...settings, database, now, log });
  if (!keepsJobs) await jobs.stop();
  const server = await serveTestApp({
    ...settings,
    database: watch(database),
    now,
    stopping,
    log,
  });
  return {
    ...test,
    origin: server.url,
    routes: server.routes,
    logged,
    send: (body, options) => send(server.url, body, options),
    async stop() {
      await server.stop();
      await jobs.stop();
      await test.drop();
    },
  };
}

type TestApp = DeliverySettings & {
  database: Database;
  now: () => number;
  stopping: AbortController;
  trustedProxies?: Networks;
  queryTimeoutMs?: number;
  publicUrl?: string;
  oidc?: OidcSettings;
  log: (line: string) => void;
};

type ServedApp = RunningServer & Pick<TestCollector, 'routes'>;

async function serveTestApp({
  database,
  now,
  stopping,
  log,
  trustedProxies,
  ...rest
}: TestApp): Promise<ServedApp> {
  const spoolDir = await mkdtemp(join(tmpdir(), 'footfall-spool-'));
  const settings = { spoolDir, spoolMaxBytes: 1 << 20, minFreeBytes: 0 };
  const ingest = await startIngest({ ...settings, database, databaseDir: undefined, now, log });
  const app = createApp({
    ...settings,
    ...ingest,
    database,
    now,
    log,
    geo: await openGeoDatabase(),
    stopping: stopping.signal,
    ...rest,
    trustedProxies,
    clientIpHeader: 'x-forwarded-for',
    demoDir: undefined,
  });
  const server = await serve(app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    routes: app.routes,
    async stop() {
      stopping.abort();
      await ingest.stop(server.stop());
      await rm(spoolDir, { recursive: true });
    },
  };
}

async function send(origin: string, body: unknown, { site = 'demo', headers = {} }: SendOptions = {}) {
  const response = await fetch(`${origin}/v1/events?site=${site}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': chrome, ...headers },
    body:
      typeof body === 'string' ? body : body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** A UUIDv7 of a time, different at every call. */
export function newId(unixMs: number = Date.now()): string {
  return uuidv7(unixMs, crypto.getRandomValues(new Uint8Array(16)));
}
