import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const dayMs = 86_400_000;
let collector: TestCollector;
let now = Date.parse('2026-11-20T12:00:00Z');

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
});
afterAll(() => collector.stop());
beforeEach(async () => {
  now = Date.parse('2026-11-20T12:00:00Z');
  await collector.query(
    'truncate footfall.events, footfall.sessions, footfall.odd_ids, footfall.dead_letter',
  );
});

function pageview(path: string, { at = now, ...rest }: { at?: number; [key: string]: unknown } = {}) {
  return { id: newId(at), type: 'pageview', ts: at, url: `https://shop.example${path}`, ...rest };
}

function batch(events: unknown[], rest: Record<string, unknown> = {}) {
  return { sentAt: now, events, ...rest };
}

test('client hints of the headers and of the body are read together', async () => {
  const chrome =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
  const brands = '"Brave";v="130", "Chromium";v="130", "Not_A Brand";v="99"';
  await collector.send(batch([pageview('/')], { context: { clientHints: { formFactors: ['Tablet'] } } }), {
    headers: { 'user-agent': chrome, 'sec-ch-ua': brands },
  });
  expect(await collector.query('select browser, device from footfall.events')).toEqual([
    { browser: 'Brave', device: 'tablet' },
  ]);
});

test('a pageview becomes an event and a session, enriched, before the answer', async () => {
  const event = pageview('/shoes?utm_source=news&utm_medium=email', {
    title: 'Shoes',
    referrer: 'https://www.google.com/',
  });
  const answer = await collector.send(
    batch([event], { context: { language: 'de-DE', screen: [1920, 1080], timezone: 'Europe/Berlin' } }),
  );
  expect(answer).toEqual({ status: 200, body: { accepted: 1, duplicate: 0, rejected: [], serverTime: now } });
  const events = await collector.query(
    'select event_day, host, path, browser, os, device, country, channel, utm_source, is_bot from footfall.events',
  );
  expect(events).toEqual([
    {
      event_day: '2026-11-20',
      host: 'shop.example',
      path: '/shoes',
      browser: 'Chrome',
      os: 'Windows',
      device: 'desktop',
      country: null,
      channel: 'Email',
      utm_source: 'news',
      is_bot: false,
    },
  ]);
  const sessions = await collector.query(
    'select pageview_count, is_bounce, entry_path, exit_path, channel, screen_width, timezone, language from footfall.sessions',
  );
  expect(sessions).toEqual([
    {
      pageview_count: 1,
      is_bounce: true,
      entry_path: '/shoes',
      exit_path: '/shoes',
      channel: 'Email',
      screen_width: 1920,
      timezone: 'Europe/Berlin',
      language: 'de-DE',
    },
  ]);
});

test('the same batch again, later and in another order, adds nothing to events or sessions', async () => {
  const events = [pageview('/a'), pageview('/b'), pageview('/c')];
  await collector.send(batch(events));
  const before = await collector.query('select * from footfall.sessions');
  now += 5_000;
  const again = await collector.send(batch(events.toReversed()));
  expect(again.body).toMatchObject({ accepted: 0, duplicate: 3 });
  expect(await collector.query('select * from footfall.sessions')).toEqual(before);
});

test('a retry after midnight, and after the clock was set right, is still a duplicate', async () => {
  now = Date.parse('2026-11-20T23:59:50Z');
  const event = pageview('/late');
  await collector.send(batch([event]));
  now = Date.parse('2026-11-21T00:00:10Z');
  expect((await collector.send(batch([event]))).body).toMatchObject({ duplicate: 1 });
  const skewed = await collector.send({ sentAt: now + 10 * dayMs, events: [event] });
  expect(skewed.body).toMatchObject({ accepted: 0, duplicate: 1 });
  expect(await collector.query('select count(*) as n from footfall.events')).toEqual([{ n: 1 }]);
});

test('an event of a clock two years ahead is stored once, today, however often and with whatever clock it is sent', async () => {
  const ahead = now + 730 * dayMs;
  const event = pageview('/future', { at: ahead });
  expect((await collector.send({ sentAt: ahead, events: [event] })).body).toMatchObject({ accepted: 1 });
  expect((await collector.send({ sentAt: ahead + 60_000, events: [event] })).body).toMatchObject({
    duplicate: 1,
  });
  expect((await collector.send({ sentAt: now, events: [event] })).body).toMatchObject({ duplicate: 1 });
  expect(await collector.query('select event_day, occurred_at, flags from footfall.events')).toEqual([
    { event_day: '2026-11-20', occurred_at: new Date(now), flags: ['odd_clock'] },
  ]);
});

test('an event twice in one batch is stored once', async () => {
  const event = pageview('/twice');
  const upper = { ...event, id: event.id.toUpperCase() };
  expect((await collector.send(batch([event, event, upper]))).body).toMatchObject({
    accepted: 1,
    duplicate: 2,
  });
});

test('a bad event goes to the dead letter with its reason and harms no other', async () => {
  const good = pageview('/good');
  const answer = await collector.send(
    batch([
      { id: 'x', type: 'pageview', ts: now },
      good,
      { ...pageview('/a'), type: 'nope' },
      null,
      { ...pageview('/b'), ts: 'now' },
      { id: newId(now), type: 'custom', ts: now },
    ]),
  );
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    accepted: 1,
    rejected: [
      { index: 0, id: 'x', code: 'bad_id', message: 'events[0].id: expected a UUIDv7, got "x"' },
      { index: 2, code: 'bad_type' },
      { index: 3, id: null, code: 'not_object', message: 'events[3]: expected an object, got null' },
      { index: 4, code: 'bad_ts', message: 'events[4].ts: expected milliseconds since 1970, got "now"' },
      { index: 5, code: 'bad_name' },
    ],
  });
  const letters = await collector.query('select reason from footfall.dead_letter order by reason');
  expect(letters.map(({ reason }) => reason)).toEqual([
    'bad_id',
    'bad_name',
    'bad_ts',
    'bad_type',
    'not_object',
  ]);
});

test('a refused event that is sent again leaves one dead letter', async () => {
  const bad = [{ ...pageview('/a'), ts: 'now' }];
  await collector.send(batch(bad));
  await collector.send(batch(bad));
  expect(await collector.query('select count(*) as n from footfall.dead_letter')).toEqual([{ n: 1 }]);
});

test('an event older than 35 days is refused, unless it is the retry of one that came in time', async () => {
  const event = pageview('/old', { at: now - 34 * dayMs });
  expect((await collector.send(batch([event]))).body).toMatchObject({ accepted: 1 });
  now += 2 * dayMs;
  const late = pageview('/late', { at: now - 36 * dayMs });
  const answer = await collector.send(batch([event, late]));
  expect(answer.body).toMatchObject({ duplicate: 1, rejected: [{ index: 1, id: late.id, code: 'too_old' }] });
  expect(await collector.query('select reason, event_id from footfall.dead_letter')).toEqual([
    { reason: 'too_old', event_id: late.id },
  ]);
});

test('what PostgreSQL cannot hold is replaced, and keys that poison prototypes are dropped', async () => {
  const event = `{"id":"${newId(now)}","type":"custom","ts":${now},"name":"p\\u0000v","props":{"a\\u0000b":"x\\u0000y","k\\ud800":"\\udc00z","n":1e400,"__proto__":{"isAdmin":true},"constructor":{"x":1}}}`;
  const answer = await collector.send(`{"sentAt":${now},"events":[${event}]}`);
  expect(answer.body).toMatchObject({ accepted: 1 });
  const [row] = await collector.query('select name, props, flags from footfall.events');
  expect(row).toEqual({
    name: 'p\ufffdv',
    props: { 'a\ufffdb': 'x\ufffdy', 'k\ufffd': '\ufffdz', n: null },
    flags: ['non_finite'],
  });
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
});

test.each([
  { name: 'an empty body', body: '', status: 400 },
  { name: 'truncated JSON', body: '{"events":[', status: 400 },
  { name: 'a NaN literal', body: '{"events":[NaN]}', status: 400 },
  { name: 'invalid UTF-8', body: Uint8Array.of(0x7b, 0xff, 0x7d), status: 400 },
  { name: 'no events', body: '{}', status: 400 },
  { name: 'a visitor that is no object', body: { visitor: 5, events: [] }, status: 400 },
  { name: 'a body over 256 KiB', body: ' '.repeat(262_145), status: 413 },
  { name: 'more than 500 events', body: { events: Array(501).fill(null) }, status: 413 },
  {
    name: 'a gzip bomb',
    body: gzipSync(Buffer.alloc(20 << 20)),
    headers: { 'content-encoding': 'gzip' },
    status: 413,
  },
  {
    name: 'a torn gzip stream',
    body: gzipSync('{"events":[]}').subarray(0, 20),
    headers: { 'content-encoding': 'gzip' },
    status: 400,
  },
  { name: 'an unknown encoding', body: '{}', headers: { 'content-encoding': 'gzip, gzip' }, status: 415 },
  { name: 'a form', body: 'a=1', headers: { 'content-type': 'multipart/form-data' }, status: 415 },
])('$name is refused with $status and one line that says why', async ({ body, status, headers = {} }) => {
  const answer = await collector.send(body, { headers: headers as Record<string, string> });
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({
    error: { code: expect.any(String), message: expect.stringMatching(/expected|Required/) },
  });
});

test('gzip is recognised by its magic bytes in text/plain, which needs no preflight', async () => {
  const body = gzipSync(JSON.stringify(batch([pageview('/zip')])));
  const answer = await collector.send(body, { headers: { 'content-type': 'text/plain' } });
  expect(answer.body).toMatchObject({ accepted: 1 });
});

test.each([
  { origin: undefined, status: 200 },
  { origin: 'https://shop.example', status: 200 },
  { origin: 'https://evil.example', status: 403 },
  { origin: 'http://localhost:5173', status: 403 },
  { origin: 'null', status: 403 },
])('origin $origin gets $status', async ({ origin, status }) => {
  const headers: Record<string, string> = origin === undefined ? {} : { origin };
  const answer = await collector.send(batch([pageview('/')]), { site: 'other', headers });
  expect(answer.status).toBe(status);
});

test('the demo site lets the pages of this machine in', async () => {
  const answer = await collector.send(batch([pageview('/')]), {
    headers: { origin: 'http://localhost:5173' },
  });
  expect(answer.status).toBe(200);
});

test('a preflight is answered with headers for a listed origin alone', async () => {
  const preflight = (origin: string) =>
    fetch(`${collector.origin}/v1/events?site=other`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const listed = await preflight('https://shop.example');
  const foreign = await preflight('https://evil.example');
  expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([
    204,
    'https://shop.example',
  ]);
  expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([204, null]);
});

test('an unknown site key is 401, another method 405', async () => {
  expect((await collector.send(batch([]), { site: 'nope' })).status).toBe(401);
  const get = await fetch(`${collector.origin}/v1/events?site=demo`);
  expect(get.status).toBe(405);
});

test('a forwarded address from anybody is a claim: visitor and country come from the socket', async () => {
  const headers = { 'x-forwarded-for': '8.8.8.8', 'cf-connecting-ip': '8.8.4.4' };
  await collector.send(batch([pageview('/1')]), { headers });
  await collector.send(batch([pageview('/2')]));
  expect(
    await collector.query('select distinct visitor_id is not null as known, country from footfall.events'),
  ).toEqual([{ known: true, country: null }]);
  expect(await collector.query('select count(distinct visitor_id) as n from footfall.events')).toEqual([
    { n: 1 },
  ]);
});

test('events of one cookieless visitor within 30 minutes are one session, in whatever order they come', async () => {
  const start = now - 3 * 3_600_000;
  const minutes = [0, 20, 45, 100, 125, 70];
  for (const minute of [45, 0, 100, 20, 125]) {
    await collector.send(batch([pageview(`/${minute}`, { at: start + minute * 60_000 })]));
  }
  const count =
    'select pageview_count as n, entry_path, exit_path from footfall.sessions order by started_at';
  expect(await collector.query(count)).toEqual([
    { n: 3, entry_path: '/0', exit_path: '/45' },
    { n: 2, entry_path: '/100', exit_path: '/125' },
  ]);
  await collector.send(batch([pageview('/70', { at: start + 70 * 60_000 })]));
  await collector.send(
    batch([
      { ...pageview('/70', { at: start + 70 * 60_000 }), type: 'engagement', props: { engagedMs: 12_000 } },
    ]),
  );
  const merged = await collector.query(
    'select pageview_count as n, entry_path, exit_path, engaged_ms, browser, user_agent is not null as ua from footfall.sessions',
  );
  expect(merged).toEqual([
    {
      n: minutes.length,
      entry_path: '/0',
      exit_path: '/125',
      engaged_ms: 12_000,
      browser: 'Chrome',
      ua: true,
    },
  ]);
  expect(await collector.query('select count(distinct session_id) as n from footfall.events')).toEqual([
    { n: 1 },
  ]);
});

test('a session that the browser names is kept under that name', async () => {
  const session = { id: newId(now) };
  const visitor = { id: 'v-1', userId: 'u-1' };
  await collector.send(
    batch([pageview('/1'), { ...pageview('/1'), type: 'click', props: { tag: 'a' } }], { session, visitor }),
  );
  await collector.send(
    batch([{ ...pageview('/1'), type: 'error', props: { message: 'boom' } }], { session, visitor }),
  );
  const rows = await collector.query(
    'select session_id, visitor_id, user_id, event_count, interaction_count, error_count, is_bounce from footfall.sessions',
  );
  expect(rows).toEqual([
    {
      session_id: session.id,
      visitor_id: 'v-1',
      user_id: 'u-1',
      event_count: 3,
      interaction_count: 1,
      error_count: 1,
      is_bounce: false,
    },
  ]);
});

test('a bot is stored with its reason, apart from people', async () => {
  const headers = {
    'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  };
  await collector.send(batch([pageview('/')]), { headers });
  expect(
    await collector.query('select is_bot, bot_reason is not null as reasoned from footfall.events'),
  ).toEqual([{ is_bot: true, reasoned: true }]);
  expect(await collector.query('select is_bot from footfall.sessions')).toEqual([{ is_bot: true }]);
});

test('requests side by side with the same events store each of them once', async () => {
  const events = Array.from({ length: 40 }, (_, i) => pageview(`/${i}`));
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => collector.send(batch(i % 2 ? events : events.toReversed()))),
  );
  const accepted = answers.map(({ body }) => (body as { accepted: number }).accepted);
  expect(accepted.reduce((sum, n) => sum + n)).toBe(40);
  expect(
    await collector.query('select sum(pageview_count) as n, count(*) as sessions from footfall.sessions'),
  ).toEqual([{ n: 40, sessions: 1 }]);
});

test('a value that the database refuses costs one event, found by halving, and the rest is stored', async () => {
  const events = Array.from({ length: 20 }, (_, i) => pageview(`/${i}`));
  await collector.query(
    `alter table footfall.events add constraint no_poison check (path is distinct from '/poison')`,
  );
  const poison = pageview('/poison');
  const answer = await collector.send(batch([...events.slice(0, 7), poison, ...events.slice(7)]));
  expect(answer.body).toMatchObject({
    accepted: 20,
    rejected: [{ index: 7, id: poison.id, code: 'schema' }],
  });
  expect(await collector.query('select count(*) as n from footfall.events')).toEqual([{ n: 20 }]);
  expect(await collector.query('select reason, sqlstate, event_id from footfall.dead_letter')).toEqual([
    { reason: 'schema', sqlstate: '23514', event_id: poison.id },
  ]);
  await collector.query('alter table footfall.events drop constraint no_poison');
});

test('a server gives visitor, user and time as they are, of any age, and is never taken for a bot', async () => {
  const key = generateKey('ingest');
  await addKey(collector.database, { key, role: 'ingest', name: 'server' });
  const at = Date.parse('2019-05-06T07:08:09Z');
  const event = { id: newId(at), type: 'custom', name: 'invoice', ts: at, value: 12.5, currency: 'EUR' };
  const headers = { authorization: `Bearer ${key}`, 'user-agent': 'curl/8' };
  const answer = await collector.send(batch([event], { visitor: { id: 'v', userId: 'u' } }), { headers });
  expect(answer.body).toMatchObject({ accepted: 1 });
  expect(
    await collector.query(
      'select occurred_at, event_day, visitor_id, user_id, value, session_id, is_bot from footfall.events',
    ),
  ).toEqual([
    {
      occurred_at: new Date(at),
      event_day: '2019-05-06',
      visitor_id: 'v',
      user_id: 'u',
      value: '12.5',
      session_id: null,
      is_bot: false,
    },
  ]);
  const wrong = await collector.send(batch([event]), { headers: { authorization: 'Bearer ff_ingest_0' } });
  expect(wrong.status).toBe(401);
});

test('what a client should have withheld is withheld by the collector, in events and dead letters', async () => {
  const secrets = [
    'ada@lovelace.example',
    '4111 1111 1111 1111',
    'hunter2-hunter2',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  ];
  const [email, card, password, token] = secrets;
  const props = { note: `call ${email}`, password, deep: { list: [card] }, passenger: 'Ada', price: 12 };
  const event = {
    id: newId(now),
    type: 'custom',
    name: 'order',
    ts: now,
    url: `https://a.example/reset?token=${token}&size=4`,
    title: `Hello ${email}`,
    props,
  };
  await collector.send(batch([event, { ...event, id: 'x' }]));
  const [row] = await collector.query('select url, title, props from footfall.events');
  expect(row).toEqual({
    url: 'https://a.example/reset?token=[redacted]&size=4',
    title: 'Hello [redacted]',
    props: {
      note: 'call [redacted]',
      password: '[redacted]',
      deep: { list: ['[redacted]'] },
      passenger: 'Ada',
      price: 12,
    },
  });
  const texts = await collector.query<{ text: string }>(
    'select e::text as text from footfall.events e union all select d::text from footfall.dead_letter d',
  );
  for (const secret of secrets) expect(texts.map(({ text }) => text).join()).not.toContain(secret);
});
