import type { Transaction } from '../db/database.js';
import { type Environment, eventColumns, type PendingEvent } from '../ingest/event-row.js';
import { aggregateSessions, isActive } from './aggregate.js';
import { type Arrival, cutSessions, findSessionAt, type Interval } from './assign.js';
import { replaceSessions, type SessionStart } from './store.js';
import { loadIntervals, type VisitorWindow, visitorKey } from './visitor-sessions.js';

type StoredEvent = PendingEvent & { sessionId: string };

const names = eventColumns.map(({ name }) => `e.${name}`).join(', ');

/**
 * Cuts the sessions around a window of one visitor again, from the events themselves: for an arrival that joins two
 * sessions, or moves the 24-hour cut. The caller holds the visitor's lock and has inserted the arrival.
 *
 * @param arrivedIds sessions that the arrivals were given for the time being
 * @returns the starts of the sessions, before and after
 */
export async function rebuildSessions(
  tx: Transaction,
  window: VisitorWindow,
  arrivedIds: string[],
): Promise<SessionStart[]> {
  const intervals = await loadChain(tx, window);
  const oldIds = [...new Set([...intervals.map(({ sessionId }) => sessionId), ...arrivedIds])];
  const events = await loadEvents(tx, window.site, oldIds);
  const moved = nameSessions(events);
  await moveEvents(tx, moved);
  return replaceSessions(tx, window.site, oldIds, aggregateSessions(events));
}

// Sessions that follow each other without a gap, cut by the 24 hours alone, change together; those before the arrivals
// stay, since a cut depends on earlier events only. Else a client that never pauses would be read from its first day on.
async function loadChain(tx: Transaction, window: VisitorWindow): Promise<Interval[]> {
  let { to } = window;
  for (;;) {
    const found = (await loadIntervals(tx, [{ ...window, to }])).get(visitorKey(window)) ?? [];
    const end = Math.max(to, ...found.map(({ endedAt }) => endedAt));
    if (end === to) return found;
    to = end;
  }
}

type EventRecord = Record<string, unknown> & { session_id: string; type: PendingEvent['type'] };

async function loadEvents(tx: Transaction, site: string, sessionIds: string[]): Promise<StoredEvent[]> {
  const records = await tx.query<EventRecord>(
    `/* rebuild.loadEvents */
     select ${names}, s.user_agent, s.timezone, s.screen_width, s.screen_height, s.viewport_width, s.viewport_height,
       s.pixel_ratio
     from footfall.events e
     left join footfall.sessions s on s.site = e.site and s.session_id = e.session_id
     where e.site = $1::text and e.session_id = any($2::uuid[])
     order by e.occurred_at, e.event_id`,
    [site, sessionIds],
  );
  return records.map(readEvent);
}

function readEvent(record: EventRecord): StoredEvent {
  const event = Object.fromEntries(eventColumns.map(({ key, name }) => [key, readValue(record[name])]));
  return {
    ...(event as StoredEvent),
    environment: readEnvironment(record),
    isOdd: false,
    isTooOld: false,
    isClientSession: false,
    isServer: false,
  };
}

function readValue(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value;
}

function readEnvironment(record: Record<string, unknown>): Environment {
  return {
    userAgent: record.user_agent,
    timezone: record.timezone,
    screenWidth: record.screen_width,
    screenHeight: record.screen_height,
    viewportWidth: record.viewport_width,
    viewportHeight: record.viewport_height,
    pixelRatio: record.pixel_ratio,
  } as Environment;
}

/**
 * Gives each event its session, in place, and returns those that changed it. The earliest event's session id stays, unless
 * it is taken: by an earlier session, or by the one that now begins with the event of that id.
 */
function nameSessions(events: StoredEvent[]): StoredEvent[] {
  const sessions = cutSessions(events.filter(isActive).map(toArrival));
  const taken = new Set(sessions.map(({ sessionId }) => sessionId));
  for (const session of sessions) {
    const kept = session.arrivals[0]?.event.sessionId ?? session.sessionId;
    session.sessionId = taken.has(kept) ? session.sessionId : kept;
    taken.add(session.sessionId);
  }
  const sessionOf = new Map(
    sessions.flatMap(({ sessionId, arrivals }) => arrivals.map(({ eventId }) => [eventId, sessionId])),
  );
  return events.filter((event) => {
    const sessionId = sessionOf.get(event.eventId) ?? findSessionAt(sessions, event.occurredAt)?.sessionId;
    if (sessionId === undefined || sessionId === event.sessionId) return false;
    event.sessionId = sessionId;
    return true;
  });
}

function toArrival(event: StoredEvent): Arrival & { event: StoredEvent } {
  return { eventId: event.eventId, occurredAt: event.occurredAt, isActive: true, event };
}

/** Writes the session of events that are stored already. */
export async function moveEvents(tx: Transaction, events: PendingEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `/* rebuild.moveEvents */
     update footfall.events e set session_id = m.session_id
     from unnest($1::text[], $2::date[], $3::uuid[], $4::uuid[]) as m (site, event_day, event_id, session_id)
     where e.site = m.site and e.event_day = m.event_day and e.event_id = m.event_id`,
    [
      events.map(({ site }) => site),
      events.map(({ eventDay }) => eventDay),
      events.map(({ eventId }) => eventId),
      events.map(({ sessionId }) => sessionId),
    ],
  );
}
