/**
 * Measures the reports over HTTP, on this machine: collector and PostgreSQL share its cores, no result is cached.
 *
 *   node bench/reports/reports.js [--events 1000000] [--data DIR] [--runs 5]
 *
 * Events are made by bench/query/generate.js: 90 days, 10 events a visit, 40 % returning visitors; then errors, web vitals
 * and form events are added. With --data the database is kept in DIR and used again. Prints the median of the runs, after
 * one that is not counted, and what each report may take at 5 million events.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { addKey, generateKey } from '../../collector/dist/access/keys.js';
import { openDatabase } from '../../collector/dist/db/database.js';
import { openEmbedded } from '../../collector/dist/db/embedded/open.js';
import { migrate } from '../../collector/dist/db/migrate.js';
import { generate, site } from '../query/generate.js';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    data: { type: 'string' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
});

const articles = ['/articles/1', '/articles/2', '/articles/3'];
const germans = [['is', 'visit:country', ['DE']]];
const month = { date_range: '30d' };
const quarter = { date_range: '91d' };
const funnel = { ...month, steps: articles.map((page) => ({ page })) };

/** Parameters of each report, and the bar in milliseconds where there is one. */
const cases = [
  ['funnel of 3 pages, 30 days', 'funnels', funnel, 700],
  ['funnel, strict order', 'funnels', { ...funnel, order: 'strict' }],
  ['funnel by country', 'funnels', { ...funnel, breakdown: 'visit:country' }],
  ['funnel, Germany', 'funnels', { ...funnel, filters: germans }],
  ['funnel to an event', 'funnels', { ...month, steps: [{ page: articles[0] }, { event: 'signup' }] }],
  ['retention by week, 90 days', 'retention', { ...quarter, interval: 'week' }, 1_000],
  ['retention by day, 30 days', 'retention', { ...month, interval: 'day' }, 1_000],
  ['retention of an event', 'retention', { ...quarter, start: { event: 'signup' } }, 1_000],
  ['retention, Germany', 'retention', { ...quarter, filters: germans }, 1_000],
  ['conversions, 30 days', 'conversions', month],
  ['conversions by channel', 'conversions', { ...month, breakdown: 'visit:channel' }],
  ['paths from a page, 30 days', 'paths', { ...month, from_page: articles[0] }],
  ['attribution of an event', 'attribution', { ...month, conversion: { event: 'signup' } }],
  ['web vitals, 30 days', 'web-vitals', month],
  ['forms, 30 days', 'forms', month],
  ['engagement, 30 days', 'engagement', month],
  ['stickiness, 30 days', 'stickiness', month],
  ['bots, 30 days', 'bots', month],
  ['errors, 30 days', 'errors', month],
  ['realtime', 'realtime', {}],
];

const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'footfall-bench-'));
mkdirSync(dataDir, { recursive: true });
chmodSync(dataDir, 0o755);
const log = (line) => console.error(line);
const server = await openEmbedded({ dataDir, mode: 'own', log });
const client = new pg.Client({ connectionString: server.url });
let collector;

try {
  await migrate({ url: server.url, log });
  await client.connect();
  const events = await prepare();
  const key = await makeKey();
  collector = await startCollector();
  console.log(`${events} events, median of ${values.runs} runs`);
  for (const one of cases) if (one[0].includes(values.only ?? '')) await measure(one, key);
} finally {
  collector?.child.kill('SIGTERM');
  await client.end();
  await server.stop();
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}

async function prepare() {
  if ((await countEvents()) === 0) {
    await generate({ url: server.url, client, events: Number(values.events), now: Date.now(), log });
    await addMore();
  }
  return countEvents();
}

async function countEvents() {
  const { rows } = await client.query(
    `select count(*)::int as n from footfall.events where site = '${site}'`,
  );
  return rows[0].n;
}

/** One visit in a hundred has an error, one in ten web vitals, one in twenty a form. */
async function addMore() {
  const stack = `'Error: broken ' || n % 40 || E'\\n    at load' || n % 40 || ' (https://shop.example/app.js:' || n % 40 || ':' || n % 7 || ')'`;
  await addEvents(
    'error',
    100,
    `jsonb_build_object('errorType', 'Error', 'message', 'broken ' || n % 40, 'stack', ${stack})`,
  );
  await addEvents('web_vital', 10, `jsonb_build_object('metric', 'LCP')`);
  const fields = `'[{"name": "mail", "filled": true}, {"name": "phone", "filled": false}]'::jsonb`;
  await addEvents('form_start', 20, `jsonb_build_object('formId', 'join')`);
  await addEvents(
    'form_abandon',
    40,
    `jsonb_build_object('formId', 'join', 'lastField', 'phone', 'fields', ${fields})`,
  );
  await client.query(
    `insert into footfall.goals (site, name, kind, pattern) values
     ('${site}', 'Signup', 'event', 'signup'), ('${site}', 'Read', 'page', '/articles/1'), ('${site}', 'Any', 'page', '/articles/4*')`,
  );
  await client.query('vacuum analyze footfall.events');
}

async function addEvents(type, oneIn, props) {
  await client.query(
    `insert into footfall.events (site, event_day, event_id, type, occurred_at, received_at, session_id, page_id, visitor_id, path, value, browser, device, country, props)
     select site, event_day, gen_random_uuid(), '${type}', occurred_at, received_at, session_id, event_id, visitor_id, path,
       case when '${type}' = 'web_vital' then 1000 + n % 5000 end, browser, device, country, ${props}
     from (
       select e.*, row_number() over (order by e.occurred_at) as n from footfall.events e
       where e.site = '${site}' and e.type = 'pageview' and e.referrer_source is not null
     ) as e where n % ${oneIn} = 0`,
  );
}

async function makeKey() {
  const database = openDatabase({ url: server.url, log });
  const key = generateKey('analyst');
  await addKey(database, { key, role: 'analyst', name: 'bench' });
  await database.end();
  return key;
}

function startCollector() {
  const env = { ...process.env, DATABASE_URL: server.url, PORT: '0', FOOTFALL_DATA_DIR: dataDir };
  const child = spawn(process.execPath, ['collector/bin/footfall.js', 'start'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const port = /collector +http:\S+?:(\d+)/.exec(text)?.[1];
      if (port) resolve({ child, port: Number(port) });
    });
    child.on('exit', () => reject(new Error(`the collector ended: ${text}`)));
  });
}

async function measure([name, path, parameters, barMs], key) {
  const times = [];
  for (let run = 0; run <= Number(values.runs); run++) {
    const startedAt = performance.now();
    const response = await ask(path, parameters, key);
    if (response.status !== 200) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    await response.text();
    if (run > 0) times.push(performance.now() - startedAt);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  const bar = barMs === undefined ? '' : `   bar at 5 million ${barMs} ms`;
  console.log(`${name.padEnd(30)} ${median.toFixed(0).padStart(6)} ms${bar}`);
}

function ask(path, parameters, key) {
  const url = `http://127.0.0.1:${collector.port}/api/v1/${path}`;
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };
  if (path === 'realtime') return fetch(`${url}?site=${site}`, { headers });
  return fetch(url, { method: 'POST', headers, body: JSON.stringify({ site, ...parameters }) });
}
