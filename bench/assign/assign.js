/**
 * Measures assignment: in the process, as the SDK and servers with the definitions do it, and over HTTP at a fixed rate, where
 * collector, load generator and PostgreSQL share this machine's cores.
 *
 *   node bench/assign/assign.js [--rate 500] [--seconds 20]
 *
 * Without DATABASE_URL an embedded PostgreSQL in a temporary folder is used. Half of the requests are of units that come for
 * the first time, so that each of them waits for the disk.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decide } from '@footfall/schema/decide';
import { openEmbedded } from '../../collector/dist/db/embedded/open.js';
import { quantile, sendAtRate } from '../ingest/load.js';

const { values } = parseArgs({
  options: { rate: { type: 'string', default: '500' }, seconds: { type: 'string', default: '20' } },
});
const rate = Number(values.rate);
const requestCount = rate * Number(values.seconds);
const localCount = 500_000;
const localCeilingMicroseconds = 10;
const httpCeilingMs = 25;
const connections = 32;
const key = `ff_owner_${'b'.repeat(64)}`;

const definition = {
  key: 'checkout',
  unitType: 'user',
  fallbackUnitType: 'visitor',
  coverage: 0.5,
  variations: [
    { key: 'control', weight: 0.5 },
    { key: 'treatment', weight: 0.5 },
  ],
  condition: { country: { $in: ['DE', 'AT', 'CH'] }, 'account.seats': { $gte: 5 } },
  urls: { include: ['/checkout/*', 'https://shop.example/cart*'] },
};
const attributes = { country: 'AT', account: { seats: 12 } };
const url = 'https://shop.example/checkout/pay?step=2';

measureLocal();
await measureHttp();

function measureLocal() {
  const layers = [{ seed: 'layer', unitType: 'user', range: [0, 0.8] }];
  const experiment = { ...definition, phase: 1, seed: 'bench', isRunning: true, layers };
  const all = new Map([[experiment.key, experiment]]);
  const microseconds = new Float64Array(localCount);
  let enrolled = 0;
  for (let n = 0; n < localCount; n++) {
    const subject = { attributes: { ...attributes, user: `user-${n}` }, url };
    const start = performance.now();
    const { isEnrolled } = decide(experiment, subject, all);
    microseconds[n] = (performance.now() - start) * 1_000;
    if (isEnrolled) enrolled++;
  }
  const sorted = [...microseconds.subarray(localCount / 10)].sort((left, right) => left - right);
  report(`local, ${((enrolled / localCount) * 100).toFixed(0)} % enrolled`, {
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    unit: 'µs',
    ceiling: localCeilingMicroseconds,
  });
}

async function measureHttp() {
  const dataDir = mkdtempSync(join(tmpdir(), 'footfall-bench-'));
  chmodSync(dataDir, 0o755);
  const server = process.env.DATABASE_URL
    ? { url: process.env.DATABASE_URL, stop: async () => {} }
    : await openEmbedded({ dataDir, mode: 'own', log: () => {} });
  const collector = spawn(process.execPath, ['collector/bin/footfall.js', 'start'], {
    env: { ...process.env, DATABASE_URL: server.url, PORT: '0', FOOTFALL_ADMIN_KEY: key },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await findPort(collector);
    await prepare(port);
    await send(port, { count: rate * 2, prefix: 'warm' });
    const { latenciesMs, failed } = await send(port, { count: requestCount, prefix: 'unit' });
    const sorted = latenciesMs.sort((left, right) => left - right);
    const figures = {
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      unit: 'ms',
      ceiling: httpCeilingMs,
    };
    report(`POST /v1/assign, ${rate}/s, ${failed} of ${requestCount} failed`, figures);
  } finally {
    const ended = new Promise((resolve) => collector.once('close', resolve));
    collector.kill('SIGTERM');
    await ended;
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function findPort({ stdout }) {
  return new Promise((resolve) => {
    let text = '';
    stdout.on('data', (chunk) => {
      text += chunk;
      const port = /^ready/m.test(text) && /collector +http:\S+?:(\d+)/.exec(text)?.[1];
      if (port) resolve(Number(port));
    });
  });
}

async function prepare(port) {
  for (const [path, body] of [
    ['/api/v1/experiments', { ...definition, site: 'demo' }],
    ['/api/v1/experiments/checkout/start?site=demo', {}],
  ]) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  }
}

function send(port, { count, prefix }) {
  const requests = Array.from({ length: count }, (_, n) => {
    const unit = { user: `${prefix}-${n % 2 === 0 ? n : n >> 2}` };
    const body = JSON.stringify({ site: 'demo', unit, attributes, url, experiments: ['checkout'] });
    return Buffer.from(
      `POST /v1/assign HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${key}\r\n` +
        `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
  return sendAtRate({ port, requests, perSecond: rate, connections });
}

function report(name, { p50, p99, unit, ceiling }) {
  const ratio = `${((p99 / ceiling) * 100).toFixed(0)} % of the ceiling of ${ceiling} ${unit}`;
  console.log(`${name}\n  p50 ${p50.toFixed(2)} ${unit}   p99 ${p99.toFixed(2)} ${unit}   ${ratio}`);
}
