/**
 * Measures the query API over HTTP on this machine: collector and PostgreSQL share its cores, nothing is cached, and an
 * event is acknowledged before each query and has to be counted by it.
 *
 *   node bench/query/query.js [--events 1000000] [--data DIR] [--runs 5] [--only acks] [--explain]
 *
 * 90 days up to now, 10 events a visit, 500 paths, 40 % of the visits by visitors who return. With --data the database
 * stays in DIR for the next run; --only measures what has this in its name: a question, stream, acks or remake; --explain
 * writes the plans of the most used queries to bench/query/explain/.
 *
 * Beside the median and the longest time stands the processor time of all of PostgreSQL for one answer (mean, Linux
 * alone), which other work on the machine changes less.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { uuidv7 } from '@footfall/schema';
import pg from 'pg';
import { openEmbedded } from '../../collector/dist/db/embedded/open.js';
import { migrate } from '../../collector/dist/db/migrate.js';
import { createRandom, makeRequest } from '../ingest/batches.js';
import { quantile, sendAtRate } from '../ingest/load.js';
import { explainQueries } from './explain.js';
import { generate, site } from './generate.js';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    data: { type: 'string' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    explain: { type: 'boolean', default: false },
  },
});
const key = `ff_owner_${'b'.repeat(64)}`;
const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'footfall-bench-'));
mkdirSync(dataDir, { recursive: true });
chmodSync(dataDir, 0o755);
const server = await openEmbedded({ dataDir, mode: 'own', log: () => {} });
await migrate({ url: server.url, log: () => {} });
const client = new pg.Client({ connectionString: server.url });
await client.connect();
await client.query('set role footfall_owner');
let collector;

try {
  const events = await fill();
  collector = await startCollector();
  print(`${events} events, ${values.runs} runs of each, milliseconds`);
  print('                                                    median     max     cpu   source');
  for (const [name, ask] of questions()) if (isAsked(name)) await measure(name, ask);
  if (isAsked('stream')) await measureStream();
  if (isAsked('acks')) await measureAcks();
  if (isAsked('remake')) await measureRemake();
  if (values.explain) await explainQueries(client, 'bench/query/explain');
} finally {
  collector?.child.kill('SIGTERM');
  await client.end();
  await server.stop();
  if (!values.data) rmSync(dataDir, { recursive: true, force: true });
}

function isAsked(name) {
  return name.includes(values.only);
}

async function fill() {
  const count = async () => {
    const { rows } = await client.query(
      'select count(*)::integer as n from footfall.events where site = $1',
      [site],
    );
    return rows[0].n;
  };
  const found = await count();
  if (found > 0) return found;
  await generate({ url: server.url, client, events: Number(values.events), now: Date.now(), log: print });
  return count();
}

/** What is measured: the whole overview and single queries. */
function* questions() {
  const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  const germany = [['is', 'visit:country', ['DE']]];
  const overview = (days, filters) =>
    get(
      `/api/v1/overview?site=${site}&from=${day(days - 1)}&to=${day(0)}&filters=${encodeURIComponent(JSON.stringify(filters))}`,
    );
  const query = (metrics, dimensions, more = {}) =>
    post({
      site_id: site,
      metrics,
      dimensions,
      date_range: [day(29), day(0)],
      pagination: { limit: 10 },
      ...more,
    });
  const plain = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration'];
  yield ['whole overview, 30 days', () => overview(30, [])];
  yield ['whole overview, 90 days', () => overview(90, [])];
  yield ['whole overview of one country, 30 days', () => overview(30, germany)];
  yield ['whole overview of one page, 30 days', () => overview(30, [['is', 'event:page', ['/articles/1']]])];
  yield ['totals, 30 days', () => query(plain, [])];
  yield ['totals, 30 days, of one country', () => query(plain, [], { filters: germany })];
  yield [
    'totals beside the days before',
    () => query(plain, [], { include: { comparisons: { mode: 'previous_period' } } }),
  ];
  yield ['visitors and pageviews by day', () => query(['visitors', 'pageviews'], ['time:day'])];
  yield [
    'visitors by hour, 2 days',
    () => query(['visitors'], ['time:hour'], { date_range: [day(1), day(0)] }),
  ];
  yield ['pages', () => query(['visitors', 'pageviews'], ['event:page'])];
  yield [
    'pages of one country',
    () => query(['visitors', 'pageviews'], ['event:page'], { filters: germany }),
  ];
  yield ['sources', () => query(['visitors', 'visits', 'bounce_rate'], ['visit:source'])];
  yield ['countries and browsers', () => query(['visitors', 'visits'], ['visit:country', 'visit:browser'])];
  yield [
    'goal by source',
    () =>
      query(['visitors', 'conversion_rate'], ['visit:source'], {
        filters: [['is', 'event:goal', ['signup']]],
      }),
  ];
  yield [
    'visits that saw a page and signed up',
    () =>
      query(['visits'], [], {
        filters: [
          ['has_done', ['is', 'event:goal', ['signup']]],
          ['has_done', ['is', 'event:page', ['/articles/1']]],
        ],
      }),
  ];
  yield [
    'p90 of a property by plan',
    () => query([{ fn: 'p90', of: 'event:props:price', as: 'price' }], ['event:props:plan']),
  ];
}

async function measure(name, ask) {
  const times = [];
  let cpu = 0;
  let source = '';
  for (let run = 0; run <= Number(values.runs); run++) {
    await sendEvent();
    const startedAt = performance.now();
    const before = serverCpuMs();
    const answer = await ask();
    if (run === 0) continue; // Connections are opened and code is compiled.
    times.push(performance.now() - startedAt);
    cpu += serverCpuMs() - before;
    source = answer.meta.source;
  }
  const columns = [median(times), Math.max(...times), cpu / times.length];
  print(
    `${name.padEnd(48)}${columns.map((ms, at) => ms.toFixed(0).padStart(at === 0 ? 10 : 8)).join('')}   ${source}`,
  );
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

// Of the processes of the server, and of those that have ended. Zero where there is no /proc.
function serverCpuMs() {
  const server = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0];
  if (!existsSync('/proc/self/stat')) return 0;
  const own = timesOf(server);
  const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim().split(' ');
  return [...own, ...children.flatMap((pid) => timesOf(pid).slice(0, 2))].reduce((sum, ms) => sum + ms, 0);
}

async function sendEvent() {
  const id = uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
  const event = { id, type: 'pageview', ts: Date.now(), url: 'https://shop.example/articles/1' };
  const response = await fetch(`${collector.url}/v1/events?site=${site}`, {
    method: 'POST',
    headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' },
    body: JSON.stringify({ sentAt: Date.now(), events: [event] }),
  });
  const { accepted } = await response.json();
  if (accepted !== 1) throw new Error(`expected an event to be accepted, got ${response.status}`);
}

async function measureStream() {
  const before = rssOf(collector.child.pid);
  const startedAt = performance.now();
  let most = before;
  let rows = 0;
  const response = await request('/api/v2/query', {
    method: 'POST',
    headers: { accept: 'application/x-ndjson' },
    body: JSON.stringify({ site_id: site, metrics: ['events'], dimensions: ['event:id'], date_range: 'all' }),
  });
  for await (const chunk of response.body) {
    rows += Buffer.from(chunk).toString().split('\n').length - 1;
    most = Math.max(most, rssOf(collector.child.pid));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  print(
    `stream of ${rows} rows: ${seconds.toFixed(1)} s, collector ${before} MiB before, at most ${most} MiB`,
  );
}

// What readers may cost those who write: batches of 20 at 50 a second, alone and beside the heaviest question, which more
// readers ask than are let in at once.
async function measureAcks() {
  const heaviest = [...questions()].find(([name]) => name === 'whole overview of one page, 30 days')[1];
  await sendBatches(); // Until statements are prepared and code is compiled.
  const idle = await sendBatches();
  let isOver = false;
  const readers = Array.from({ length: 6 }, async () => {
    let answers = 0;
    for (; !isOver; answers++) await heaviest();
    return answers;
  });
  const beside = await sendBatches();
  isOver = true;
  const answers = (await Promise.all(readers)).reduce((sum, count) => sum + count, 0);
  print(
    `acks of 50 batches a second, ${answers} answers of 6 readers to the heaviest question (bar of the p99: 2 x)`,
  );
  for (const [at, name] of ['p50', 'p99'].entries()) {
    const times = (beside[at] / idle[at]).toFixed(1);
    print(`  ${name} ${idle[at].toFixed(1)} ms alone, ${beside[at].toFixed(1)} ms beside it = ${times} x`);
  }
}

// Time on the processor, which other work on the machine does not change: what a question pays for the event before it.
async function measureRemake() {
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const rounds = 20;
  await client.query('begin');
  await remake(1); // The day is open from here on.
  const before = cpuMsOf(rows[0].pid);
  await remake(rounds);
  print(
    `a quarter hour made again after an event: ${((cpuMsOf(rows[0].pid) - before) / rounds).toFixed(0)} ms of processor time`,
  );
  await client.query('rollback');
}

async function remake(rounds) {
  for (let round = 0; round < rounds; round++) {
    await client.query(
      `insert into footfall.events (occurred_at, received_at, event_id, event_day, site, type, visitor_id, path)
       select at, now(), gen_random_uuid(), at::date, '${site}', 'pageview', 'remade', '/articles/1'
       from (select now() - interval '3 hours' as at) as moment`,
    );
    await client.query(
      `insert into footfall.rollup_marks (site, bucket) values ('${site}', footfall.rollup_bucket(now() - interval '3 hours'))`,
    );
    await client.query(`select footfall.roll_up('${site}', 4)`);
  }
}

function cpuMsOf(pid) {
  const [user, system] = timesOf(pid);
  return user + system;
}

// Of the ticks of 10 ms that Linux counts, in user and in system mode: its own, and those of children that have ended.
function timesOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).map((ticks) => Number(ticks) * 10);
}

async function sendBatches() {
  const random = createRandom(20_261_120);
  const perSecond = 50;
  const requests = Array.from({ length: perSecond * 15 }, () =>
    makeRequest({ random, events: 20, now: Date.now(), host: 'bench' }),
  );
  const port = Number(new URL(collector.url).port);
  const { latenciesMs } = await sendAtRate({ port, requests, perSecond, connections: 16 });
  return [0.5, 0.99].map((share) => quantile(latenciesMs, share));
}

function rssOf(pid) {
  return Math.round(
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
  );
}

async function request(path, options = {}) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...options.headers };
  const response = await fetch(`${collector.url}${path}`, { ...options, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}

async function get(path) {
  return (await request(path)).json();
}

async function post(body) {
  return (await request('/api/v2/query', { method: 'POST', body: JSON.stringify(body) })).json();
}

async function startCollector() {
  await client.query(
    `insert into footfall.site_keys (site_key, site) values ($1, $1) on conflict do nothing`,
    [site],
  );
  const child = spawn(process.execPath, ['collector/bin/footfall.js', 'start'], {
    env: { ...process.env, DATABASE_URL: server.url, PORT: '0', FOOTFALL_ADMIN_KEY: key },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /collector +(http:\S+?)\/v1/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.on('exit', () => reject(new Error(`the collector ended: ${text}`)));
  });
  return { child, url };
}

function print(line) {
  console.log(line);
}
