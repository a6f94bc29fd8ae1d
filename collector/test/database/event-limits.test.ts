import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { batchOf, batchWithProps, customEvent, nest } from '../bad-inputs/build-requests.js';
import { type Answer, exchange, type RawRequest } from '../raw-http.js';
import { type ChildCollector, startChildCollector } from '../start-child.js';
import { chrome, newId } from '../test-collector.js';

const json = { 'content-type': 'application/json', 'user-agent': chrome };
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
