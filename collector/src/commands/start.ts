import { resolve } from 'node:path';
import { addKey, generateKey, hasOwnerKey } from '../access/keys.js';
import { addSite, demoSite } from '../access/sites.js';
import { createApp } from '../app.js';
import type { Config } from '../config.js';
import type { Database } from '../db/database.js';
import { classifyFailure } from '../db/failure.js';
import { openStore, type Store } from '../db/open-store.js';
import { openGeoDatabase } from '../ingest/geo-database.js';
import { type Ingest, startIngest } from '../ingest/start-ingest.js';
import { startJobs } from '../jobs.js';
import { type RunningServer, serve } from '../server.js';
import { StartError } from '../start-error.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';
import { closeStore, stopInOrder } from './stop-in-order.js';

const usage = 'start [--demo DIR]';

/** Config, database, migrations, jobs, server; and the same backwards on SIGINT or SIGTERM. */
export const start: Command = {
  usage,
  summary: 'run the collector; --demo serves a folder of pages at /demo/',
  endsInOrder: true,
  async run(invocation) {
    const { values } = readOptions(invocation.args, { usage, options: { demo: { type: 'string' } } });
    const stopRequested = listenForStop(invocation.crashed);
    const running = await startCollector(invocation, values.demo);
    await stopRequested;
    invocation.log('stopping: answering the requests under way');
    await running.stop();
    invocation.log('stopped');
  },
};

// A signal that comes while the database is still being made must not end the process halfway, and neither must a second
// one while it stops: npm hands on the Ctrl-C that the terminal has sent already.
function listenForStop(crashed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    crashed.addEventListener('abort', () => resolve());
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}

async function startCollector(
  { config, print, log }: Invocation,
  demo: string | undefined,
): Promise<{ stop(): Promise<void> }> {
  const geo = await openGeoDatabase(config.geoDatabase, { log });
  const store = await openStore(config, { mode: 'own', log }).catch((error: unknown) => {
    throw explainLoss(error);
  });
  try {
    await prepareDatabase(store.database, config);
    const jobs = await startJobs({ ...config, database: store.database, now: Date.now, log });
    const ingest = await startIngest({
      ...config,
      database: store.database,
      databaseDir: store.directory,
      now: Date.now,
      log,
    });
    const stopping = new AbortController();
    const serving = serveApp({ config, store, ingest, geo, demo, log, stopping: stopping.signal });
    const server = await serving.catch(async (error) => {
      await ingest.stop(Promise.resolve());
      throw error;
    });
    // Not before the server runs: the key of a start that fails would be stored and never shown.
    const adminKey = await makeFirstKey(store.database);
    announce({ config, store, server, demo, adminKey, print });
    return { stop: () => stopInOrder({ stopping, server, jobs, ingest, store, log }) };
  } catch (error) {
    await closeStore(store, log);
    throw explainLoss(error);
  }
}

// Between one step and the next the database may go: no surprise, but no start either.
function explainLoss(cause: unknown): unknown {
  if (classifyFailure(cause) !== 'retry') return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `DATABASE_URL: expected a PostgreSQL server that stays during the start, got: ${reason}`;
  return new StartError(message, { cause });
}

async function prepareDatabase(database: Database, { adminKey, retentionDays }: Config): Promise<void> {
  await addSite(database, { site: demoSite, name: 'Demo', siteKey: demoSite, retentionDays });
  if (adminKey !== undefined)
    await addKey(database, { key: adminKey, role: 'owner', name: 'FOOTFALL_ADMIN_KEY' });
}

/** @returns the admin key, on the first start that had to make one */
async function makeFirstKey(database: Database): Promise<string | undefined> {
  if (await hasOwnerKey(database)) return undefined;
  const key = generateKey('owner');
  await addKey(database, { key, role: 'owner', name: 'first start' });
  return key;
}

type Geo = Awaited<ReturnType<typeof openGeoDatabase>>;

type Serving = {
  config: Config;
  store: Store;
  ingest: Ingest;
  geo: Geo;
  demo: string | undefined;
  log: (line: string) => void;
  stopping: AbortSignal;
};

async function serveApp({
  config,
  store,
  ingest,
  geo,
  demo,
  log,
  stopping,
}: Serving): Promise<RunningServer> {
  const app = createApp({
    ...config,
    ...ingest,
    database: store.database,
    now: Date.now,
    log,
    geo,
    stopping,
    demoDir: demo === undefined ? undefined : resolve(demo),
  });
  return serve(app, config);
}

function announce({
  config,
  store,
  server,
  demo,
  adminKey,
  print,
}: {
  config: Config;
  store: Store;
  server: RunningServer;
  demo: string | undefined;
  adminKey: string | undefined;
  print: (line: string) => void;
}): void {
  const url = config.publicUrl ?? server.url;
  print(`database   ${store.description}`);
  print(`collector  ${url}/v1/events?site=${demoSite}`);
  if (demo !== undefined) print(`demo site  ${url}/demo/`);
  print(`dashboard  ${url}/dashboard`);
  if (adminKey !== undefined) print(`admin key  ${adminKey}   (shown once: keep it)`);
  print('ready      Ctrl-C stops');
}
