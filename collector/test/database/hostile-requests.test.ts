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
  { event: { type: 'engagement', props: { engagedMs: 3_024_000_000, scrollPercent: 100 } }, isStored: true },
  {
    event: { type: 'engagement', props: { engagedMs: 3_024_000_001 } },
    isStored: false,
    says: '.props.engagedMs: expected a number from 0 to 3024000000',
  },
  { event: { type: 'engagement', props: { engagedMs: -1 } }, isStored: false, says: '.props.engagedMs: ' },
  { event: { type: 'engagement', props: { scrollPercent: 101 } }, isStored: false, says: '.scrollPercent: ' },
  { event: { type: 'scroll_depth', props: { percent: 1e15 } }, isStored: false, says: '.percent: ' },
  { event: { type: 'form_submit', props: { durationMs: 1.1e15 } }, isStored: false, says: '.durationMs: ' },
  { event: { type: 'error', props: { repeats: 1e9 } }, isStored: true },
  { event: { type: 'error', props: { repeats: 1e9 + 1 } }, isStored: false, says: '.repeats: ' },
])(
  'nobody sends a number that no report can add up: $event $context',
  async ({ event, context, isStored, says = '.value: expected' }) => {
    const headers = { 'x-forwarded-for': '192.0.2.99' };
    const events = [{ ...pageview(), ...event }, pageview()];
    const { body } = await collector.send({ context, events }, { headers });
    expect(body).toMatchObject({
      accepted: isStored ? 2 : 1,
      rejected: isStored ? [] : [{ index: 0, code: 'schema', message: expect.stringContaining(says) }],
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

const sample: Record<string, string> = {
  steps: '[{"page":"/"},{"page":"/thanks"}]',
  conversion: '{"event":"signup"}',
  unitType: 'visitor',
  unitId: 'v',
};

type Described = { parameters?: { name: string; in: string; required: boolean }[] };

/** Every GET that is described, with what it needs and, of the sites, the one that is given. */
async function listReads(site: string) {
  const { body } = await ask('GET', '/openapi.json');
  const paths: [string, { get?: Described }][] = Object.entries(body.paths);
  return paths.flatMap(([template, { get }]) => {
    if (!get || !template.includes('/v1/')) return [];
    const inQuery = get.parameters?.filter((one) => one.in === 'query') ?? [];
    const needed = inQuery.filter(({ name, required }) => required && name !== 'site');
    const takesSite = inQuery.some(({ name }) => name === 'site');
    const query = new URLSearchParams(needed.map(({ name }) => [name, sample[name] ?? '']));
    if (takesSite) query.set('site', site);
    return { path: template.replace(/\{\w+\}/g, 'demo'), query, takesSite };
  });
}

test.each([
  { site: 'nowhere', status: 404, code: 'unknown_site' },
  { site: 'AAA', status: 400, code: 'bad_query' },
])('every GET that takes a site says of "$site" that it is wrong: $code', async ({ site, status, code }) => {
  // There it is the public key of a site.
  const reads = (await listReads(site)).filter((one) => one.takesSite && one.path !== '/v1/experiments');
  expect(reads.length).toBeGreaterThan(35);
  for (const { path, query } of reads)
    expect({ path, ...(await ask('GET', `${path}?${query}`)) }).toMatchObject({
      path,
      status,
      body: { error: { code, path: 'site', message: expect.stringMatching(/^site: /) } },
    });
});

test('every GET of /api/v1 refuses a parameter that it does not know, or that it is given twice', async () => {
  const reads = (await listReads('demo')).filter(({ path }) => path.startsWith('/api/v1/'));
  expect(reads.length).toBeGreaterThan(40);
  for (const { path, query, takesSite } of reads) {
    const wrong = takesSite ? 'siet' : '__proto__';
    const unknown = await ask('GET', `${path}?${query}&${wrong}=demo`);
    expect({ path, ...unknown }).toMatchObject({
      path,
      status: 400,
      body: {
        error: {
          code: 'bad_query',
          path: wrong,
          message: `${wrong}: there is no such parameter`,
          ...(takesSite && { expected: expect.stringContaining('site'), hint: 'did you mean site?' }),
        },
      },
    });
    if (!takesSite) continue;
    const twice = await ask('GET', `${path}?${query}&site=other`);
    expect({ path, ...twice }).toMatchObject({ path, status: 400, body: { error: { path: 'site' } } });
  }
});

test.each([
  ['/v1/assign', { unit: { visitor: 'v' } }],
  ['/api/v1/goals', { name: 'g', kind: 'event', pattern: 'g' }],
  ['/api/v1/shares', { name: 's' }],
  ['/api/v1/alerts', { name: 'a', rule: { kind: 'ingest_silence' }, webhook: { url: 'https://a.example/' } }],
  ['/api/v1/source-maps?site=nowhere&release=1&file=a.js', { version: 3, sources: [], mappings: '' }],
])('POST %s for a site that there is not', async (path, body) => {
  const answer = await ask('POST', path, { body: { ...body, site: 'nowhere' } });
  expect(answer).toMatchObject({ status: 404, body: { error: { code: 'unknown_site', path: 'site' } } });
});

const goal = { site: 'demo', name: 'odd', kind: 'event', pattern: 'p' };
const note = { site: 'demo', noted_at: '2026-01-01T00:00:00Z', text: 't' };
const alert = { site: 'demo', name: 'odd', rule: { kind: 'ingest_silence' } };
const key = { role: 'analyst', name: 'odd', sites: ['demo'] };
const page = (value: string) => ({ site: 'demo', name: 'odd', filters: [['is', 'event:page', [value]]] });
const matching = (value: string) => ({ ...page(value), filters: [['matches', 'event:page', [value]]] });
const inSegment = { ...page(''), filters: [['not', ['is', 'segment', ['other']]]] };
const half = 'expected text without NUL and half characters';
const time = 'expected a time like';

test.each([
  ['POST goals', { ...goal, name: '\ud800' }, `name: ${half}`],
  ['POST goals', { ...goal, name: ' \n ' }, 'name: expected at least 1 character, got'],
  ['POST goals', { ...goal, value: 1e308 }, 'value: expected at most 1000000000000000, got'],
  ['POST goals', { ...goal, kind: undefined }, 'kind: expected one of the allowed values, got nothing'],
  ['POST segments', page('\ud800'), `filters[0][2][0]: ${half}`],
  ['POST segments', matching('('), 'filters[0][2][0]: expected a regular expression, got one with an error'],
  ['POST segments', inSegment, 'filters: expected no segment in a segment'],
  [`GET forms?site=demo&filters=[["matches","event:page",["("]]]`, undefined, 'filters: expected a regular'],
  ['POST segments', { site: 'demo', name: 'odd' }, 'filters: expected a value, got nothing'],
  ['POST annotations', { ...note, text: '   ' }, 'text: expected at least 1 character, got'],
  ['POST annotations', { ...note, noted_at: '0000-01-01T00:00:00Z' }, `noted_at: ${time}`],
  ['POST annotations', { ...note, noted_at: '2026-01-01T00:00:00-23:59' }, `noted_at: ${time}`],
  ['POST shares', { site: 'demo', name: 'odd', expires_at: '0000-01-01T00:00:00Z' }, `expires_at: ${time}`],
  ['POST shares', { site: 'demo', name: 'odd', password: '\0' }, `password: ${half}`],
  ['POST alerts', { ...alert, name: ' ' }, 'name: expected at least 1 character'],
  ['POST alerts', { ...alert, name: 'x'.repeat(201) }, 'name: expected at most 200 characters'],
  ['POST alerts', { ...alert, rule: { kind: 'x' } }, "rule.kind: expected 'traffic_spike' | 'traffic_drop'"],
  ['POST alerts', { ...alert, cooldownMinutes: 0.5 }, 'cooldownMinutes: expected a whole number'],
  ['POST keys', { ...key, name: 'x'.repeat(201) }, 'name: expected at most 200 characters'],
  ['POST keys', { ...key, expiresAt: '2099-01-01T00:00:00+23:59' }, `expiresAt: ${time}`],
  ['POST users', { email: 'odd@b.example', role: 'root' }, 'role: expected one of owner, admin, analyst'],
  ['PUT retention', { site: 'demo', events: 'all' }, 'events: expected a number'],
  ['GET audit?limit=99999999999999999999', undefined, 'limit: expected at most 1000'],
  ['GET audit?from=2026-01-01T00:00:00%2B23:59', undefined, 'from: expected a day or a time like'],
  ['GET visitors/v?site=demo&before=0000-01-01T00:00:00Z', undefined, `before: ${time}`],
] as const)('%s is told what is wrong: %o', async (request, input, message) => {
  const [method, path] = request.split(' ');
  const answer = await ask(method ?? '', `/api/v1/${path}`, input && { body: input });
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining(message) } },
  });
});

test.each(['is', 'is_not'])('a segment without filters is all there is, %s', async (operator) => {
  await ask('POST', '/api/v1/segments', { body: { site: 'demo', name: 'toString', filters: [] } });
  await collector.send({ events: [pageview()] });
  const filters = [[operator, 'segment', ['toString']]];
  const query = { site_id: 'demo', metrics: ['pageviews'], date_range: 'day', filters };
  const { body } = await ask('POST', '/api/v2/query', { body: query });
  expect(body.results[0].metrics[0] > 0).toBe(operator === 'is');
  const read = `/api/v1/forms?site=demo&filters=${encodeURIComponent(JSON.stringify(filters))}`;
  expect(await ask('GET', read)).toMatchObject({ status: 200, body: { forms: [] } });
});

test.each(['goals', 'shares', 'funnels', 'keys', 'users', 'retention', 'privacy/erase'])(
  'a body of a megabyte is refused by %s, and the next request is answered',
  async (path) => {
    const body = { site: 'demo', name: 'x'.repeat(1_000_000) };
    const method = path === 'retention' ? 'PUT' : 'POST';
    const refused = await ask(method, `/api/v1/${path}`, { body });
    expect(refused).toMatchObject({ status: 413, body: { error: { code: 'too_large', path: 'body' } } });
    expect(JSON.stringify(refused.body)).not.toContain('batches');
    // The connection that the client would use again is closed half a second later, or not at all.
    const isClosed = refused.headers.get('connection') === 'close';
    expect({ path, isClosed }).toEqual({ path, isClosed: /^(?:goals|shares|funnels)$/.test(path) });
    expect(await ask('GET', '/api/v1/goals?site=demo')).toMatchObject({ status: 200 });
  },
);

test('an id of 10,000 characters is not sent back whole, and HEAD of a report is a GET without a body', async () => {
  const { status, body } = await ask('DELETE', `/api/v1/goals/${'x'.repeat(10_000)}?site=demo`);
  expect({ status, length: body.error.message.length }).toEqual({ status: 404, length: 1_001 });
  expect(await ask('HEAD', '/api/v1/forms?site=demo')).toMatchObject({ status: 200, body: '' });
});

test.each([
  ['goals', goal],
  ['segments', { site: 'demo', name: 'odd', filters: [] }],
  ['alerts', alert],
])('of %s that are made, changed and deleted at once, one wins each time', async (path, made) => {
  const at = `/api/v1/${path}`;
  const once = <Result>(work: () => Promise<Result>) => Promise.all(Array.from({ length: 8 }, work));
  const created = await once(() => ask('POST', at, { body: made }));
  expect(created.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
  const id = created.find(({ status }) => status === 201)?.body.id;
  const elsewhere = await ask('PUT', `${at}/${id}`, { body: { ...made, site: 'other' } });
  expect(elsewhere).toMatchObject({ status: 404, body: { error: { path: 'id' } } });
  const deleted = await once(() => ask('DELETE', `${at}/${id}?site=demo`));
  expect(deleted.map(({ status }) => status).sort()).toEqual([204, ...Array(7).fill(404)]);
  expect(await ask('PUT', `${at}/${id}`, { body: made })).toMatchObject({ status: 404 });
});

test('what the log holds after all of this: nothing', () => {
  expect(collector.logged).toEqual([]);
});
