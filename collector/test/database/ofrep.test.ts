import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createExperimentClient, type ExperimentClient } from '../experiment-client.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

const flags = '/ofrep/v1/evaluate/flags';
let collector: TestCollector;
let client: ExperimentClient;
let now = Date.now();

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
  client = await createExperimentClient(collector);
  const arms = (control: unknown, other: unknown) => ({
    variations: [
      { key: 'control', value: control },
      { key: 'other', value: other },
    ],
    condition: { country: 'DE' },
  });
  await client.run('banner', { variations: [{ key: 'control' }, { key: 'other' }] });
  await client.run('days', { ...arms(3, 1), unitType: 'user' });
  await client.run('is-new', arms(false, true));
  await client.run('theme', arms({ color: 'white' }, { color: 'green' }));
  await client.run('done');
  await client.call('POST', '/api/v1/experiments/done/stop?site=demo', { body: { winner: 'treatment' } });
});
afterAll(() => collector.stop());

const evaluate = (path: string, context: object | undefined, headers: Record<string, string> = {}) =>
  client.call('POST', flags + path, { body: { context }, role: 'assign', headers });
const asPage = (path: string, context: object, headers: Record<string, string> = {}) =>
  client.call('POST', flags + path, {
    body: { context },
    role: 'none',
    headers: { 'x-api-key': 'demo', ...headers },
  });

describe('the OpenFeature SDK for servers, as it comes from npm', () => {
  const context = { targetingKey: 'user-1', country: 'DE' };
  const connect = async (headers: [string, string][]) => {
    const domain = JSON.stringify(headers);
    await OpenFeature.setProviderAndWait(domain, new OFREPProvider({ baseUrl: collector.origin, headers }));
    return OpenFeature.getClient(domain);
  };
  afterAll(() => OpenFeature.close());

  it('gets values of every type, with variant, reason and metadata', async () => {
    const app = await connect([['authorization', `Bearer ${client.keys.assign}`]]);
    const banner = await app.getStringDetails('banner', 'fallback', context);
    expect(banner).toMatchObject({
      value: expect.stringMatching(/^(control|other)$/),
      reason: 'SPLIT',
      flagMetadata: { experimentKey: 'banner', phase: 1, unitType: 'visitor', bucket: expect.any(Number) },
    });
    expect(banner.variant).toBe(banner.value);
    expect([1, 3]).toContain(await app.getNumberValue('days', 0, context));
    expect(typeof (await app.getBooleanDetails('is-new', true, context)).value).toBe('boolean');
    expect(await app.getObjectValue('theme', {}, context)).toEqual({
      color: expect.stringMatching(/^(white|green)$/),
    });
    expect((await app.getStringDetails('banner', 'fallback', context)).value).toBe(banner.value);
    const rows = await collector.query(
      `select experiment, unit_type from footfall.experiment_assignments where unit_id = 'user-1' order by experiment`,
    );
    expect(rows).toEqual([
      { experiment: 'banner', unit_type: 'visitor' },
      { experiment: 'days', unit_type: 'user' },
      { experiment: 'is-new', unit_type: 'visitor' },
      { experiment: 'theme', unit_type: 'visitor' },
    ]);
  });

  it('gets a value where the unit does not take part, or the experiment is over', async () => {
    const app = await connect([['x-api-key', client.keys.assign]]);
    const abroad = { targetingKey: 'user-2', country: 'FR' };
    expect(await app.getNumberDetails('days', 0, abroad)).toMatchObject({
      value: 3,
      variant: 'control',
      reason: 'STATIC',
    });
    expect(await app.getStringDetails('done', '', abroad)).toMatchObject({
      value: 'treatment',
      reason: 'DISABLED',
    });
  });

  it('falls back, and says why', async () => {
    const app = await connect([['authorization', `Bearer ${client.keys.assign}`]]);
    expect(await app.getStringDetails('banner', 'mine', {})).toMatchObject({
      value: 'mine',
      errorCode: 'TARGETING_KEY_MISSING',
    });
    expect(await app.getStringDetails('nope', 'mine', context)).toMatchObject({
      value: 'mine',
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await app.getStringDetails('days', 'mine', context)).toMatchObject({
      value: 'mine',
      errorCode: 'TYPE_MISMATCH',
    });
    const stranger = await connect([['authorization', `Bearer ff_assign_${'0'.repeat(70)}`]]);
    expect(await stranger.getStringDetails('banner', 'mine', context)).toMatchObject({
      value: 'mine',
      errorCode: 'GENERAL',
    });
  });
});

test('an answer is what the protocol says', async () => {
  expect(await evaluate('/days', { targetingKey: 'u-1', country: 'DE' })).toMatchObject({
    status: 200,
    body: {
      key: 'days',
      value: expect.any(Number),
      variant: expect.any(String),
      reason: 'SPLIT',
      metadata: {
        experimentKey: 'days',
        variationId: expect.any(String),
        phase: 1,
        assignmentId: 'days:1:u-1',
      },
    },
  });
  const { headers } = await evaluate('/days', { targetingKey: 'u-1' });
  expect(headers.get('content-type')).toMatch(/^application\/json/);
});

test.each([
  ['/banner', {}, 400, { key: 'banner', errorCode: 'TARGETING_KEY_MISSING' }],
  ['', {}, 400, { errorCode: 'TARGETING_KEY_MISSING' }],
  ['/banner', { targetingKey: 7 }, 400, { key: 'banner', errorCode: 'INVALID_CONTEXT' }],
  ['/nope', { targetingKey: 'u' }, 404, { key: 'nope', errorCode: 'FLAG_NOT_FOUND' }],
  ['/a%2Fb', { targetingKey: 'u' }, 404, { key: 'a/b', errorCode: 'FLAG_NOT_FOUND' }],
  ['/a/b', { targetingKey: 'u' }, 404, { key: 'a/b', errorCode: 'FLAG_NOT_FOUND' }],
  [
    '/banner',
    { targetingKey: 'u', ...Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n])) },
    400,
    { key: 'banner', errorCode: 'INVALID_CONTEXT' },
  ],
])('%s with a context that does not do', async (path, context, status, expected) => {
  expect(await evaluate(path, context)).toMatchObject({
    status,
    body: { ...expected, errorDetails: expect.any(String) },
  });
});

test('a body that is no JSON, a key that is none, and a key of another role', async () => {
  const post = (body: unknown, role: 'assign' | 'ingest' | 'none', headers = {}) =>
    client.call('POST', `${flags}/banner`, { body, role, headers });
  expect(await post('{', 'assign')).toMatchObject({
    status: 400,
    body: { key: 'banner', errorCode: 'PARSE_ERROR' },
  });
  expect(await post({}, 'none')).toMatchObject({ status: 401, body: { errorCode: 'GENERAL' } });
  expect(await post({}, 'none', { 'x-api-key': 'wrong' })).toMatchObject({ status: 401 });
  expect(await post({}, 'ingest')).toMatchObject({ status: 403 });
  expect((await evaluate('/banner?site=other', { targetingKey: 'u' })).status).toBe(403);
});

test('all flags at once carry a tag that changes with definitions and context', async () => {
  const context = { targetingKey: 'bulk', country: 'DE' };
  const first = await evaluate('', context);
  expect(first.body.flags.map(({ key }: { key: string }) => key).sort()).toEqual([
    'banner',
    'days',
    'done',
    'is-new',
    'theme',
  ]);
  const etag = first.headers.get('etag') ?? '';
  const again = await evaluate('', context, { 'if-none-match': etag });
  expect({ status: again.status, body: again.body, etag: again.headers.get('etag') }).toEqual({
    status: 304,
    body: null,
    etag,
  });
  expect((await evaluate('', { ...context, page: 2 }, { 'if-none-match': etag })).status).toBe(200);
  await client.call('PATCH', '/api/v1/experiments/banner?site=demo', { body: { name: 'New name' } });
  expect((await evaluate('', context, { 'if-none-match': etag })).status).toBe(304);
  await client.call('POST', '/api/v1/experiments/is-new/stop?site=demo');
  expect((await evaluate('', context, { 'if-none-match': etag })).status).toBe(200);
});

test('a page with the public key gets what the hash says, and nothing is stored or read', async () => {
  const context = { targetingKey: 'public', country: 'DE' };
  const { status, body } = await asPage('', context);
  expect(status).toBe(200);
  const banner = body.flags.find(({ key }: { key: string }) => key === 'banner');
  expect(banner).toMatchObject({ reason: 'SPLIT' });
  const stored = await collector.query(
    `select 1 from footfall.experiment_assignments where unit_id = 'public'`,
  );
  expect(stored).toEqual([]);
  expect((await evaluate('/banner', context)).body.variant).toBe(banner.variant);
});

test('a page of another origin is let in where the site lists it, and may read ETag and Retry-After', async () => {
  const context = { targetingKey: 'u' };
  const allowed = await asPage('', context, { origin: 'http://localhost:5173' });
  expect(allowed.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  expect(allowed.headers.get('access-control-expose-headers')).toMatch(/etag, retry-after/i);
  expect((await asPage('', context, { origin: 'https://evil.example' })).status).toBe(403);
  const preflight = await fetch(collector.origin + flags, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/x-api-key.*if-none-match/);
});

test('an address that asks too often is told to wait, and servers are not counted', async () => {
  now += 60_000;
  const answers = await Promise.all(
    Array.from({ length: 301 }, (_, n) => asPage('/banner', { targetingKey: `u${n}` })),
  );
  const late = answers.filter(({ status }) => status === 429);
  expect(late).toHaveLength(1);
  expect(late[0]).toMatchObject({ body: { key: 'banner', errorCode: 'GENERAL' } });
  expect(late[0]?.headers.get('retry-after')).toBe('10');
  expect((await evaluate('/banner', { targetingKey: 'server' })).status).toBe(200);
  now += 10_000;
  expect((await asPage('/banner', { targetingKey: 'u' })).status).toBe(200);
});
