import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { type CollectorProcess, prepareCollector } from '../faults/collector-process.js';
import { createTestDatabase, newId, type TestDatabase } from '../test-collector.js';

let db: TestDatabase;
let collector: CollectorProcess;
const server = generateKey('ingest');

beforeAll(async () => {
  db = await createTestDatabase();
  await addKey(db.database, { key: server, role: 'ingest', name: 'a server' });
  collector = await prepareCollector({
    DATABASE_URL: db.url,
    FOOTFALL_TRUSTED_PROXIES: '127.0.0.1',
    FOOTFALL_RATE_LIMIT_ADDRESS: '10',
    FOOTFALL_RATE_LIMIT_SITE: '60',
    FOOTFALL_RATE_LIMIT_API: '3',
  });
  await collector.start();
});
afterAll(async () => {
  await collector.terminate();
  await db.drop();
});

async function send(address: string, events: number, headers: Record<string, string> = {}) {
  const now = Date.now();
  const response = await fetch(`${collector.origin}/v1/events?site=demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address, ...headers },
    body: JSON.stringify({
      sentAt: now,
      events: Array.from({ length: events }, () => ({ id: newId(), type: 'pageview', ts: now })),
    }),
  });
  const body = await response.json();
  return {
    status: response.status,
    wait: Number(response.headers.get('retry-after')),
    code: body.error?.code,
  };
}

test('an address, a /64 and a site have limits of their own, and what is refused is counted', async () => {
  const isRefused = {
    status: 429,
    code: 'rate_limited',
    wait: expect.toSatisfy((wait) => wait >= 1 && wait <= 60),
  };
  expect(await send('198.51.100.1', 10)).toMatchObject({ status: 200 });
  expect(await send('198.51.100.1', 1)).toEqual(isRefused);
  expect(await send('198.51.100.1', 1)).toEqual(isRefused);
  expect(await send('198.51.100.2', 10)).toMatchObject({ status: 200 });
  expect(await send('2001:db8:0:1::1', 10)).toMatchObject({ status: 200 });
  expect(await send('2001:db8:0:1:ffff::2', 2)).toEqual(isRefused);
  expect(await send('2001:db8:0:2::1', 10)).toMatchObject({ status: 200 });
  expect(await send('10.0.0.9', 15)).toMatchObject({ status: 200 });
  expect(await send('198.51.100.3', 10)).toEqual(isRefused);

  const { readMetric } = collector;
  expect(await readMetric(/^footfall_events_total\{outcome="stored"/)).toBe(55);
  expect(await readMetric(/^footfall_events_total\{outcome="rate_limited",reason="rate_limited"\}/)).toBe(13);
  expect(await readMetric(/^footfall_events_total/)).toBe(55 + 13);
  expect(await readMetric(/^footfall_unread_requests_total/)).toBe(1);
});

test('a server with a key is bound by the limit of its site alone', async () => {
  const answer = await send('198.51.100.1', 1, { authorization: `Bearer ${server}` });
  expect(answer).toMatchObject({ status: 429 });
  expect(await collector.readMetric(/^footfall_unread_requests_total/)).toBe(1);
});

test('the API is limited by address, before it looks for a key', async () => {
  const ask = (address: string) =>
    fetch(`${collector.origin}/api/v1/overview?site=demo`, { headers: { 'x-forwarded-for': address } });
  for (const status of [401, 401, 401, 429]) expect((await ask('203.0.113.7')).status).toBe(status);
  expect((await ask('203.0.113.8')).status).toBe(401);
});
