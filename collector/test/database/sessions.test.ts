import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { addSite } from '../../src/access/sites.js';
import { deleteOldSalts } from '../../src/ingest/visitor.js';
import { deleteOldLinks } from '../../src/sessions/links.js';
import { type Answer, type CollectorPair, startCollectorPair } from '../collector-pair.js';
import { chrome, newId } from '../test-collector.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const noon = Date.parse('2026-11-20T12:00:00Z');
const midnight = Date.parse('2026-11-20T00:00:00Z');
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

let pair: CollectorPair;
let site = '';
let sites = 0;

beforeAll(async () => {
  pair = await startCollectorPair(noon);
});
afterAll(() => pair.stop());
beforeEach(async () => {
  sites += 1;
  site = `site-${sites}`;
  pair.clock.now = noon;
  await addSite(pair.database, { site, siteKey: site, retentionDays: 395 });
});
afterEach(() => expect(pair.logged).toEqual([]));

type Made = { id: string; type: string; ts: number; url: string; [key: string]: unknown };

function event(at: number, path: string, rest: Record<string, unknown> = {}): Made {
  return { id: newId(at), type: 'pageview', ts: at, url: `https://shop.example${path}`, ...rest };
}

type Options = {
  to?: 0 | 1;
  at?: number;
  sentAt?: number;
  address?: string;
  agent?: string;
  isServer?: boolean;
  [key: string]: unknown;
};

/** Sends a batch at a time; what is no option of the delivery goes into its envelope. */
function send(events: Made[], options: Options = {}): Promise<Answer> {
  const { to = 0, at = pair.clock.now, sentAt = at, address, agent, isServer, ...envelope } = options;
  pair.clock.now = at;
  return pair.send(to, {
    site,
    address: address ?? '203.0.113.7',
    agent: agent ?? chrome,
    isServer: isServer ?? false,
    body: { sentAt, events, ...envelope },
  });
}

/** Paths of the events by session, in order of start; events without a session come last, under null. */
async function readSessions(): Promise<unknown[]> {
  const rows = await pair.query<{ paths: string[]; counted: number | null }>(
    `select array_agg(e.path order by e.occurred_at, e.event_id) as paths, s.event_count as counted
     from footfall.events e left join footfall.sessions s using (site, session_id)
     where e.site = $1::text group by s.started_at, s.session_id, s.event_count order by s.started_at nulls last`,
    [site],
  );
  for (const { paths, counted } of rows) if (counted !== null) expect(counted).toBe(paths.length);
  return rows.map(({ paths, counted }) => (counted === null ? { without: paths } : paths));
}

/** How many rows each table holds for this test. */
async function countAll(): Promise<unknown> {
  const tables = [
    'events',
    'sessions',
    'odd_ids',
    'waiting_events',
    'visitor_links',
    'session_links',
    'rekeyed_events',
  ];
  const [row] = await pair.query(
    `select ${tables.map((table) => `(select count(*) from footfall.${table} where site = $1::text) as ${table}`).join(', ')}`,
    [site],
  );
  return row;
}

test('an arrival that joins two sessions leaves the id of the earliest event, and the events follow', async () => {
  const [first, between, last] = [0, 25, 50].map((minute) => event(noon + minute * minuteMs, `/${minute}`));
  await send([last as Made], { at: noon + hourMs });
  await send([first as Made], { to: 1 });
  expect(await readSessions()).toEqual([['/0'], ['/50']]);
  const [{ session_id: earliest } = { session_id: '' }] = await pair.query<{ session_id: string }>(
    'select session_id from footfall.sessions where site = $1::text order by started_at',
    [site],
  );
  await send([between as Made]);
  expect(await readSessions()).toEqual([['/0', '/25', '/50']]);
  expect(await pair.query('select session_id from footfall.sessions where site = $1::text', [site])).toEqual([
    { session_id: earliest },
  ]);
});

test('engagement that arrives before its pageview counts in the session that comes to be around it', async () => {
  const engagement = event(noon + minuteMs, '/read', { type: 'engagement', props: { engagedMs: 12_000 } });
  await send([engagement], { at: noon + hourMs });
  expect(await readSessions()).toEqual([{ without: ['/read'] }]);
  await send([event(noon, '/')], { to: 1 });
  expect(await readSessions()).toEqual([['/', '/read']]);
  expect(
    await pair.query('select engaged_ms, is_bounce from footfall.sessions where site = $1::text', [site]),
  ).toEqual([{ engaged_ms: 12_000, is_bounce: false }]);
  expect(await countAll()).toMatchObject({ waiting_events: 0 });
});

test('engagement counts in its own session of two that the 24 hours alone divide', async () => {
  const chain = Array.from({ length: 53 }, (_, i) => event(noon + i * 28 * minuteMs, `/${i}`));
  const at = noon + 26 * hourMs;
  await send(chain, { at });
  const engagement = event(noon + 52 * 28 * minuteMs + 1, '/e', { type: 'engagement' });
  await send([engagement], { at });
  expect(await readSessions()).toEqual([
    chain.slice(0, 52).map(({ url }) => new URL(url).pathname),
    ['/52', '/e'],
  ]);
});

test('a client session id is honoured for 24 hours; later events are cut by the rules of the server', async () => {
  const session = { session: { id: newId(noon) }, visitor: { id: 'v' } };
  const at = noon + 30 * hourMs;
  const times = {
    '/late': 25 * hourMs,
    '/edge': dayMs,
    '/start': 0,
    '/later': 25.4 * hourMs,
    '/other': 26 * hourMs,
  };
  for (const [path, after] of Object.entries(times))
    await send([event(noon + after, path)], { ...session, at });
  expect(await readSessions()).toEqual([['/start', '/edge'], ['/late', '/later'], ['/other']]);
  expect(
    await pair.query(
      'select is_client_id, client_session_id from footfall.sessions where site = $1::text order by started_at',
      [site],
    ),
  ).toEqual([
    { is_client_id: true, client_session_id: null },
    { is_client_id: false, client_session_id: session.session.id },
    { is_client_id: false, client_session_id: session.session.id },
  ]);
});

test('an id that only the collector makes is not honoured as a client session id', async () => {
  const first = event(noon, '/1');
  await send([first]);
  const id = first.id.replace(/^(.{14})7/, '$18');
  await send([event(noon + 1, '/2')], { session: { id }, visitor: { id: 'v' } });
  expect(await readSessions()).toEqual([['/1'], ['/2']]);
});

test('events of servers count in a session and neither start nor prolong it, also after a new cut', async () => {
  const visitor = { id: 'v' };
  await send([event(noon + 29 * minuteMs, '/server')], { isServer: true, visitor });
  await send([event(noon, '/1')], { visitor, at: noon + 2 * hourMs });
  await send([event(noon + 50 * minuteMs, '/2')], { visitor });
  expect(await readSessions()).toEqual([['/1', '/server'], ['/2']]);
  await send([event(noon - minuteMs, '/0')], { visitor });
  expect(await readSessions()).toEqual([['/0', '/1', '/server'], ['/2']]);
  const [row] = await pair.query(
    `select entry_path, exit_path, pageview_count, ended_at - started_at as duration
     from footfall.sessions where site = $1::text order by started_at limit 1`,
    [site],
  );
  expect(row).toMatchObject({
    entry_path: '/0',
    exit_path: '/1',
    pageview_count: 3,
    duration: { minutes: 1 },
  });
});

test('what a server said of a client session days before it counts also after a new cut', async () => {
  const visit = { visitor: { id: 'v' }, session: { id: newId(noon) } };
  await send([event(noon - 9 * dayMs, '/order', { type: 'custom', name: 'order' })], {
    ...visit,
    isServer: true,
  });
  await send([event(noon - hourMs, '/late')], visit);
  // The 24 hours of the id begin earlier than it seemed, and end before the pageview.
  await send([event(noon - 26 * hourMs, '/early')], visit);
  expect(
    await pair.query(
      `select is_client_id, event_count, entry_path from footfall.sessions where site = $1::text order by started_at`,
      [site],
    ),
  ).toEqual([
    { is_client_id: true, event_count: 2, entry_path: '/early' },
    { is_client_id: false, event_count: 1, entry_path: '/late' },
  ]);
});

test('a bot has sessions of its own, though it names the same visitor', async () => {
  const visitor = { id: 'v' };
  await send([event(noon, '/person')], { visitor });
  await send([event(noon, '/bot')], { visitor, agent: googlebot });
  await send([event(noon - minuteMs, '/person-before')], { visitor });
  expect(
    await pair.query(
      'select is_bot, event_count from footfall.sessions where site = $1::text order by is_bot',
      [site],
    ),
  ).toEqual([
    { is_bot: false, event_count: 2 },
    { is_bot: true, event_count: 1 },
  ]);
});

test.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]], [[2, 0, 1]]])(
  'a cookieless session goes on across midnight, whichever event arrives first: %j',
  async (order) => {
    const times = [-10 * minuteMs, 15 * minuteMs, 40 * minuteMs].map((after) => midnight + after);
    for (const at of order) {
      await send([event(times[at] ?? 0, `/${at}`)], {
        at: midnight + 2 * hourMs + at,
        to: (at % 2) as 0 | 1,
      });
    }
    expect(await readSessions()).toEqual([['/0', '/1', '/2']]);
    expect(
      await pair.query(
        'select visitor_id, count(*) as n from footfall.events where site = $1::text group by visitor_id order by n',
        [site],
      ),
    ).toEqual([
      { visitor_id: expect.any(String), n: 1 },
      { visitor_id: expect.any(String), n: 2 },
    ]);
  },
);

test('what links two days of a visitor is deleted with the salt of the day, 48 hours after its end', async () => {
  await send([event(midnight - minuteMs, '/1')], { at: midnight });
  await send([event(midnight + minuteMs, '/2')], { at: midnight + hourMs });
  const clean = async (now: number) => {
    await deleteOldSalts(pair.database, now);
    await deleteOldLinks(pair.database, now);
  };
  await clean(midnight + 3 * dayMs - 1);
  expect(await countAll()).toMatchObject({ visitor_links: 1 });
  await clean(midnight + 3 * dayMs);
  expect(await countAll()).toMatchObject({ visitor_links: 0, events: 2, sessions: 1 });
});

test('events of one batch that lie on both sides of 48 hours get the visitors that they would get alone', async () => {
  const times = { '/old': -1, '/young': 0, '/older': -hourMs };
  await send(Object.entries(times).map(([path, after]) => event(noon - 2 * dayMs + after, path)));
  const young = event(noon - 2 * dayMs + 1, '/young-alone');
  await send([young]);
  await send([event(noon - 2 * dayMs - 2, '/old-alone')]);
  const rows = await pair.query<{ paths: string[] }>(
    `select array_agg(path order by path) as paths from footfall.events where site = $1::text
     group by visitor_id order by 1`,
    [site],
  );
  expect(rows.map(({ paths }) => paths)).toEqual([
    ['/old', '/old-alone', '/older'],
    ['/young', '/young-alone'],
  ]);
});

test('a link across the midnight of receipt does not join events that happened days before', async () => {
  const old = midnight - 4 * dayMs;
  await send([event(old, '/1')], { at: midnight - hourMs });
  await send([event(old + minuteMs, '/2')], { at: midnight + hourMs });
  await send([event(midnight + minuteMs, '/link')], { at: midnight + 2 * hourMs });
  await send([event(old + 2 * minuteMs, '/3')], { at: midnight + 3 * hourMs });
  expect(await readSessions()).toEqual([['/1'], ['/2', '/3'], ['/link']]);
});

const granted = (id: string, visitorId = 'v') => ({
  session: { id },
  visitor: { id: visitorId },
  linkCookieless: true,
});

test.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[2, 0, 3, 1]], [[1, 3, 0, 2]]])(
  'consent goes on with the cookieless session that is open, whichever event arrives first: %j',
  async (order) => {
    const id = newId(noon + hourMs);
    const steps = [
      { minute: 0, path: '/before', options: {} },
      { minute: 20, path: '/asked', options: {} },
      { minute: 45, path: '/granted', options: granted(id) },
      { minute: 60, path: '/after', options: granted(id) },
    ];
    for (const [i, at] of order.entries()) {
      const { minute = 0, path = '', options = {} } = steps[at] ?? {};
      await send([event(noon + minute * minuteMs, path)], {
        ...options,
        at: noon + 3 * hourMs + i,
        to: (i % 2) as 0 | 1,
      });
    }
    expect(await readSessions()).toEqual([['/before', '/asked', '/granted', '/after']]);
    expect(
      await pair.query('select distinct visitor_id from footfall.events where site = $1::text', [site]),
    ).toEqual([{ visitor_id: 'v' }]);
    expect(
      await pair.query(
        'select session_id, visitor_id, entry_path from footfall.sessions where site = $1::text',
        [site],
      ),
    ).toEqual([{ session_id: id, visitor_id: 'v', entry_path: '/before' }]);
  },
);

test('consent that turns out to have been granted earlier gives the later session back to its cookieless visitor', async () => {
  const id = newId(noon);
  const at = noon + 5 * hourMs;
  await send([event(noon + 3 * hourMs, '/other-person')], { at });
  await send([event(noon + 3 * hourMs + minuteMs, '/granted-here-too')], { ...granted(id), at });
  expect(await readSessions()).toEqual([['/other-person', '/granted-here-too']]);
  await send([event(noon, '/granted')], { ...granted(id), at, to: 1 });
  expect(await readSessions()).toEqual([['/granted', '/granted-here-too'], ['/other-person']]);
  expect(
    await pair.query(`select count(distinct visitor_id) as n from footfall.events where site = $1::text`, [
      site,
    ]),
  ).toEqual([{ n: 2 }]);
  expect(await countAll()).toMatchObject({ rekeyed_events: 0, session_links: 1 });
});

test('consent finds the session that began before midnight', async () => {
  const id = newId(midnight);
  const at = midnight + hourMs;
  await send([event(midnight + 5 * minuteMs, '/granted')], { ...granted(id), at });
  await send([event(midnight - 5 * minuteMs, '/before')], { at, to: 1 });
  expect(await readSessions()).toEqual([['/before', '/granted']]);
});

test('a retry from elsewhere, by another clock and in other company adds nothing to any table', async () => {
  const id = newId(midnight);
  const times = [-40, -20, -1, 1, 20].map((minute) => midnight + minute * minuteMs);
  const events = times.map((at) => event(at, `/${at}`));
  const engagement = event(midnight + 3 * hourMs, '/e', { type: 'engagement' });
  await send([...events, engagement], { at: midnight + 4 * hourMs });
  await send([event(midnight + 25 * minuteMs, '/granted')], { ...granted(id), at: midnight + 4 * hourMs });
  const before = { counts: await countAll(), sessions: await readSessions() };
  const elsewhere = { address: '198.51.100.1', to: 1 as const };
  const again = [...events, engagement].toReversed();
  const answers = [
    await send(again, { ...elsewhere, at: midnight + 5 * hourMs }),
    await send(again.slice(1, 3), { ...elsewhere, at: midnight + dayMs }),
    await send(again, { ...elsewhere, at: midnight + 2 * dayMs, sentAt: midnight + 9 * dayMs }),
    await send(again, { ...elsewhere, ...granted(newId(noon), 'w') }),
    await send(again, { ...elsewhere, agent: googlebot }),
  ];
  expect(answers.map(({ body }) => body.accepted)).toEqual([0, 0, 0, 0, 0]);
  expect({ counts: await countAll(), sessions: await readSessions() }).toEqual(before);
});

test('a batch in which only some events are new is cut as if these had come alone', async () => {
  const known = event(noon, '/known');
  await send([known], { at: noon + 3 * hourMs });
  // From elsewhere the known event would join the new ones; but it is stored already, as another visitor's.
  const fresh = [event(noon - 20 * minuteMs, '/1'), event(noon + 20 * minuteMs, '/2')];
  await send([...fresh, known], { address: '198.51.100.1', to: 1 });
  expect(await readSessions()).toEqual([['/1'], ['/known'], ['/2']]);
});

test('copies of one event by a right and a wrong clock, in flight together, are stored once', async () => {
  for (let i = 0; i < 25; i++) {
    const one = event(noon - i * 1_000, `/${i}`);
    pair.clock.now = noon;
    const answers = await Promise.all([
      send([one], { to: 0 }),
      send([one], { to: 1, sentAt: noon + 3 * dayMs, address: '198.51.100.1' }),
      send([one], { to: 0, sentAt: noon - 2 * dayMs, address: '198.51.100.2' }),
      send([one], { to: 1 }),
    ]);
    expect(answers.map(({ body }) => body.accepted + body.duplicate)).toEqual([1, 1, 1, 1]);
    expect(answers.reduce((sum, { body }) => sum + body.accepted, 0)).toBe(1);
  }
  const [{ n } = { n: 0 }] = await pair.query<{ n: number }>(
    'select count(*) as n from footfall.events where site = $1::text',
    [site],
  );
  expect(n).toBe(25);
});

test('eight clients side by side with the same visitors, sessions and events meet no error', async () => {
  const ids = [1, 2, 3].map((n) => newId(noon + n));
  const envelopes = [
    {},
    { visitor: { id: 'v1' } },
    ...ids.map((id) => ({ session: { id }, visitor: { id: 'v1' } })),
    granted(ids[0] ?? ''),
    granted(ids[1] ?? '', 'v2'),
  ];
  const batches = Array.from({ length: 120 }, (_, i) => ({
    envelope: envelopes[i % envelopes.length] ?? {},
    address: `203.0.113.${i % 3}`,
    events: Array.from({ length: 5 }, (_, k) => {
      const at = midnight + ((i * 7 + k * 13) % 240) * 10 * minuteMs - 10 * hourMs;
      return event(at, `/${i}-${k}`, k === 4 ? { type: 'engagement' } : {});
    }),
  }));
  pair.clock.now = midnight + 46 * hourMs;
  const client = async (number: number) => {
    const statuses: number[] = [];
    for (let i = 0; i < batches.length; i += 4) {
      const { envelope = {}, address = '', events = [] } = batches[(i + number * 11) % batches.length] ?? {};
      const to = ((i + number) % 2) as 0 | 1;
      statuses.push(
        (await send(number % 2 ? events : events.toReversed(), { ...envelope, address, to })).status,
      );
    }
    return statuses;
  };
  const statuses = await Promise.all(Array.from({ length: 8 }, (_, number) => client(number)));
  expect(new Set(statuses.flat())).toEqual(new Set([200]));
  const [deadlocks] = await pair.query(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  expect(deadlocks).toEqual({ deadlocks: 0 });
  await readSessions();
});
