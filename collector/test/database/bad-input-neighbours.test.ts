import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { batchOf, batchWithProps, customEvent, nest } from '../bad-inputs/build-requests.js';
import { type Answer, composeRequest, exchange, openConnection, type RawRequest } from '../raw-http.js';
import { type ChildCollector, startChildCollector } from '../start-child.js';
import { chrome, newId } from '../test-collector.js';

const json = { 'content-type': 'application/json', 'user-agent': chrome };
const bom = Buffer.of(0xef, 0xbb, 0xbf);
let collector: ChildCollector;

beforeAll(async () => {
  collector = await startChildCollector();
});
afterAll(() => collector.stop());
beforeEach(async () => {
  await collector.query(
    'truncate footfall.events, footfall.sessions, footfall.odd_ids, footfall.dead_letter',
  );
});

function send({ headers = {}, ...request }: RawRequest): Promise<Answer> {
  return exchange(collector.origin, { ...request, headers: { ...json, ...headers } });
}

async function countEvents(): Promise<number | undefined> {
  const [row] = await collector.query<{ n: number }>('select count(*) as n from footfall.events');
  return row?.n;
}

type Case = { name: string; request: () => RawRequest | Uint8Array; status: number; code?: string };

const accepted: { name: string; request: () => RawRequest }[] = [
  {
    name: 'header names in mixed case',
    request: () => ({
      headers: { 'cOntent-Encoding': 'GZIP' },
      body: gzipSync(batchOf(customEvent())),
    }),
  },
  {
    name: 'gzip in chunks',
    request: () => ({
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(batchOf(customEvent())),
      isChunked: true,
    }),
  },
  {
    name: 'the older name of gzip (RFC 9110, section 8.4.1.3)',
    request: () => ({ headers: { 'content-encoding': 'x-gzip' }, body: gzipSync(batchOf(customEvent())) }),
  },
  {
    name: 'a BOM inside gzip',
    request: () => ({
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.concat([bom, Buffer.from(batchOf(customEvent()))])),
    }),
  },
  {
    name: 'a content type with charset',
    request: () => ({
      headers: { 'content-type': 'application/json;charset=UTF-8' },
      body: batchOf(customEvent()),
    }),
  },
  {
    name: 'text/plain with charset, as sendBeacon sends it',
    request: () => ({
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      body: batchOf(customEvent()),
    }),
  },
  {
    name: 'HTTP/1.0 without a Host',
    request: () => ({ version: '1.0', headers: { host: '' }, body: batchOf(customEvent()) }),
  },
  {
    name: 'an absolute URL as request target',
    request: () => ({ path: 'http://collector.example/v1/events?site=demo', body: batchOf(customEvent()) }),
  },
  {
    name: 'a parameter twice: the first one counts',
    request: () => ({ path: '/v1/events?site=demo&site=nope', body: batchOf(customEvent()) }),
  },
  {
    name: 'parameters that nobody asked for',
    request: () => ({ path: '/v1/events?x=%zz&site=demo&_=1', body: batchOf(customEvent()) }),
  },
  {
    name: 'a thousand headers',
    request: () => ({
      headers: Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`x${index}`, '1'])),
      body: batchOf(customEvent()),
    }),
  },
  { name: 'a batch of 256 KiB exactly', request: () => ({ body: batchOf(customEvent()).padStart(262_144) }) },
  {
    name: 'a batch of 1 MiB exactly, inflated',
    request: () => ({
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(batchOf(customEvent()).padStart(1_048_576)),
    }),
  },
  {
    name: 'an expectation that nobody knows',
    request: () => ({ headers: { expect: 'a-miracle' }, body: batchOf(customEvent()) }),
  },
  {
    name: 'an offer to upgrade the protocol',
    request: () => ({ headers: { connection: 'upgrade', upgrade: 'h2c' }, body: batchOf(customEvent()) }),
  },
  {
    name: 'a time between two milliseconds',
    request: () => ({ body: batchOf(customEvent({ ts: Date.now() - 0.5 })) }),
  },
  {
    name: 'a sending time that no clock shows',
    request: () => ({ body: JSON.stringify({ sentAt: 8.64e15, events: [customEvent()] }) }),
  },
  {
    name: 'a sending time in words',
    request: () => ({ body: JSON.stringify({ sentAt: 'now', events: [customEvent()] }) }),
  },
  {
    name: 'NUL and lone surrogates in visitor, user and context',
    request: () => ({
      body: `{"visitor":{"id":"a\\u0000\\ud800","userId":"\\udfff\\u0000"},"context":{"language":"\\u0000","timezone":"\\ud800","release":"\\u0000"},"events":[${JSON.stringify(customEvent())}]}`,
    }),
  },
  {
    name: 'NUL in the query of a URL and of its referrer',
    request: () => ({
      body: batchOf(
        customEvent({
          type: 'pageview',
          url: 'https://shop.example/%00?utm_source=%00&utm_medium=a%00b&utm_term=%ED%A0%80',
          referrer: 'https://www.bing.com/search?q=%00',
        }),
      ),
    }),
  },
  {
    name: 'a user agent in Latin-1',
    request: () => ({ headers: { 'user-agent': 'Mozilla/5.0 \xe4\xff' }, body: batchOf(customEvent()) }),
  },
];

test.each(accepted)('$name: stored', async ({ request }) => {
  const answer = await send(request());
  expect(answer).toMatchObject({ status: 200, body: { accepted: 1, duplicate: 0, rejected: [] } });
  expect(await countEvents()).toBe(1);
});

const refused: Case[] = [
  { name: 'brotli', request: () => ({ headers: { 'content-encoding': 'br' }, body: '{}' }), status: 415 },
  {
    name: 'deflate',
    request: () => ({ headers: { 'content-encoding': 'deflate' }, body: '{}' }),
    status: 415,
  },
  {
    name: 'no gzip',
    request: () => ({ headers: { 'content-encoding': 'gzip' }, body: '{"events":[]}' }),
    status: 400,
  },
  {
    name: 'gzip in gzip under one name',
    request: () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(gzipSync('{"events":[]}')) }),
    status: 400,
  },
  {
    name: '1 MiB and a byte, inflated',
    request: () => ({
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(batchOf(customEvent()).padStart(1_048_577)),
    }),
    status: 413,
  },
  {
    name: 'a bomb by its magic bytes alone',
    request: () => ({ headers: { 'content-type': 'text/plain' }, body: gzipSync(Buffer.alloc(50 << 20)) }),
    status: 413,
  },
  {
    name: 'a form',
    request: () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' }),
    status: 415,
  },
  { name: 'an array', request: () => ({ body: '[]' }), status: 400 },
  { name: 'null', request: () => ({ body: 'null' }), status: 400 },
  { name: 'a number', request: () => ({ body: '7' }), status: 400 },
  { name: 'a text', request: () => ({ body: '"events"' }), status: 400 },
  { name: 'events that are no list', request: () => ({ body: '{"events":{"0":{}}}' }), status: 400 },
  {
    name: 'a deep object around the events',
    request: () => ({ body: `{"visitor":${nest(50_000)},"events":[]}` }),
    status: 400,
  },
  { name: 'two JSON texts', request: () => ({ body: '{"events":[]}{"events":[]}' }), status: 400 },
  { name: 'no site', request: () => ({ path: '/v1/events', body: '{"events":[]}' }), status: 401 },
  {
    name: 'an empty site',
    request: () => ({ path: '/v1/events?site=', body: '{"events":[]}' }),
    status: 401,
  },
  {
    name: 'a site key of 8,000 bytes',
    request: () => ({ path: `/v1/events?site=${'x'.repeat(8_000)}`, body: '{}' }),
    status: 401,
  },
  {
    name: 'a site key in other letters',
    request: () => ({ path: '/v1/events?site=%E2%98%83', body: '{}' }),
    status: 401,
  },
  {
    name: 'a site key with NUL',
    request: () => ({ path: '/v1/events?site=demo%00', body: '{}' }),
    status: 401,
  },
  {
    name: 'a site key that does not decode',
    request: () => ({ path: '/v1/events?site=%zz', body: '{}' }),
    status: 401,
  },
  {
    name: 'raw bytes in the query',
    request: () => ({ path: '/v1/events?site=\xe2\x98\x83', body: '{}' }),
    status: 400,
  },
  {
    name: 'SQL for a site key',
    request: () => ({ path: `/v1/events?site=';drop%20schema%20footfall--`, body: '{}' }),
    status: 401,
  },
  { name: 'PUT', request: () => ({ method: 'PUT', body: '{}' }), status: 405 },
  { name: 'DELETE', request: () => ({ method: 'DELETE' }), status: 405 },
  { name: 'TRACE', request: () => ({ method: 'TRACE' }), status: 405 },
  { name: 'a method that does not exist', request: () => ({ method: 'GRAB' }), status: 400 },
  { name: 'another route', request: () => ({ path: '/v1/event', body: '{}' }), status: 404 },
  {
    name: 'HTTP/1.1 without a Host',
    request: () => Buffer.from('GET /v1/events HTTP/1.1\r\n\r\n'),
    status: 400,
  },
  { name: 'a Host that is none', request: () => ({ headers: { host: 'a b/c' }, body: '{}' }), status: 400 },
  { name: 'a request target that is no path', request: () => ({ path: 'events', body: '{}' }), status: 400 },
  {
    name: 'a backslash in the path',
    request: () => ({ path: '/v1\\events?site=demo', body: '{}' }),
    status: 400,
  },
  { name: 'another protocol', request: () => Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), status: 400 },
  { name: 'a TLS greeting', request: () => Buffer.from('16030100f8010000f40303', 'hex'), status: 400 },
  {
    name: 'a length that is no number',
    request: () => ({ headers: { 'content-length': 'abc' }, body: '' }),
    status: 400,
  },
  {
    name: 'a negative length',
    request: () => ({ headers: { 'content-length': '-1' }, body: '' }),
    status: 400,
  },
  {
    name: 'two lengths that differ',
    request: () =>
      Buffer.from(
        'POST /v1/events?site=demo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      ),
    status: 400,
  },
  {
    name: 'a folded header',
    request: () => Buffer.from('POST /v1/events?site=demo HTTP/1.1\r\nHost: a\r\nX: a\r\n b\x00\r\n\r\n'),
    status: 400,
  },
  {
    name: 'a chunk whose size is no number',
    request: () =>
      Buffer.from(
        'POST /v1/events?site=demo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      ),
    status: 400,
  },
  {
    name: 'ten thousand headers',
    request: () => ({
      headers: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`x${index}`, '1'])),
    }),
    status: 431,
  },
  {
    name: 'a request line of 20,000 bytes',
    request: () => ({ path: `/v1/events?site=${'x'.repeat(20_000)}` }),
    status: 431,
  },
];

test.each(refused)('$name: refused with $status', async ({ request, status }) => {
  const made = request();
  const answer = await (made instanceof Uint8Array ? exchange(collector.origin, made) : send(made));
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.body).toEqual({
    error: expect.objectContaining({ code: expect.any(String), message: expect.any(String) }),
  });
  expect(await countEvents()).toBe(0);
});

test('a HEAD has no body, and says what would be allowed', async () => {
  const connection = openConnection(collector.origin);
  connection.socket.write('HEAD /v1/events?site=demo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let text = '';
  connection.socket.on('data', (bytes) => {
    text += bytes;
  });
  await connection.ended;
  expect(text).toMatch(/^HTTP\/1.1 405 /);
  expect(text).toMatch(/allow: POST, OPTIONS/i);
  expect(text).toMatch(/\r\n\r\n$/);
  connection.socket.destroy();
});

test('a batch without events is answered with zeros', async () => {
  const answer = await send({ body: '{"events":[]}' });
  expect(answer).toMatchObject({ status: 200, body: { accepted: 0, duplicate: 0, rejected: [] } });
});

test('requests in one packet are answered in their order, a refused one among them', async () => {
  const { socket, nextAnswer } = openConnection(collector.origin);
  const good = () => composeRequest({ headers: json, body: batchOf(customEvent()) });
  const bad = composeRequest({ headers: json, body: '{' });
  const large = composeRequest({ headers: json, body: ' '.repeat(262_145) });
  socket.write(Buffer.concat([good(), bad, good(), large, good()]));
  const statuses: number[] = [];
  for (let count = 0; count < 5; count++) statuses.push((await nextAnswer()).status);
  socket.destroy();
  expect(statuses).toEqual([200, 400, 200, 413, 200]);
  expect(await countEvents()).toBe(3);
});

test('a client that waits for 100 gets it, unless its body is too large anyway', async () => {
  const small = composeRequest({
    headers: { ...json, expect: '100-continue' },
    body: batchOf(customEvent()),
  });
  const { socket, nextAnswer } = openConnection(collector.origin);
  const bodyAt = small.indexOf('\r\n\r\n') + 4;
  socket.write(small.subarray(0, bodyAt));
  expect((await nextAnswer()).status).toBe(100);
  socket.write(small.subarray(bodyAt));
  expect((await nextAnswer()).status).toBe(200);
  socket.destroy();
  const large = openConnection(collector.origin);
  large.socket.write(
    composeRequest({ headers: { ...json, expect: '100-continue', 'content-length': '262145' } }),
  );
  expect((await large.nextAnswer()).status).toBe(413);
  large.socket.destroy();
});

const asText = (event: unknown) => JSON.stringify(event);

test.each([
  { name: 'depth 16, the event included', body: () => batchWithProps(`{"a":${nest(14)}}`), codes: [] },
  { name: 'depth 17', body: () => batchWithProps(`{"a":${nest(15)}}`), codes: ['too_deep'] },
  { name: '256 keys of props', body: () => batchOf(customEvent({ props: keys(256) })), codes: [] },
  {
    name: '257 keys of props',
    body: () => batchOf(customEvent({ props: keys(257) })),
    codes: ['too_many_keys'],
  },
  {
    name: '257 keys, one of them further in',
    body: () => batchOf(customEvent({ props: { ...keys(255), more: keys(1) } })),
    codes: ['too_many_keys'],
  },
  {
    name: '257 keys that no schema knows',
    body: () => batchOf({ ...customEvent(), ...keys(257) }),
    codes: ['too_many_keys'],
  },
  {
    name: 'a list of 1,000 numbers under one key',
    body: () => batchOf(customEvent({ props: { list: Array(1_000).fill(1) } })),
    codes: [],
  },
  { name: 'a name of 200 bytes', body: () => batchOf(customEvent({ name: 'n'.repeat(200) })), codes: [] },
  {
    name: 'a name of 201 bytes',
    body: () => batchOf(customEvent({ name: 'n'.repeat(201) })),
    codes: ['bad_name'],
  },
  {
    name: 'a name of 200 bytes in 50 characters',
    body: () => batchOf(customEvent({ name: '😀'.repeat(50) })),
    codes: [],
  },
  {
    name: 'a name of 201 bytes in 67 characters',
    body: () => batchOf(customEvent({ name: '€'.repeat(67) })),
    codes: ['bad_name'],
  },
  { name: 'a name that is a number', body: () => batchOf(customEvent({ name: 7 })), codes: ['bad_name'] },
  { name: 'no name', body: () => batchOf({ ...customEvent(), name: undefined }), codes: ['bad_name'] },
  { name: 'an event of 32 KiB exactly', body: () => batchOf(eventOfSize(32_768)), codes: [] },
  { name: 'an event of 32 KiB and a byte', body: () => batchOf(eventOfSize(32_769)), codes: ['too_large'] },
  { name: 'an unknown type', body: () => batchOf(customEvent({ type: 'toString' })), codes: ['bad_type'] },
  {
    name: 'a UUID of version 4',
    body: () => batchOf(customEvent({ id: crypto.randomUUID() })),
    codes: ['bad_id'],
  },
  {
    name: 'an id with a line break behind it',
    body: () => batchOf(customEvent({ id: `${newId()}\n` })),
    codes: ['bad_id'],
  },
  { name: 'a time as text', body: () => batchOf(customEvent({ ts: String(Date.now()) })), codes: ['bad_ts'] },
  { name: 'no time', body: () => batchOf({ ...customEvent(), ts: undefined }), codes: ['bad_ts'] },
  { name: 'the greatest time', body: () => batchOf(customEvent({ ts: 8.64e15 })), codes: [] },
  {
    name: 'the same nothing three times',
    body: () => batchOf(null, null, null),
    codes: ['not_object', 'not_object', 'not_object'],
  },
])('$name: $codes', async ({ body, codes }) => {
  const answer = await send({ body: body() });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    accepted: codes.length === 0 ? 1 : 0,
    rejected: codes.map((code) => ({ code })),
  });
  expect(await countEvents()).toBe(codes.length === 0 ? 1 : 0);
  const letters = await collector.query('select reason from footfall.dead_letter');
  expect(letters.map(({ reason }) => reason)).toEqual(codes);
});

function keys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
}

function eventOfSize(bytes: number) {
  const parts = Array.from({ length: 4 }, (_, index) => [`p${index}`, 'x'.repeat(8_000)]);
  const event = customEvent({ props: { ...Object.fromEntries(parts), rest: '' } });
  const rest = 'x'.repeat(bytes - asText(event).length);
  return { ...event, props: { ...Object.fromEntries(parts), rest } };
}

test('a text is cut at 8,192 bytes, and never inside a character', async () => {
  const props = {
    whole: 'x'.repeat(8_192),
    one: 'x'.repeat(8_193),
    four: `${'x'.repeat(8_190)}😀`,
    pair: `${'x'.repeat(8_191)}é`,
    fits: `${'x'.repeat(8_188)}😀`,
  };
  for (const [name, text] of Object.entries(props))
    await send({ body: batchOf(customEvent({ name, props: { text } })) });
  const rows = await collector.query<{ name: string; bytes: number; tail: string }>(
    `select name, octet_length(props->>'text') as bytes, right(props->>'text', 1) as tail from footfall.events order by event_id`,
  );
  expect(Object.fromEntries(rows.map(({ name, bytes, tail }) => [name, [bytes, tail]]))).toEqual({
    whole: [8_192, 'x'],
    one: [8_192, 'x'],
    four: [8_190, 'x'],
    pair: [8_191, 'x'],
    fits: [8_192, '😀'],
  });
});

test('what the log holds after all of this: nothing', () => {
  expect(collector.running.output.stderr).toBe('');
});
