import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { RawRequest } from '../raw-http.js';
import { chrome, newId } from '../test-collector.js';
import { type BadInput, fillPlaceholders } from './read-cases.js';

const json = { 'content-type': 'application/json', 'user-agent': chrome };
const gzip = { ...json, 'content-encoding': 'gzip' };
const mebibyte = 1 << 20;

export function customEvent(rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: newId(), type: 'custom', name: 'pv', ts: Date.now(), ...rest };
}

export function batchOf(...events: unknown[]): string {
  return JSON.stringify({ sentAt: Date.now(), events });
}

/** A batch whose one event holds a piece of JSON that no serialiser would write. */
export function batchWithProps(props: string): string {
  const event = JSON.stringify(customEvent());
  return `{"sentAt":${Date.now()},"events":[${event.slice(0, -1)},"props":${props}}]}`;
}

/** What the cases tell in words. Those that need a hand on the socket (7, 12, 13, 14) are sent by their own tests. */
const generators: Record<number, () => RawRequest[]> = {
  3: () => {
    const [before = '', after = ''] = batchOf(customEvent({ name: 'a@b' })).split('@');
    return [{ body: Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after)]) }];
  },
  5: () => [{ body: batchOf(customEvent()).padStart(262_145) }],
  6: () => [{ body: ' '.repeat(300 * 1024) + batchOf(customEvent()), isChunked: true }],
  8: () => [{ body: gzipSync(Buffer.alloc(100 * mebibyte), { level: 9 }), headers: gzip }],
  9: () => {
    const whole = gzipSync(batchOf(customEvent()));
    return [{ body: whole.subarray(0, Math.floor(whole.length * 0.6)), headers: gzip }];
  },
  10: () => [
    {
      body: gzipSync(gzipSync(batchOf(customEvent()))),
      headers: { ...json, 'content-encoding': 'gzip, gzip' },
    },
  ],
  15: () => [{ body: batchOf(customEvent()), headers: { ...json, 'x-long': 'x'.repeat(20_000) } }],
  21: () => {
    const deep = batchWithProps(`{"a":${nest(5_000)}}`);
    return [{ body: deep.replace('"events":[', `"events":[${JSON.stringify(customEvent())},`) }];
  },
  22: () => [{ body: nest(100_000) }],
  29: () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1]);
    return [{ body: batchOf(customEvent({ props: Object.fromEntries(keys) })) }];
  },
  30: () => [
    {
      body: batchOf(
        customEvent({ props: { s: 'x'.repeat(100_000) } }),
        customEvent({ url: randomBytes(7_500).toString('base64url') }),
        customEvent({ name: 'n'.repeat(50_000) }),
      ),
    },
  ],
  32: () => [{ body: batchOf(...Array.from({ length: 501 }, () => customEvent())) }],
  34: () => {
    const events = Array.from({ length: 20 }, () => customEvent());
    return [events, events.toReversed(), events].map((order) => ({ body: batchOf(...order) }));
  },
};

export function nest(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** The requests that a case consists of: one, except where it sends the same batch again. */
export function buildRequests({
  id,
  method,
  query = '?site=demo',
  headers = {},
  raw,
}: BadInput): RawRequest[] {
  const made = generators[id]?.() ?? [raw === undefined ? {} : { body: fillPlaceholders(raw) }];
  return made.map((request) => ({
    method,
    path: `/v1/events${query}`,
    ...request,
    headers: { ...json, ...headers, ...request.headers },
  }));
}
