import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNetworks } from '../../src/access/networks.js';
import { makeKey } from '../ask-query.js';
import { composeRequest, exchange } from '../raw-http.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let owner: string;

beforeAll(async () => {
  const trustedProxies = createNetworks(['127.0.0.1', '10.0.0.0/8']);
  collector = await startTestCollector({ trustedProxies, keepsJobs: false });
  owner = await makeKey(collector, 'owner');
});
afterAll(() => collector.stop());

type Options = { body?: unknown; headers?: Record<string, string> };

async function ask(method: string, path: string, { body, headers = {} }: Options = {}) {
  const response = await fetch(collector.origin + path, {
    method,
    headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text ? JSON.parse(text) : text,
  };
}

const pageview = (ts = Date.now()) => ({ id: newId(), type: 'pageview', ts, url: 'https://a.example/' });

test.each([
  { header: '203.0.113.7', isTheirs: true },
  { header: '203.0.113.7:4711', isTheirs: true },
  { header: '192.0.2.1, 203.0.113.7:4711, 10.1.1.1', isTheirs: true },
  { header: '[2001:db8::7]:4711', isTheirs: true },
  { header: '[2001:db8::7]', isTheirs: true },
  { header: '2001:db8::7', isTheirs: true },
  { header: '::ffff:203.0.113.7', isTheirs: true },
  { header: '203.0.113.7, 192.0.2.1', isTheirs: false },
  { header: '203.0.113.7, unknown', isTheirs: false },
  { header: '203.0.113.7, ', isTheirs: false },
  { header: '203.0.113.7, 192.0.2.1:x', isTheirs: false },
])('behind a proxy that says "$header" the client is 203.0.113.7 or 2001:db8::7: $isTheirs', async (row) => {
  const excludedAddresses = ['203.0.113.7', '2001:db8::7'];
  const changed = await ask('PATCH', '/api/v1/sites/demo', { body: { excludedAddresses } });
  expect(changed.status).toBe(200);
  const headers = { 'x-forwarded-for': row.header };
  const { body } = await collector.send({ events: [pageview()] }, { headers });
  expect(body).toMatchObject(row.isTheirs ? { accepted: 0, excluded: 1 } : { accepted: 1 });
});

test.each([
  { ts: 8.64e15, isTime: false },
  { ts: -8.64e15, isTime: false },
  { ts: Date.UTC(9999, 11, 31), isTime: false },
  { ts: -62_135_596_800_000, isTime: false },
  { ts: Date.now() * 1000, isTime: false },
  { ts: Date.UTC(1000, 0, 1), isTime: true },
  { ts: -1, isTime: true },
  { ts: 0, isTime: true },
])('a server that says $ts harms no event beside it: $isTime', async ({ ts, isTime }) => {
  const headers = { authorization: `Bearer ${owner}` };
  const answer = await collector.send({ events: [pageview(ts), pageview()] }, { headers });
  expect(answer).toMatchObject({
    status: 200,
    body: { accepted: isTime ? 2 : 1, rejected: isTime ? [] : [{ index: 0, code: 'bad_ts' }] },
  });
});

test.each([
  { event: { value: 1e15 }, isStored: true },
  { event: { value: -1e15 }, isStored: true },
  { event: { value: 1.1e15 }, isStored: false },
  { event: { value: 1.7e308 }, isStored: false },
  { event: {}, context: { pixelRatio: 1e-300 }, isStored: true },
])(
  'nobody sends a number that no report can add up: $event $context',
  async ({ event, context, isStored }) => {
    const headers = { 'x-forwarded-for': '192.0.2.99' };
    const events = [{ ...pageview(), ...event }, pageview()];
    const { body } = await collector.send({ context, events }, { headers });
    expect(body).toMatchObject({
      accepted: isStored ? 2 : 1,
      rejected: isStored
        ? []
        : [{ index: 0, code: 'schema', message: expect.stringContaining('.value: expected') }],
    });
  },
);

test.each([
  'GET /api/v1/alerts/%00?site=demo',
  'DELETE /api/v1/goals/%00?site=demo',
  'DELETE /api/v1/keys/%00',
  'POST /api/v1/keys/%00/rotate',
  'PATCH /api/v1/users/%00',
  'GET /api/v1/audit?actor=%00',
])('a NUL is no text that the database holds: %s', async (request) => {
  const [method = '', path = ''] = request.split(' ');
  const body = method === 'GET' ? {} : { body: {} };
  expect(await ask(method, path, body)).toMatchObject({ status: 400, body: { error: { code: 'bad_text' } } });
});

test('a request with two Hosts is refused', async () => {
  const bytes = composeRequest({ method: 'GET', path: '/healthz' }).toString('latin1');
  const twice = Buffer.from(bytes.replace('\r\n', '\r\nHost: other.example\r\n'), 'latin1');
  expect(await exchange(collector.origin, twice)).toMatchObject({ status: 400 });
});

test.each([
  ['PUT', '/api/v1/sites', 'GET, POST'],
  ['GET', '/api/v2/query', 'POST'],
  ['DELETE', '/api/v1/sites/demo', 'GET, PATCH'],
  ['GET', '/v1/assign', 'POST'],
  ['POST', '/healthz', 'GET'],
])('%s %s is answered with what is allowed', async (method, path, allowed) => {
  const { status, headers, body } = await ask(method, path);
  expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: allowed });
  expect(body).toMatchObject({ error: { code: 'method' } });
});

test.each(['/sdk-000000000000.js', '/dashboard/assets/nothing.js', '/dashboard/nothing'])(
  '%s is not there',
  async (path) => {
    expect(await ask('GET', path)).toMatchObject({ status: 404 });
    expect(await ask('HEAD', path)).toMatchObject({ status: 404 });
  },
);

test.each([
  '/v1/assignments?site=demo&unitType=user&unitId=u',
  '/api/v1/experiments?site=demo',
  '/api/v1/sites/demo/retention',
  '/api/v1/visitors/nobody?site=demo',
  '/api/v1/nothing',
])('%s is kept by nobody', async (path) => {
  const { headers } = await ask('GET', path);
  expect(headers.get('cache-control')).toBe('no-store');
  if (path.startsWith('/api/')) expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test.each([
  ['GET', '/sdk.js', undefined],
  ['GET', '/v1/experiments?site=demo', undefined],
  ['POST', '/ofrep/v1/evaluate/flags', { context: { targetingKey: 'u' } }],
])('%s %s knows its tag as a proxy or a cache sends it', async (method, path, body) => {
  const keyed = { 'x-api-key': 'demo', authorization: '' };
  const get = (headers: Record<string, string>) =>
    ask(method, path, { body, headers: { ...keyed, ...headers } });
  const etag = (await get({})).headers.get('etag') ?? '';
  for (const known of [etag, `W/${etag}`, `"other", W/${etag}`, '*'])
    expect((await get({ 'if-none-match': known })).status).toBe(304);
  for (const other of ['"other"', etag.slice(1, -1)])
    expect((await get({ 'if-none-match': other })).status).toBe(200);
});

test.each([
  ['text/csv', 'text/csv'],
  ['text/csv;q=0, application/json', 'application/json'],
  ['application/json;q=0.1, text/csv;q=0.9', 'text/csv'],
  ['application/x-ndjson;q=0.2, text/csv;q=0.1', 'application/x-ndjson'],
  ['*/*, text/csv;q=0.5', 'application/json'],
  ['text/html', 'application/json'],
])('who accepts %s gets %s', async (accept, type) => {
  const body = { site_id: 'demo', metrics: ['visitors'], date_range: 'day' };
  const { headers } = await ask('POST', '/api/v2/query', { body, headers: { accept } });
  expect(headers.get('content-type')).toContain(type);
});

test('an exposure that cannot be stored is told, and so is a site that there is not', async () => {
  const experiment = { site: 'demo', key: 'e', variations: [{ key: 'a' }, { key: 'b' }] };
  expect((await ask('POST', '/api/v1/experiments', { body: experiment })).status).toBe(201);
  await ask('POST', '/api/v1/experiments/e/start?site=demo', { body: {} });
  await ask('POST', '/v1/assign', { body: { site: 'demo', unit: { visitor: 'v' } } });
  const one = { experiment: 'e', unitId: 'v' };
  const body = { site: 'demo', exposures: [one, { ...one, ts: 1e15 }] };
  expect((await ask('POST', '/v1/exposures', { body })).body).toMatchObject({
    accepted: 1,
    rejected: [{ index: 1, code: 'bad_ts', message: expect.stringContaining('exposures.1.ts') }],
  });
  const elsewhere = await ask('POST', '/v1/exposures', { body: { site: 'nowhere', exposures: [one] } });
  expect(elsewhere).toMatchObject({ status: 404, body: { error: { code: 'unknown_site' } } });
});

test('a schedule ends after it begins', async () => {
  const draft = { site: 'demo', key: 'late', variations: [{ key: 'a' }, { key: 'b' }] };
  const times = { startsAt: '2027-01-02T00:00:00Z', endsAt: '2027-01-01T00:00:00Z' };
  const refused = { status: 422, body: { error: { path: 'endsAt' } } };
  expect(await ask('POST', '/api/v1/experiments', { body: { ...draft, ...times } })).toMatchObject(refused);
  const started = { ...draft, startsAt: times.startsAt };
  expect((await ask('POST', '/api/v1/experiments', { body: started })).status).toBe(201);
  const change = { body: { endsAt: times.endsAt } };
  expect(await ask('PATCH', '/api/v1/experiments/late?site=demo', change)).toMatchObject(refused);
});

test.each(['overview', 'forms'])('%s names the day that no event can have', async (report) => {
  const { status, body } = await ask('GET', `/api/v1/${report}?site=demo&from=9999-01-01&to=9999-12-31`);
  expect({ status, path: body.error.path }).toEqual({ status: 400, path: 'from' });
});

test('what the log holds after all of this: nothing', () => {
  expect(collector.logged).toEqual([]);
});
