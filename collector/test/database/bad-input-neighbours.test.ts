import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { batchOf, customEvent } from '../bad-inputs/build-requests.js';
import { accepted, refused } from '../bad-inputs/neighbours.js';
import { type Answer, composeRequest, exchange, openConnection, type RawRequest } from '../raw-http.js';
import { type ChildCollector, startChildCollector } from '../start-child.js';
import { chrome } from '../test-collector.js';

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

test.each(accepted)('$name: stored', async ({ request }) => {
  const answer = await send(request());
  expect(answer).toMatchObject({ status: 200, body: { accepted: 1, duplicate: 0, rejected: [] } });
  expect(await countEvents()).toBe(1);
});

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

test('what the log holds after all of this: nothing', () => {
  expect(collector.running.output.stderr).toBe('');
});
