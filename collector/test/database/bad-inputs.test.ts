import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildRequests } from '../bad-inputs/build-requests.js';
import { badInputs, readStored } from '../bad-inputs/read-cases.js';
import { type Answer, composeRequest, exchange, openConnection } from '../raw-http.js';
import { type ChildCollector, residentBytes, startChildCollector } from '../start-child.js';

const mebibyte = 1 << 20;
const dayMs = 86_400_000;
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

async function countRows() {
  const [rows] = await collector.query<{ events: number; letters: number }>(
    `select (select count(*) from footfall.events) as events, (select count(*) from footfall.dead_letter) as letters`,
  );
  return rows;
}

async function readEvents(columns: string) {
  return collector.query(`select ${columns} from footfall.events`);
}

/** The process is the one that was started, and answers. */
async function expectAlive() {
  expect(collector.running.process.exitCode).toBeNull();
  expect(collector.running.process.pid).toBe(collector.pid);
  expect((await fetch(`${collector.origin}/healthz`)).status).toBe(200);
}

function expectAnswer(answer: Answer, status: number) {
  expect(answer.status).toBe(status);
  if (status === 204) return expect(answer.text).toBe('');
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  if (status === 200) return expect(answer.body).toMatchObject({ serverTime: expect.any(Number) });
  return expect(answer.body).toEqual({
    error: expect.objectContaining({ code: expect.any(String), message: expect.any(String) }),
  });
}

/** Sends one byte a second until the server has had enough. */
async function trickle(
  prefix: Uint8Array,
  bytes: Uint8Array,
): Promise<{ answer: Answer; closedAfterMs: number }> {
  const startedAt = performance.now();
  const connection = openConnection(collector.origin);
  connection.socket.write(prefix);
  let at = 0;
  const timer = setInterval(() => connection.socket.write(bytes.subarray(at, ++at)), 1_000);
  const answer = await connection.nextAnswer();
  await connection.ended;
  const closedAfterMs = performance.now() - startedAt;
  await connection.closed;
  clearInterval(timer);
  return { answer, closedAfterMs };
}

// Their time is the server's patience: they run side by side with each other.
test('12, 13: slow headers and a slow body are answered 408 and closed within 7 s and 12 s', async () => {
  const request = composeRequest({
    body: ' '.repeat(1_000),
    headers: { 'content-type': 'application/json' },
  });
  const bodyAt = request.indexOf('\r\n\r\n') + 4;
  const [headers, body] = await Promise.all([
    trickle(new Uint8Array(), request),
    trickle(request.subarray(0, bodyAt), request.subarray(bodyAt)),
  ]);
  for (const { answer } of [headers, body]) {
    expectAnswer(answer, 408);
    expect(answer.body).toMatchObject({ error: { code: 'timeout' } });
  }
  expect(headers.closedAfterMs).toBeLessThan(7_000);
  expect(body.closedAfterMs).toBeLessThan(12_000);
  expect(await countRows()).toEqual({ events: 0, letters: 0 });
  await expectAlive();
});

test('7: Content-Length and Transfer-Encoding together', async () => {
  const request = composeRequest({
    body: '{"events":[]}',
    isChunked: true,
    headers: { 'content-length': '13' },
  });
  expectAnswer(await exchange(collector.origin, request), 400);
  expect(await countRows()).toEqual({ events: 0, letters: 0 });
  await expectAlive();
});

test('14: a client that disconnects in the middle of its body', async () => {
  const { socket, closed } = openConnection(collector.origin);
  const [good] = buildRequests({ ...caseOf(5), id: 0, raw: ' '.repeat(5_000) });
  const whole = composeRequest(good ?? {});
  await new Promise((resolve) => socket.write(whole.subarray(0, whole.length - 4_900), resolve));
  socket.resetAndDestroy();
  await closed;
  await expectAlive();
  expect(await countRows()).toEqual({ events: 0, letters: 0 });
});

function caseOf(id: number) {
  const found = badInputs.find((input) => input.id === id);
  if (!found) throw new Error(`bad-inputs.json: expected a case ${id}`);
  return found;
}

type Check = (answers: Answer[]) => Promise<void> | void;

/** What the notes of the cases ask for, beyond status and number of rows. */
const checks: Record<number, Check> = {
  17: ([answer]) => {
    expect([...(answer?.headers.keys() ?? [])].filter((name) => name.startsWith('access-control-'))).toEqual(
      [],
    );
  },
  20: async ([answer]) => {
    expect(answer?.body).toMatchObject({ accepted: 1 });
    const [event] = await readEvents('visitor_id, country');
    expect(event).toEqual({ visitor_id: expect.any(String), country: null });
    await exchange(collector.origin, buildRequests({ ...caseOf(20), headers: {} })[0] ?? {});
    expect(await readEvents('count(distinct visitor_id) as n')).toEqual([{ n: 1 }]);
  },
  21: async () => expectReasons(['too_deep']),
  23: async () => {
    expect(await readEvents('props')).toEqual([{ props: { ok: 1 } }]);
  },
  24: async () => {
    expect(await readEvents('name')).toEqual([{ name: 'second' }]);
  },
  25: async () => {
    expect(await readEvents('name, props')).toEqual([
      { name: 'p\ufffdv', props: { 'a\ufffdb': 'x\ufffdy' } },
    ]);
  },
  26: async () => {
    expect(await readEvents('props')).toEqual([{ props: { 'k\ufffd': '\ufffdz' } }]);
  },
  27: async () => {
    expect(await readEvents('props, flags')).toEqual([
      { props: { n: null, m: null, d: null }, flags: ['non_finite'] },
    ]);
  },
  29: async () => expectReasons(['too_many_keys']),
  30: async () => {
    await expectReasons(['bad_name']);
    expect(
      await readEvents(`octet_length(props->>'s') as s, octet_length(url) as url, host, path, flags`),
    ).toEqual(
      expect.arrayContaining([
        { s: 8_192, url: null, host: null, path: null, flags: ['cut'] },
        { s: null, url: 2_048, host: null, path: null, flags: ['cut'] },
      ]),
    );
  },
  31: async ([answer]) => {
    await expectReasons(['not_object', 'not_object', 'not_object', 'not_object']);
    expect(answer?.body).toMatchObject({
      rejected: [0, 1, 2, 3].map((index) => ({ index, code: 'not_object' })),
    });
  },
  33: ([answer]) => {
    expect(answer?.body).toMatchObject({ accepted: 1, duplicate: 1, rejected: [] });
  },
  34: async (answers) => {
    expect(answers.map(({ body }) => body)).toMatchObject([
      { accepted: 20, duplicate: 0 },
      { accepted: 0, duplicate: 20 },
      { accepted: 0, duplicate: 20 },
    ]);
    expect(await collector.query('select event_count from footfall.sessions')).toEqual([{ event_count: 20 }]);
  },
  35: async () => expectReasons(['bad_id', 'bad_id']),
  36: async ([answer]) => {
    const codes = ['bad_ts', 'bad_ts', 'bad_ts', 'too_old', 'bad_ts'];
    expect(answer?.body).toMatchObject({ rejected: codes.map((code, index) => ({ index, code })) });
    await expectReasons(codes.toSorted());
  },
  37: async () => {
    const [event] = await readEvents(
      `abs(extract(epoch from occurred_at - received_at)) < 1 as is_now, event_day = (received_at at time zone 'UTC')::date as is_today,
       flags, (select count(*) from footfall.odd_ids) as odd_ids`,
    );
    expect(event).toEqual({ is_now: true, is_today: true, flags: ['odd_clock'], odd_ids: 1 });
  },
  38: async () => {
    const day = new Date(Date.now() - 20 * dayMs).toISOString().slice(0, 10);
    const [event] = await readEvents('tableoid::regclass::text as partition, event_day');
    expect(event).toEqual({ partition: `footfall.events_${day.replaceAll('-', '')}`, event_day: day });
  },
  39: async () => {
    expect(await readEvents('url, host, path, props')).toEqual([
      {
        url: 'javascript:alert(1)//',
        host: null,
        path: null,
        props: {
          '<img src=x onerror=alert(1)>': '</script><svg onload=alert(1)>',
          '=HYPERLINK("//evil",1)': '@SUM(A1)',
          "a') ; DROP TABLE events;--": '%_\\',
        },
      },
    ]);
    expect(await collector.query('select user_agent from footfall.sessions')).toEqual([
      { user_agent: caseOf(39).headers?.['user-agent'] },
    ]);
  },
  41: async () => {
    const [event] = await readEvents('occurred_at = received_at as is_now, flags');
    expect(event).toEqual({ is_now: true, flags: ['future_ts', 'odd_clock'] });
  },
};

async function expectReasons(reasons: string[]) {
  const rows = await collector.query('select reason from footfall.dead_letter order by reason');
  expect(rows.map(({ reason }) => reason)).toEqual(reasons);
}

/** 7, 12, 13 and 14 stand above. 40, the outage, is a test of the spool: collector/test/faults. */
const apart = new Set([7, 12, 13, 14, 40]);

test.each(badInputs.filter(({ id }) => !apart.has(id)))('$id: $name', async (input) => {
  const before = residentBytes(collector.pid);
  const answers: Answer[] = [];
  for (const request of buildRequests(input)) answers.push(await exchange(collector.origin, request));
  if (input.id === 8) expect(residentBytes(collector.pid) - before).toBeLessThan(20 * mebibyte);
  for (const answer of answers) expectAnswer(answer, Number(input.expected.http));
  expect(await countRows()).toEqual(readStored(input.expected.stored));
  await checks[input.id]?.(answers);
  await expectAlive();
});

test('none of it is worth a line in the log: the client is told', () => {
  expect(collector.running.output.stderr).not.toMatch(/error/i);
});

test('no case is left out', () => {
  expect(badInputs.map(({ id }) => id)).toEqual(Array.from({ length: 42 }, (_, index) => index + 1));
});
