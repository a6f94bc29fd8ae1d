import { gzipSync } from 'node:zlib';
import type { RawRequest } from '../raw-http.js';
import { batchOf, customEvent, nest } from './build-requests.js';

const bom = Buffer.of(0xef, 0xbb, 0xbf);

/** Requests that look strange and are right: each holds one event. */
export const accepted: { name: string; request: () => RawRequest }[] = [
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

type Refused = { name: string; request: () => RawRequest | Uint8Array; status: number };

/** Requests that are wrong as a whole, by what they are or by how they come. */
export const refused: Refused[] = [
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
