import { sessionGapMs } from '@footfall/schema/limits';
import type { Transaction } from '../db/database.js';
import { unnestRows } from '../db/unnest.js';
import type { Interval } from './cut.js';
import { keyOfStream, type StreamKey } from './lock-streams.js';
import { readStream, type Stream } from './stream.js';

/** A stream, and the time around which its sessions matter. */
export type StreamWindow = StreamKey & { from: number; to: number };

export type StoredSession = Interval & { lastSeenAt: number; isStarted: boolean };

/** Consent that joined a cookieless stream to a client session. `stream` is null once the day's salt is gone. */
export type StoredLink = {
  sessionId: string;
  stream: Stream | null;
  linkedAt: number;
  eventId: string;
  /** The time of the event that links, and of the session that it found open. */
  openFrom: number;
  openTo: number;
};

/** What is stored of a stream around its window. */
export type StreamState = StreamWindow & {
  sessions: Interval[];
  /** The session that bears the client session id. */
  named: StoredSession | undefined;
  waiting: number[];
  /** The same visitor's streams of the day before and after. */
  neighbours: Stream[];
  links: StoredLink[];
};

type Row = {
  kind: 'derived' | 'later' | 'named' | 'waiting' | 'neighbour' | 'link';
  at: number;
  session_id: string | null;
  event_id: string | null;
  stream: Stream | null;
  a: Date;
  b: Date;
  c: Date;
  is_started: boolean | null;
};

const wantedColumns = [
  { key: 'at' as const, name: 'at', type: 'integer' },
  { key: 'site' as const, name: 'site', type: 'text' },
  { key: 'stream' as const, name: 'stream', type: 'text' },
  { key: 'visitorId' as const, name: 'visitor_id', type: 'text' },
  { key: 'isBot' as const, name: 'is_bot', type: 'boolean' },
  { key: 'sessionId' as const, name: 'session_id', type: 'uuid' },
  { key: 'fromTime' as const, name: 'from_time', type: 'timestamptz' },
  { key: 'toTime' as const, name: 'to_time', type: 'timestamptz' },
];

const interval = 's.started_at as a, s.ended_at as b, s.last_seen_at as c, s.entry_rank < 2 as is_started';
const linkTimes = 'l.linked_at as a, l.open_from as b, l.open_to as c, null::boolean as is_started';
const noInterval = 'null::timestamptz as b, null::timestamptz as c, null::boolean as is_started';
// No session is longer than 24 hours: an older one cannot reach into the window, and the index need not be read for it.
// Compared as a row with the column before it: an index on the time alone, which holds all other visitors too, looks as
// good to the planner while there are no statistics.
const inWindow = (column: string, value: string) =>
  `(${column}, s.started_at) >= (${value}, w.from_time - interval '24 hours')
   and (${column}, s.started_at) <= (${value}, w.to_time) and s.ended_at >= w.from_time`;

// What belongs to a client session is sorted out by the caller: until statistics are there, the planner takes a condition
// on null for so selective that it reads the whole table.
const ofVisitors = [
  `select 'derived' as kind, w.at, s.session_id, s.client_session_id as event_id, null::text as stream, ${interval}
   from wanted w join footfall.sessions s on s.site = w.site and s.visitor_id = w.visitor_id and s.is_bot = w.is_bot
     and ${inWindow('s.visitor_id', 'w.visitor_id')}
   where not s.is_client_id`,
  `select 'neighbour' as kind, w.at, null::uuid, null::uuid, l.previous_stream, null::timestamptz as a, ${noInterval}
   from wanted w join footfall.visitor_links l on l.site = w.site and l.stream = w.stream`,
  `select 'neighbour' as kind, w.at, null::uuid, null::uuid, l.stream, null::timestamptz as a, ${noInterval}
   from wanted w join footfall.visitor_links l on l.site = w.site and l.previous_stream = w.stream`,
  `select 'link' as kind, w.at, l.session_id, l.event_id, l.stream, ${linkTimes}
   from wanted w join footfall.session_links l on l.site = w.site and l.stream = w.stream
     and l.open_from <= w.to_time and l.open_to >= w.from_time`,
];

const ofClientSessions = [
  `select 'named' as kind, w.at, s.session_id, null::uuid as event_id, null::text as stream, ${interval}
   from wanted w join footfall.sessions s on s.site = w.site and s.session_id = w.session_id`,
  `select 'later' as kind, w.at, s.session_id, null::uuid as event_id, null::text as stream, ${interval}
   from wanted w join footfall.sessions s on s.site = w.site and s.client_session_id = w.session_id
     and ${inWindow('s.client_session_id', 'w.session_id')}`,
  `select 'link' as kind, w.at, l.session_id, l.event_id, l.stream, ${linkTimes}
   from wanted w join footfall.session_links l on l.site = w.site and l.session_id = w.session_id`,
];

const ofAll = [
  `select 'waiting' as kind, w.at, null::uuid as session_id, p.event_id, null::text as stream, p.occurred_at as a,
     ${noInterval}
   from wanted w join footfall.waiting_events p on p.site = w.site and p.stream = w.stream
     and p.occurred_at >= w.from_time and p.occurred_at <= w.to_time`,
];

/** Reads what is stored of streams within a gap of their windows: in one statement, however many there are. */
export async function loadStreams(tx: Transaction, windows: StreamWindow[]): Promise<StreamState[]> {
  if (windows.length === 0) return [];
  const wanted = windows.map(toWanted);
  const parts = [
    ...(wanted.some(({ visitorId }) => visitorId !== null) ? ofVisitors : []),
    ...(wanted.some(({ sessionId }) => sessionId !== null) ? ofClientSessions : []),
    ...ofAll,
  ];
  const { from, select, values } = unnestRows(wanted, wantedColumns, { alias: 'r' });
  const rows = await tx.query<Row>(
    `/* load-streams.loadStreams */
     with wanted as materialized (select ${select} from ${from})
     ${parts.join('\nunion all\n')}`,
    values,
  );
  const states = windows.map(emptyState);
  for (const row of rows) addRow(states[row.at], row);
  return states;
}

function toWanted({ site, stream, from, to }: StreamWindow, at: number) {
  const identity = readStream(stream);
  return {
    at,
    site,
    stream,
    visitorId: 'visitorId' in identity ? identity.visitorId : null,
    isBot: 'visitorId' in identity && identity.isBot,
    sessionId: 'sessionId' in identity ? identity.sessionId : null,
    fromTime: from - sessionGapMs,
    toTime: to + sessionGapMs,
  };
}

function emptyState(window: StreamWindow): StreamState {
  return { ...window, sessions: [], named: undefined, waiting: [], neighbours: [], links: [] };
}

function addRow(state: StreamState | undefined, row: Row): void {
  if (row.kind === 'waiting') state?.waiting.push(row.a.getTime());
  else if (row.kind === 'neighbour' && row.stream) state?.neighbours.push(row.stream);
  else if (row.kind === 'link') state?.links.push(readLink(row));
  else if (row.kind === 'named' && state) state.named = readSession(row);
  else if (row.kind === 'later' || row.event_id === null) state?.sessions.push(readSession(row));
}

function readSession({ session_id, a, b, c, is_started }: Row): StoredSession {
  return {
    sessionId: session_id ?? '',
    startedAt: a.getTime(),
    endedAt: b.getTime(),
    lastSeenAt: c.getTime(),
    isStarted: is_started === true,
  };
}

function readLink({ session_id, event_id, stream, a, b, c }: Row): StoredLink {
  return {
    sessionId: session_id ?? '',
    eventId: event_id ?? '',
    stream,
    linkedAt: a.getTime(),
    openFrom: b.getTime(),
    openTo: c.getTime(),
  };
}

/** Streams by their key. */
export function byStream<Keyed extends StreamKey>(states: Keyed[]): Map<string, Keyed> {
  return new Map(states.map((state) => [keyOfStream(state), state]));
}
