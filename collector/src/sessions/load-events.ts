import { sessionGapMs } from '@footfall/schema/limits';
import type { Transaction } from '../db/database.js';
import { unnestRows } from '../db/unnest.js';
import { type Environment, type EventRow, eventColumns, type PendingEvent } from '../ingest/event-row.js';
import { utcDay } from '../utc-day.js';
import type { Component } from './close-components.js';
import { readStream, type Stream, streamOf } from './stream.js';

/** A stored event of a component. */
export type StoredEvent = {
  component: number;
  event: PendingEvent;
  /** Whose it is: its own stream, or the cookieless one that it came from before consent moved it. */
  stream: Stream;
  /** The stream by which its session was found: that of the same visitor, perhaps on another day. */
  lane: Stream;
  isWaiting: boolean;
  isRekeyed: boolean;
};

type Wanted = { at: number; site: string; stream: Stream; sessionId: string | null };
type Waiting = { at: number; site: string; stream: Stream; from: number; to: number };
type EventRecord = Record<string, unknown> & { at: number; stream: Stream; origin: Stream | null };

const dayMs = 86_400_000;
const maxSpanMs = dayMs;
const names = eventColumns.map(({ name }) => `e.${name}`).join(', ');
const environment =
  `user_agent, timezone, screen_width, screen_height, viewport_width, viewport_height, pixel_ratio`
    .split(', ')
    .map((name) => `s.${name}`)
    .join(', ');

const wantedColumns = [
  { key: 'at' as const, name: 'at', type: 'integer' },
  { key: 'site' as const, name: 'site', type: 'text' },
  { key: 'stream' as const, name: 'stream', type: 'text' },
  { key: 'sessionId' as const, name: 'session_id', type: 'uuid' },
];
const waitingColumns = [
  { key: 'at' as const, name: 'at', type: 'integer' },
  { key: 'site' as const, name: 'site', type: 'text' },
  { key: 'stream' as const, name: 'stream', type: 'text' },
  { key: 'from' as const, name: 'from_time', type: 'timestamptz' },
  { key: 'to' as const, name: 'to_time', type: 'timestamptz' },
];

/** Reads the events of the sessions of components, and the passive events that wait around them. */
export async function loadEvents(tx: Transaction, components: Component[]): Promise<StoredEvent[]> {
  if (components.length === 0) return [];
  const days = daysOf(components);
  const ofSessions = await loadOfSessions(tx, components, days);
  const waiting = await loadWaiting(tx, components, days);
  return [
    ...ofSessions.map((record) => readStored(record, components[record.at])),
    ...waiting.map((record) => ({ ...readStored(record, components[record.at]), isWaiting: true })),
  ];
}

/**
 * Every UTC day whose partition may hold an event of the components: the planner opens no others. What servers and passive
 * events say in the name of a client session may lie any time before or after it.
 */
function daysOf(components: Component[]): [string, string] {
  if (components.some(({ states }) => states.some(({ named }) => named))) return ['-infinity', 'infinity'];
  const from = Math.min(...components.map((component) => component.from)) - maxSpanMs - sessionGapMs;
  const to = Math.max(...components.map((component) => component.to)) + sessionGapMs;
  return [utcDay(from - dayMs), utcDay(to + dayMs)];
}

async function loadOfSessions(tx: Transaction, components: Component[], days: [string, string]) {
  const wanted = components.flatMap(sessionsOf);
  const { from, select, values } = unnestRows(wanted, wantedColumns, { alias: 'r' });
  return tx.query<EventRecord>(
    `/* load-events.loadOfSessions */
     with wanted as materialized (select ${select} from ${from})
     select w.at, w.stream, k.stream as origin, ${names}, ${environment}
     from wanted w
     join footfall.events e on e.site = w.site and e.session_id = w.session_id
     join footfall.sessions s on s.site = w.site and s.session_id = w.session_id
     left join footfall.rekeyed_events k
       on k.site = e.site and k.event_day = e.event_day and k.event_id = e.event_id
     where e.event_day between $5::date and $6::date`,
    [...values, ...days],
  );
}

function sessionsOf({ site, states }: Component, at: number): Wanted[] {
  return states.flatMap(({ stream, named, sessions }) =>
    [...(named ? [named] : []), ...sessions].map(({ sessionId }) => ({ at, site, stream, sessionId })),
  );
}

async function loadWaiting(tx: Transaction, components: Component[], days: [string, string]) {
  const wanted = components.flatMap(({ site, streams, from, to }, at): Waiting[] =>
    [...streams].map((stream) => ({ at, site, stream, from: from - sessionGapMs, to: to + sessionGapMs })),
  );
  const { from, select, values } = unnestRows(wanted, waitingColumns, { alias: 'r' });
  return tx.query<EventRecord>(
    `/* load-events.loadWaiting */
     with wanted as materialized (select ${select} from ${from})
     select w.at, w.stream, null::text as origin, ${names}
     from wanted w
     join footfall.waiting_events p on p.site = w.site and p.stream = w.stream
       and p.occurred_at >= w.from_time and p.occurred_at <= w.to_time
     join footfall.events e on e.site = p.site and e.event_day = p.event_day and e.event_id = p.event_id
     where e.event_day between $6::date and $7::date`,
    [...values, ...days],
  );
}

function readStored(record: EventRecord, component: Component | undefined): StoredEvent {
  const row = Object.fromEntries(
    eventColumns.map(({ key, name }) => [key, readValue(record[name])]),
  ) as EventRow;
  const isRekeyed = record.origin !== null && isLinkAlive(component, record.stream);
  const lane = isRekeyed && record.origin !== null ? record.origin : record.stream;
  const event = {
    ...row,
    environment: readEnvironment(record),
    isOdd: false,
    isTooOld: false,
    clientSessionId: clientSessionOf(lane),
    cookieless: null,
    linksCookieless: false,
  };
  const stream = isRekeyed ? lane : (streamOf(event) ?? lane);
  return { component: record.at, event, stream, lane, isWaiting: false, isRekeyed };
}

// Once the salt of the day is gone the move of an event to a client session is final.
function isLinkAlive(component: Component | undefined, stream: Stream): boolean {
  const state = component?.states.find((one) => one.stream === stream);
  return state?.links.some((link) => link.stream !== null) ?? false;
}

function clientSessionOf(stream: Stream): string | null {
  const identity = readStream(stream);
  return 'sessionId' in identity ? identity.sessionId : null;
}

function readValue(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value;
}

function readEnvironment(record: Record<string, unknown>): Environment {
  return {
    userAgent: record.user_agent ?? null,
    timezone: record.timezone ?? null,
    screenWidth: record.screen_width ?? null,
    screenHeight: record.screen_height ?? null,
    viewportWidth: record.viewport_width ?? null,
    viewportHeight: record.viewport_height ?? null,
    pixelRatio: record.pixel_ratio ?? null,
  } as Environment;
}
