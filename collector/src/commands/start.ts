import { resolve } from 'node:path';
import { addKey, generateKey, hasOwnerKey } from '../access/keys.js';
import { addSite, createSiteKeys, demoSite } from '../access/sites.js';
import { createApp } from '../app.js';
import type { Config } from '../config.js';
import type { Database } from '../db/database.js';
import { openStore, type Store } from '../db/open-store.js';
import { openGeoDatabase } from '../ingest/geo-database.js';
import { createCommitter } from '../ingest/group-commit.js';
import { createVisitorHasher } from '../ingest/visitor.js';
import { startJobs } from '../jobs.js';
import { type RunningServer, serve } from '../server.js';
import type { Command, Invocation } from './command.js';
import { readOptions } from './read-options.js';

const usage = 'start [--demo DIR]';

/** Config, database, migrations, jobs, server; and the same backwards on SIGINT or SIGTERM. */
export const start: Command = {
  usage,
  summary: 'run the collector; --demo serves a folder of pages at /demo/',
  async run(invocation) {
    const { values } = readOptions(invocation.args, { usage, options: { demo: { type: 'string' } } });
    const stopRequested = listenForStop();
    const running = await startCollector(invocation, values.demo);
    await stopRequested;
    invocation.log('stopping: answering the requests under way');
    await running.stop();
    invocation.log('stopped');
  },
};

// A signal that comes while the database is still being made must not end the process halfway, and neither must a second
// one while it stops: npm hands on the Ctrl-C that the terminal has sent already.
function listenForStop(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}

async function startCollector(
  { config, print, log }: Invocation,
  demo: string | undefined,
): Promise<{ stop(): Promise<void> }> {
  const geo = await openGeoDatabase(config.geoDatabase, { log });
  const store = await openStore(config, { mode: 'own', log });
  try {
    const adminKey = await prepareDatabase(store.database, config);
    const jobs = await startJobs({ database: store.database, now: Date.now, log });
    const server = await serveApp({ config, store, geo, demo, log });
    announce({ config, store, server, demo, adminKey, print });
    return { stop: () => stopInOrder([() => server.stop(), () => jobs.stop(), () => store.close()]) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function stopInOrder(steps: (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step();
}

/** @returns the admin key, on the first start that had to make one */
async function prepareDatabase(
  database: Database,
  { adminKey, retentionDays }: Config,
): Promise<string | undefined> {
  await addSite(database, { site: demoSite, name: 'Demo', siteKey: demoSite, retentionDays });
  if (adminKey !== undefined) {
    await addKey(database, { key: adminKey, role: 'owner', name: 'FOOTFALL_ADMIN_KEY' });
    return undefined;
  }
  if (await hasOwnerKey(database)) return undefined;
  const key = generateKey('owner');
  await addKey(database, { key, role: 'owner', name: 'first start' });
  return key;
}

type Geo = Awaited<ReturnType<typeof openGeoDatabase>>;

async function serveApp({
  config,
  store,
  geo,
  demo,
  log,
}: {
  config: Config;
  store: Store;
  geo: Geo;
  demo: string | undefined;
  log: (line: string) => void;
}): Promise<RunningServer> {
  const { database } = store;
  const now = Date.now;
  const app = createApp({
    database,
    now,
    log,
    geo,
    committer: createCommitter(database),
    siteKeys: createSiteKeys({ database, now }),
    visitors: createVisitorHasher({ database, now }),
    trustedProxies: config.trustedProxies,
    clientIpHeader: config.clientIpHeader,
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
