/**
 * Measures ingest over HTTP, the full path, on this machine: collector, load generator and PostgreSQL share its cores.
 *
 *   node bench/ingest/ingest.js [--events 200000] [--requests 20000] [--rows 0] [--soak 0] [--data DIR]
 *
 * --rows: how many events are stored before the measuring begins; --soak: minutes at half the peak, with the memory of each;
 * --data: where the embedded PostgreSQL keeps its data, which a later run finds filled.
 *
 * Without DATABASE_URL an embedded PostgreSQL is used, in a temporary folder unless --data names one. Prints each rate as a
 * ratio to a ceiling that the same run measured.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openEmbedded } from '../../collector/dist/db/embedded/open.js';
import { createRandom, makeRequest } from './batches.js';
import { measureCopy } from './copy-ceiling.js';
import { fill, rollUp } from './fill.js';
import { quantile, sendAll, sendAtRate } from './load.js';
import { measureSize } from './size.js';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    requests: { type: 'string', default: '20000' },
    rows: { type: 'string', default: '0' },
    soak: { type: 'string', default: '0' },
    data: { type: 'string' },
  },
});
const batchEvents = 20;
const connections = 32;
// Single events come from as many browsers.
const beaconConnections = 256;
const random = createRandom(20_261_120);
const children = [];

const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'footfall-bench-'));
mkdirSync(dataDir, { recursive: true });
chmodSync(dataDir, 0o755);
const server = process.env.DATABASE_URL
  ? { url: process.env.DATABASE_URL, stop: async () => {} }
  : await openEmbedded({ dataDir, mode: 'own', log: () => {} });
const client = new pg.Client({ connectionString: server.url });
await client.connect();

try {
  const collector = await startNode(
    // As `npm start` does.
    ['--max-semi-space-size=32', '--max-old-space-size=1536', 'collector/bin/footfall.js', 'start'],
    /collector +http:\S+?:(\d+)/,
    {
      DATABASE_URL: server.url,
      PORT: '0',
      FOOTFALL_TRUSTED_PROXIES: '127.0.0.1',
    },
  );
  const since = new Date();
  await warmUp(collector.port);
  if (Number(values.rows) > 0) await prefill(since);
  else await client.query('truncate footfall.events, footfall.sessions');
  const batches = await measureBatches(collector);
  await printSize();
  await measureLatency(collector, batches.perSecond / batchEvents / 4);
  await measureBeacons(collector);
  await soak(collector, batches.perSecond / batchEvents / 2);
} finally {
  for (const child of children) child.kill('SIGTERM');
  await client.end();
  await server.stop();
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}

function requestsOf(count, events) {
  return Array.from({ length: count }, () => makeRequest({ random, events, now: Date.now(), host: 'bench' }));
}

async function warmUp(port) {
  await sendAll({ port, requests: requestsOf(500, batchEvents), connections });
}

async function prefill(since) {
  const seconds = await timed(() => fill(client, { events: Number(values.rows), since }));
  const rollupSeconds = await timed(() => rollUp(client));
  print(
    `${await countRows()} events are stored before the measuring begins: ${seconds} s to fill, ${rollupSeconds} s for their rollups`,
  );
}

async function timed(work) {
  const start = performance.now();
  await work();
  return Math.round((performance.now() - start) / 1000);
}

async function measureBatches({ port, pid }) {
  const count = Math.round(Number(values.events) / batchEvents);
  const requests = requestsOf(count, batchEvents);
  const bytes = requests.reduce((sum, { length }) => sum + length, 0) / count;
  const before = await countRows();
  const { seconds, latenciesMs, failed } = await sendAll({ port, requests, connections });
  const perSecond = (count * batchEvents) / seconds;
  const stored = (await countRows()) - before;
  if (failed > 0 || stored !== count * batchEvents)
    throw new Error(`${failed} failed, ${stored} of ${count * batchEvents} stored`);
  const ceiling = await measureCopy(client, { rows: stored });
  report('batches of 20', {
    perSecond,
    unit: 'events/s',
    ceiling: ceiling.perSecond,
    of: 'COPY of the same rows',
    bar: 0.1,
  });
  print(
    `  ${Math.round(bytes)} B a request, p50 ${quantile(latenciesMs, 0.5).toFixed(1)} ms, p99 ${quantile(latenciesMs, 0.99).toFixed(1)} ms, RSS ${rssOf(pid)} MiB`,
  );
  return { perSecond };
}

async function measureLatency({ port }, perSecond) {
  const requests = requestsOf(Math.round(perSecond * 10), batchEvents);
  const { latenciesMs } = await sendAtRate({ port, requests, perSecond, connections });
  print(
    `a quarter of the peak (${Math.round(perSecond)} requests/s): ack p50 ${quantile(latenciesMs, 0.5).toFixed(1)} ms, p99 ${quantile(latenciesMs, 0.99).toFixed(1)} ms (bar 50 ms)`,
  );
}

async function measureBeacons({ port, pid }) {
  const requests = requestsOf(Number(values.requests), 1);
  const { seconds } = await sendAll({ port, requests, connections: beaconConnections });
  const bare = await startNode(['bench/ingest/bare-route.js'], /^(\d+)/m, {});
  await sendAll({ port: bare.port, requests: requests.slice(0, 2000), connections: beaconConnections });
  const ceiling = await sendAll({ port: bare.port, requests, connections: beaconConnections });
  report('one event a request', {
    perSecond: requests.length / seconds,
    unit: 'requests/s',
    ceiling: requests.length / ceiling.seconds,
    of: 'a bare hono route',
    bar: 0.12,
  });
  print(`  ${Math.round(requests[0].length)} B a request, RSS ${rssOf(pid)} MiB`);
}

async function soak({ port, pid }, perSecond) {
  for (let minute = 1; minute <= Number(values.soak); minute += 1) {
    const { latenciesMs, failed } = await sendAtRate({
      port,
      requests: requestsOf(Math.round(perSecond * 60), batchEvents),
      perSecond,
      connections,
    });
    print(
      `soak, minute ${minute} (${Math.round(perSecond)} requests/s): RSS ${rssOf(pid)} MiB, ack p99 ${quantile(latenciesMs, 0.99).toFixed(1)} ms, ${failed} failed`,
    );
  }
}

async function printSize() {
  await rollUp(client);
  const { total, parts, columns } = await measureSize(client);
  const list = (sizes) =>
    sizes
      .filter(([, bytes]) => bytes >= 0.5)
      .map(([name, bytes]) => `  ${bytes.toFixed(1).padStart(7)}  ${name}`)
      .join('\n');
  print(`stored: ${Math.round(total)} B an event, all tables and indexes (bar 450)\n${list(parts)}`);
  print(`columns of an event, B on average\n${list(columns)}`);
}

async function countRows() {
  const { rows } = await client.query('select count(*)::int as n from footfall.events');
  return rows[0].n;
}

function report(name, { perSecond, unit, ceiling, of, bar }) {
  const ratio = perSecond / ceiling;
  print(
    `${name}: ${Math.round(perSecond)} ${unit} = ${ratio.toFixed(3)} of ${of} (${Math.round(ceiling)}/s; bar ${bar})`,
  );
}

function print(line) {
  console.log(line);
}

function rssOf(pid) {
  return Math.round(
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
  );
}

function startNode(args, pattern, env) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const port = pattern.exec(text)?.[1];
      if (port) resolve({ port: Number(port), pid: child.pid });
    });
    child.on('exit', () => reject(new Error(`${args[0]} ended: ${text}`)));
  });
}
