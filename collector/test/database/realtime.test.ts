import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createReportClient, type ReportClient, sendVisit } from '../report-client.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const settleMs = 3_000; // hits are told once no transaction can come in before them;
let nowMs = noon;
let collector: TestCollector;
let client: ReportClient;
const streams: Stream[] = [];

beforeAll(async () => {
  collector = await startTestCollector({ now: () => nowMs });
  client = await createReportClient(collector);
});
afterEach(() => Promise.all(streams.splice(0).map((stream) => stream.close())));
afterAll(() => collector.stop());

type Message = { event?: string; id?: string; data?: string; retry?: string };
type Stream = { next(event: string): Promise<Message>; close(): Promise<void> };

async function open(lastEventId?: string): Promise<Stream> {
  const response = await fetch(`${collector.origin}/api/v1/realtime?site=demo`, {
    headers: {
      authorization: `Bearer ${client.analyst}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  const messages = readMessages(response);
  const stream = {
    async next(event: string) {
      for (;;) {
        const { value, done } = await messages.next();
        if (done) throw new Error(`the stream ended without ${event}`);
        if (value.event === event) return value;
      }
    },
    async close() {
      await messages.return(undefined);
    },
  };
  streams.push(stream);
  return stream;
}

async function* readMessages(response: Response): AsyncGenerator<Message, void, undefined> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return;
      text += chunk.value;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) yield parse(block);
    }
  } finally {
    await reader?.cancel();
  }
}

function parse(block: string): Message {
  const fields = block
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  return Object.fromEntries(fields);
}

async function view(path: string, visitor: string) {
  nowMs += 1_000;
  await sendVisit(collector, { visitor, events: [{ at: nowMs, path }] });
}

test('who is on the site now, and the last 30 minutes by minute and page', async () => {
  await sendVisit(collector, { visitor: 'gone', events: [{ at: noon - 31 * 60_000, path: '/old' }] });
  await sendVisit(collector, { visitor: 'earlier', events: [{ at: noon - 20 * 60_000, path: '/a' }] });
  await sendVisit(collector, {
    visitor: 'here',
    events: [
      { at: noon - 60_000, path: '/a' },
      { at: noon, path: '/b' },
    ],
  });
  const response = await fetch(`${collector.origin}/api/v1/realtime?site=demo`, {
    headers: { authorization: `Bearer ${client.analyst}`, accept: 'application/json' },
  });
  const body = (await response.json()) as { minutes: { minute: string; pageviews: number }[] };
  expect(body).toMatchObject({
    current_visitors: 1,
    visitors: 2,
    pageviews: 3,
    pages: [
      { value: '/a', visitors: 2 },
      { value: '/b', visitors: 1 },
    ],
  });
  expect(body.minutes).toHaveLength(30);
  const seen = body.minutes.filter(({ pageviews }) => pageviews > 0);
  expect(seen.map(({ minute, pageviews }) => [minute, pageviews])).toEqual([
    ['2026-11-20T11:40:00.000Z', 1],
    ['2026-11-20T11:59:00.000Z', 1],
    ['2026-11-20T12:00:00.000Z', 1],
  ]);
});

const pathOf = ({ data }: Message) => JSON.parse(data ?? '').path;

test('a stream tells each hit once, and goes on where the reader was cut off', async () => {
  nowMs += settleMs; // what came before is no news
  const stream = await open();
  const now = await stream.next('now');
  expect(JSON.parse(now.data ?? '')).toMatchObject({ visitors: 2, minutes: expect.any(Array) });
  await view('/one', 'v1');
  nowMs += settleMs;
  const first = await stream.next('hit');
  expect(pathOf(first)).toBe('/one');
  expect(first.data).not.toContain('v1');
  await stream.close();
  await view('/two', 'v2');
  await sendVisit(collector, { site: 'other', visitor: 'x', events: [{ at: nowMs, path: '/elsewhere' }] });
  await view('/three', 'v3');
  nowMs += settleMs;
  const again = await open(first.id);
  expect([await again.next('hit'), await again.next('hit')].map(pathOf)).toEqual(['/two', '/three']);
  await view('/four', 'v4');
  nowMs += settleMs;
  expect(pathOf(await again.next('hit'))).toBe('/four');
});

test('a stream without a key, of another site or of none is refused', async () => {
  const statusOf = async (site: string, key: string) =>
    (await client.ask('GET', 'realtime', { site }, key)).status;
  expect(await statusOf('demo', 'ff_analyst_none')).toBe(401);
  expect(await statusOf('other', client.analyst)).toBe(403);
  expect(await statusOf('nowhere', client.owner)).toBe(404);
});
