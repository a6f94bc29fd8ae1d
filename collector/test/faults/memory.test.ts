import { type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { addSite } from '../../src/access/sites.js';
import { type ChildCollector, residentBytes, startChildCollector } from '../start-child.js';
import { chrome, newId } from '../test-collector.js';

const mebibyte = 1024 * 1024;
/** What a question may take beside what the collector occupies anyway. */
const allowance = 64 * mebibyte;
const dayMs = 86_400_000;
const pages = 1_000;
// Every page in every hour: so many rows of few events.
const hours = Math.ceil(Number(process.env.FOOTFALL_MEMORY_ROWS ?? 150_000) / pages);
const end = Math.floor(Date.now() / dayMs) * dayMs;
const at = end - dayMs;

let collector: ChildCollector;
let key: string;
let idleBytes: number;
let mostBytes = 0;

// Garbage is collected early, so that what the process occupies is what it holds; held for good, more than this ends it.
const heap = '--max-old-space-size=112 --max-semi-space-size=1';

beforeAll(async () => {
  collector = await startChildCollector({ NODE_OPTIONS: heap });
  const { database } = collector;
  await addSite(database, { site: 'wide', siteKey: 'wide', retentionDays: null });
  key = generateKey('owner');
  await addKey(database, { key, role: 'owner', name: 'test' });
  await sendPages();
  await ask('POST', '/api/v2/query', { site_id: 'wide', date_range: '7d', metrics: ['visitors'] });
  idleBytes = residentBytes(collector.pid);
});
afterAll(() => collector.stop());

async function send(visitor: string, events: object[]) {
  const response = await fetch(`${collector.origin}/v1/events?site=wide`, {
    method: 'POST',
    headers: { 'user-agent': chrome, 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify({ visitor: { id: visitor }, events })),
  });
  expect(await response.json()).toMatchObject({ accepted: events.length, rejected: [] });
}

async function sendPages() {
  const urls = Array.from(
    { length: pages },
    (_, index) => `https://a.example/${'a-page-of-many-'.repeat(14)}${index}`,
  );
  for (const half of [urls.slice(0, pages / 2), urls.slice(pages / 2)])
    await send(
      'reader',
      half.map((url) => ({ id: newId(at), ts: at, type: 'pageview', url })),
    );
}

/** What is occupied is looked at while the answer comes in. */
function watch(response: IncomingMessage): void {
  let chunks = 0;
  response.on('data', () => {
    if (chunks++ % 16 === 0) mostBytes = Math.max(mostBytes, residentBytes(collector.pid));
  });
}

function open(method: string, path: string, body?: object, accept = 'application/json') {
  mostBytes = 0;
  return new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, accept, 'content-type': 'application/json' };
    const sent = request(`${collector.origin}${path}`, { method, headers }, resolve).on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

async function countBytesAndLines(response: IncomingMessage) {
  let lines = 0;
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (let place = chunk.indexOf(10); place >= 0; place = chunk.indexOf(10, place + 1)) lines += 1;
  }
  mostBytes = Math.max(mostBytes, residentBytes(collector.pid));
  return { lines, bytes };
}

async function ask(method: string, path: string, body?: object) {
  const response = await open(method, path, body);
  watch(response);
  return { status: response.statusCode, ...(await countBytesAndLines(response)) };
}

/** Until the database waits for the collector, and the collector for its reader: the same rows were the last ones asked for. */
async function untilNothingMoves(): Promise<void> {
  let before: string | undefined;
  await vi.waitFor(
    async () => {
      const [row] = await collector.query<{ since: string }>(
        `select query_start::text as since from pg_stat_activity
         where state = 'idle in transaction' and query like 'fetch forward%' and datname = current_database()`,
      );
      const same = row !== undefined && row.since === before;
      before = row?.since;
      expect(same).toBe(true);
    },
    { timeout: 30_000, interval: 300 },
  );
}

test.each(['application/x-ndjson', 'text/csv'])(
  'a stream of %s goes as fast as its reader, at constant memory',
  async (accept) => {
    const moment = (unixMs: number) => `${new Date(unixMs).toISOString().slice(0, 19)}Z`;
    const query = {
      site_id: 'wide',
      metrics: ['visitors', 'visits', 'pageviews', 'events'],
      dimensions: ['time:hour', 'event:page'],
      include: { zero_fill: true },
      date_range: [moment(end - hours * 3_600_000), moment(end - 1_000)],
    };
    const response = await open('POST', '/api/v2/query', query, accept);
    await untilNothingMoves();
    const stalledBytes = residentBytes(collector.pid);
    watch(response);
    const { lines } = await countBytesAndLines(response);
    expect(lines).toBe(hours * pages + (accept === 'text/csv' ? 1 : 0));
    expect(stalledBytes - idleBytes).toBeLessThan(allowance);
    expect(mostBytes - idleBytes).toBeLessThan(allowance);
  },
);

const dimensions = [
  'time:hour',
  'event:page',
  'event:hostname',
  'visit:browser',
  'visit:os',
  'visit:device',
  'visit:country',
  'visit:source',
];
const aggregates = Array.from({ length: 34 }, (_, index) => ({
  fn: 'sum',
  of: 'event:value',
  as: `a_name_that_is_about_as_long_as_it_may_be_${index}`,
}));
const metrics = ['visitors', 'visits', 'pageviews', 'events', 'bounce_rate', 'visit_duration', ...aggregates];
const rows = { pagination: { limit: 10_000 }, include: { zero_fill: true } };
const props = { one: 'x'.repeat(8_000), two: 'y'.repeat(8_000), three: 'z'.repeat(8_000) };

test.each<[string, () => Promise<unknown>]>([
  ['the widest query', () => query({ metrics, dimensions, ...rows })],
  ['a wide query of the most rows', () => query({ metrics: metrics.slice(0, 6), dimensions, ...rows })],
  [
    'the same beside the days before',
    () =>
      query({
        metrics: metrics.slice(0, 6),
        dimensions: dimensions.slice(0, 2),
        pagination: { limit: 10_000 },
        include: { zero_fill: true, comparisons: { mode: 'previous_period' } },
      }),
  ],
  ['visits full of long properties', readLongVisits],
  ['errors with long stacks', readLongErrors],
])('%s takes less than 64 MiB', async (_, run) => {
  await run();
  expect(mostBytes - idleBytes).toBeLessThan(allowance);
});

async function query(body: object) {
  const { status } = await ask('POST', '/api/v2/query', { site_id: 'wide', date_range: '7d', ...body });
  expect([200, 422]).toContain(status);
}

async function readLongVisits() {
  const visits = Array.from({ length: 12 }, (_, visit) => at - visit * 3_600_000);
  for (const startAt of visits) {
    const event = { type: 'custom', name: 'long', url: 'https://a.example/', props };
    const events = Array.from({ length: 36 }, (_, index) => ({
      ...event,
      id: newId(startAt),
      ts: startAt + index,
    }));
    await send('talker', events);
  }
  const path = '/api/v1/visitors/talker?site=wide&sessions=';
  expect(await ask('GET', `${path}50`)).toMatchObject({ status: 422 });
  expect(await ask('GET', `${path}5`)).toMatchObject({ status: 200 });
}

async function readLongErrors() {
  for (let batch = 0; batch < 40; batch++) {
    const events = Array.from({ length: 25 }, (_, index) => ({
      id: newId(at),
      ts: at,
      type: 'error',
      url: 'https://a.example/',
      props: {
        errorType: 'Error',
        message: `failure ${batch * 25 + index}`,
        stack: `Error\n${`    at f${batch}_${index} (https://a.example/app.js:1:${index})\n`.repeat(130)}`,
      },
    }));
    await send('thrower', events);
  }
  expect(await ask('GET', '/api/v1/errors?site=wide&date_range=7d&limit=1000')).toMatchObject({
    status: 200,
  });
}
