import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { uuidv7 } from '@footfall/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCollector, type TestCollector } from '../test-collector.js';

type PeerEvent = {
  event_name: string;
  event_id: string;
  collector_tstamp: string;
  dvce_created_tstamp: string;
  dvce_sent_tstamp: string;
  derived_tstamp: string;
  user_id: string;
  domain_userid?: string;
  domain_sessionid?: string;
  page_url: string;
  page_referrer?: string;
  page_title?: string;
  useragent: string;
  page_view_id?: string;
};
type PeerSession = {
  domain_sessionid: string;
  user_id: string;
  start_tstamp: string;
  end_tstamp: string;
  page_views: string;
  total_events: string;
};
type PeerPageView = { event_id: string; user_id: string };

const types: Record<string, string> = { page_view: 'pageview', page_ping: 'engagement', link_click: 'click' };
const heartbeatMs = 10_000;

const events = read<PeerEvent>('events').sort((a, b) => (a.collector_tstamp < b.collector_tstamp ? -1 : 1));
let collector: TestCollector;
let now = 0;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
  await collector.query(`update footfall.sites set retention_days = null`);
  for (const event of events) await send(event);
});
afterAll(() => collector.stop());

function read<Row>(name: string): Row[] {
  const file = new URL(`../fixtures/clickstream/snowplow-web-${name}.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function timeOf(stamp: string): number {
  return Date.parse(`${stamp.replace(' ', 'T')}Z`);
}

/** The same id for the same name at every try, as a browser's queue would keep it. */
function idOf(name: string, unixMs: number): string {
  return uuidv7(unixMs, createHash('sha256').update(name).digest());
}

function eventIdOf({ event_id, dvce_created_tstamp }: PeerEvent): string {
  return idOf(event_id, timeOf(dvce_created_tstamp));
}

function sessionIdOf(name: string): string {
  const times = events
    .filter(({ domain_sessionid }) => domain_sessionid === name)
    .map(({ dvce_created_tstamp }) => timeOf(dvce_created_tstamp));
  return idOf(name, Math.min(...times));
}

function pageIdOf(event: PeerEvent): string | undefined {
  const { event_name, page_view_id } = event;
  const page = events.find(
    (other) => other.event_name === 'page_view' && other.page_view_id === page_view_id,
  );
  return event_name === 'page_view' || page_view_id === undefined || !page ? undefined : eventIdOf(page);
}

/** As a browser would have sent it: one event a request, with its own clock, at the time when the peer received it. */
async function send(event: PeerEvent): Promise<void> {
  now = timeOf(event.collector_tstamp);
  const type = types[event.event_name] ?? 'custom';
  const { domain_userid: id, user_id: userId, domain_sessionid: session } = event;
  const answer = await collector.send(
    {
      sentAt: timeOf(event.dvce_sent_tstamp),
      visitor: { ...(id !== undefined && { id }), userId },
      ...(session !== undefined && { session: { id: sessionIdOf(session) } }),
      events: [
        {
          id: eventIdOf(event),
          type,
          ts: timeOf(event.dvce_created_tstamp),
          url: event.page_url,
          referrer: event.page_referrer,
          title: event.page_title,
          pageId: pageIdOf(event),
          ...(type === 'custom' && { name: event.event_name }),
          ...(type === 'engagement' && { props: { engagedMs: heartbeatMs } }),
        },
      ],
    },
    { headers: { 'user-agent': event.useragent } },
  );
  if (answer.status !== 200) throw new Error(`${event.event_id}: ${JSON.stringify(answer.body)}`);
}

/** The peer's own rule for the time of an event. It does not hold for 15 rows of the source, whose times were edited. */
function correctedTime({ dvce_created_tstamp, dvce_sent_tstamp, collector_tstamp }: PeerEvent): number {
  return timeOf(dvce_created_tstamp) + timeOf(collector_tstamp) - timeOf(dvce_sent_tstamp);
}

/** Of the two copies of an id the one that arrives first is kept, as the peer does. */
const firstCopies = new Map(events.toReversed().map((event) => [eventIdOf(event), event]));

test('every event is stored once, at the time that the peer derives for it', async () => {
  const rows = await collector.query<{ event_id: string; occurred_at: Date }>(
    'select event_id, occurred_at from footfall.events',
  );
  expect(rows.length).toBe(firstCopies.size);
  expect(rows.length).toBe(157);
  const edited = [...firstCopies.values()].filter(
    (event) => correctedTime(event) !== timeOf(event.derived_tstamp),
  );
  expect(edited.length).toBe(15);
  const wrong = rows.filter(({ event_id, occurred_at }) => {
    const event = firstCopies.get(event_id);
    return !event || occurred_at.getTime() !== correctedTime(event);
  });
  expect(wrong).toEqual([]);
});

test('the page views are those of the peer but for six, each with its reason', async () => {
  const rows = await collector.query<{ event_id: string }>(
    `select event_id from footfall.events where type = 'pageview' order by occurred_at`,
  );
  const peer = new Set(read<PeerPageView>('page-views-expected').map(({ event_id }) => event_id));
  const ours = rows.flatMap(({ event_id }) => firstCopies.get(event_id) ?? []);
  const extra = ours.filter(({ event_id }) => !peer.has(event_id)).map(({ user_id }) => user_id);
  expect(ours.length - extra.length).toBe(peer.size);
  expect(extra.toSorted()).toEqual(
    [
      // The peer closes a session for good after three days, and passes over what comes later under its id.
      'Unexpired session',
      'long session',
      'long session',
      // The peer needs an id of its own for each page view; a page view without one is a page view here.
      'NULL page_view_id',
      // Two events share the id of a page view, the peer takes the first: here an event is what its own id says.
      'dupe: page_view_id different derived_tstamp',
      // Sent four days after it happened, the peer leaves it out; 35 days are waited for here.
      'late arriving: device created/sent >3 days',
    ].toSorted(),
  );
});

/** Page views, events and sessions of what the browser called one session. */
type Visit = { pageViews: number; events: number; sessions: number };

async function readVisits(): Promise<Map<string, Visit>> {
  const rows = await collector.query<{ event_id: string; type: string; session_id: string }>(
    `select e.event_id, e.type, s.session_id from footfall.events e
     join footfall.sessions s on s.site = e.site and s.session_id = e.session_id and s.entry_rank < 2`,
  );
  const visits = new Map<string, Visit & { ids: Set<string> }>();
  for (const { event_id, type, session_id } of rows) {
    const name = firstCopies.get(event_id)?.domain_sessionid ?? 'none';
    const visit = visits.get(name) ?? { pageViews: 0, events: 0, sessions: 0, ids: new Set() };
    visit.ids.add(session_id);
    visits.set(name, {
      ids: visit.ids,
      pageViews: visit.pageViews + (type === 'pageview' ? 1 : 0),
      events: visit.events + 1,
      sessions: visit.ids.size,
    });
  }
  return visits;
}

test('the sessions are those of the peer but for six, each with its reason', async () => {
  const visits = await readVisits();
  const differences = read<PeerSession>('sessions-expected').flatMap((session) => {
    const { user_id, domain_sessionid, page_views, total_events, start_tstamp } = session;
    const { pageViews = 0, events: all = 0 } = visits.get(domain_sessionid) ?? {};
    if (pageViews === Number(page_views) && all === Number(total_events)) return [];
    const day = start_tstamp.slice(0, 10);
    return [`${user_id}, ${day}: ${page_views} of ${total_events} there, ${pageViews} of ${all} here`];
  });
  expect(differences.toSorted()).toEqual(
    [
      // A page ping alone makes a session with a page view there. Engagement never starts a session here.
      'No edge cases, 2021-03-02: 1 of 1 there, 0 of 0 here',
      'No edge cases, 2021-03-04: 1 of 1 there, 0 of 0 here',
      'stray page ping, 2021-03-03: 1 of 1 there, 0 of 0 here',
      // See the page views above.
      'Unexpired session, 2020-07-03: 1 of 1 there, 2 of 2 here',
      'dupe: page_view_id different derived_tstamp, 2021-03-02: 7 of 11 there, 8 of 11 here',
      'long session, 2021-03-01: 2 of 3 there, 4 of 11 here',
    ].toSorted(),
  );
});

test('a session begins and ends when the peer says, where its times are not edited', async () => {
  const rows = await collector.query<{ session_id: string; started_at: Date; last_seen_at: Date }>(
    'select session_id, started_at, last_seen_at from footfall.sessions where entry_rank < 2',
  );
  const ours = new Map(rows.map((row) => [row.session_id, row]));
  const same = read<PeerSession>('sessions-expected').filter(
    ({ domain_sessionid, start_tstamp, end_tstamp }) => {
      const session = ours.get(sessionIdOf(domain_sessionid));
      return (
        session?.started_at.getTime() === timeOf(start_tstamp) &&
        session.last_seen_at.getTime() === timeOf(end_tstamp)
      );
    },
  );
  // The other ten: four hold edited times, three are a ping alone, three go on for days, of which an id is honoured for one.
  expect(same.map(({ user_id }) => user_id).toSorted()).toEqual([
    'NULL domain_userid',
    'No edge cases',
    'dupe: event_id different collector_tstamp',
    'dupe: event_id same collector_tstamp',
    'dupe: page_view_id different derived_tstamp',
    'stray page ping',
    'user stitch - session: 1st id: 1',
    'user stitch - session: 2nd id: 3',
  ]);
});

test('sessions that the peer leaves out', async () => {
  const peer = new Set(
    read<PeerSession>('sessions-expected').map(({ domain_sessionid }) => domain_sessionid),
  );
  const extra = new Map<string, number>();
  for (const name of (await readVisits()).keys()) {
    const event = events.find(({ domain_sessionid = 'none' }) => domain_sessionid === name);
    if (!peer.has(name) && event) extra.set(event.user_id, (extra.get(event.user_id) ?? 0) + 1);
  }
  expect(Object.fromEntries(extra)).toEqual({
    // Neither page view nor ping: no session there. Here any event of a person but a passive one makes one.
    consent_accel: 26,
    // The browser named no session: there is none there. Here the visitor's own events make it.
    'NULL domain_sessionid': 1,
    // See the page views above.
    'NULL page_view_id': 1,
    'late arriving: device created/sent >3 days': 1,
  });
});
