import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey, revokeKey } from '../../src/access/keys.js';
import { addSite } from '../../src/access/sites.js';
import { chrome, newId, startTestCollector, type TestCollector } from '../test-collector.js';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const noon = Date.parse('2026-11-20T12:00:00Z');
const minuteMs = 60_000;
let collector: TestCollector;
let analyst: string;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => noon });
  await addSite(collector.database, {
    site: 'berlin',
    siteKey: 'berlin',
    timezone: 'Europe/Berlin',
    retentionDays: 395,
  });
  analyst = generateKey('analyst');
  await addKey(collector.database, {
    key: analyst,
    role: 'analyst',
    name: 'test',
    sites: ['demo', 'berlin'],
  });
});
afterAll(() => collector.stop());

async function visit(
  site: string,
  userAgent: string,
  events: { path: string; at: number; type?: string; referrer?: string }[],
) {
  const wire = events.map(({ path, at, type = 'pageview', referrer }) => ({
    id: newId(at),
    type,
    ts: at,
    url: `https://a.example${path}`,
    referrer,
  }));
  await collector.send({ sentAt: noon, events: wire }, { site, headers: { 'user-agent': userAgent } });
}

async function read(query: string, key = analyst) {
  const response = await fetch(`${collector.origin}/api/v1/overview?${query}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: response.status, body: await response.json() };
}

test('the overview counts people, and bots apart', async () => {
  await visit('demo', chrome, [
    { path: '/', at: noon - 60 * minuteMs, referrer: 'https://www.google.com/' },
    { path: '/a', at: noon - 58 * minuteMs },
    { path: '/a', at: noon - 58 * minuteMs, type: 'click' },
  ]);
  await visit('demo', firefox, [{ path: '/', at: noon - 30 * minuteMs }]);
  await visit('demo', googlebot, [{ path: '/', at: noon - 10 * minuteMs }]);
  const { status, body } = await read('site=demo&from=2026-11-20&to=2026-11-20');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    visitors: 2,
    sessions: 2,
    pageviews: 3,
    bounce_rate: 50,
    visit_duration: 60,
    pages: [
      { path: '/', visitors: 2, pageviews: 2 },
      { path: '/a', visitors: 1, pageviews: 1 },
    ],
    referrers: [
      { source: 'Google', visitors: 1, sessions: 1 },
      { source: null, visitors: 1, sessions: 1 },
    ],
    browsers: [
      { browser: 'Chrome', visitors: 1, sessions: 1 },
      { browser: 'Firefox', visitors: 1, sessions: 1 },
    ],
    meta: { bot_events: 1 },
  });
});

test('days are those of the site: 23:30 UTC is the next day in Berlin', async () => {
  await visit('berlin', chrome, [{ path: '/', at: Date.parse('2026-11-18T23:30:00Z') }]);
  expect((await read('site=berlin&from=2026-11-18&to=2026-11-18')).body).toMatchObject({
    pageviews: 0,
    timezone: 'Europe/Berlin',
  });
  expect((await read('site=berlin&from=2026-11-19&to=2026-11-19')).body).toMatchObject({
    pageviews: 1,
    sessions: 1,
  });
});

test('an empty range has zeros, not nothing', async () => {
  const { body } = await read('site=demo&from=2020-01-01&to=2020-01-02');
  expect(body).toMatchObject({
    visitors: 0,
    sessions: 0,
    pageviews: 0,
    bounce_rate: 0,
    visit_duration: 0,
    pages: [],
  });
});

test.each([
  { query: 'site=demo&from=yesterday', status: 400, path: 'from' },
  { query: 'site=demo&from=2026-11-20&to=2026-11-01', status: 400, path: 'to' },
  { query: 'site=demo&from=2026-02-30', status: 400, path: 'from' },
  { query: 'from=2026-11-20', status: 400, path: 'site' },
  { query: 'site=demo&from=1980-01-01', status: 400, path: 'from' },
  { query: 'site=demo&filters=x', status: 400, path: 'filters' },
  { query: 'site=demo&filters=[["is","visit:contry",["DE"]]]', status: 400, path: 'filters[0][1]' },
  { query: `site=${encodeURIComponent("demo'--")}`, status: 400, path: 'site' },
  { query: 'site=other', status: 403, path: 'site' },
])('$query is answered with $status and names $path', async ({ query, status, path }) => {
  const answer = await read(query);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ error: { path, message: expect.stringContaining(path) } });
});

test('no key, a wrong key, a revoked key and a key of another role are refused', async () => {
  const owner = generateKey('owner');
  const ingest = generateKey('ingest');
  await addKey(collector.database, { key: owner, role: 'owner', name: 'revoked' });
  await addKey(collector.database, { key: ingest, role: 'ingest', name: 'ingest' });
  expect((await read('site=demo', owner)).status).toBe(200);
  const [{ key_id }] = (await collector.query<{ key_id: string }>(
    `select key_id from footfall.api_keys where name = 'revoked'`,
  )) as [{ key_id: string }];
  expect(await revokeKey(collector.database, key_id)).toBe(true);
  expect((await read('site=demo', owner)).status).toBe(401);
  expect((await read('site=demo', `${analyst}x`)).status).toBe(401);
  expect((await read('site=demo', ingest)).status).toBe(403);
  expect((await fetch(`${collector.origin}/api/v1/overview?site=demo`)).status).toBe(401);
});

test('a secret is not in the database', async () => {
  const rows = await collector.query<{ text: string }>('select k::text as text from footfall.api_keys k');
  expect(rows.map(({ text }) => text).join()).not.toContain(analyst.slice(0, 20));
});
