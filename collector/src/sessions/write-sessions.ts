import type { Transaction } from '../db/database.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { aggregateSessions } from './aggregate.js';
import { addRekeyed, removeRekeyed, type SessionLink, writeSessionLinks } from './links.js';
import { isMoved, type Placed, type Rebuilt } from './rebuild.js';
import type { Known, Resolution } from './resolve.js';
import {
  deleteSessions,
  type MovedEvent,
  moveEvents,
  type SessionKey,
  type SessionStart,
  upsertSessions,
} from './store.js';
import { streamOf } from './stream.js';
import { addWaiting, removeWaiting, type WaitingEvent } from './waiting.js';

/** What new events make of sessions, and the session under which each of them was inserted. */
type Settled = { known: Known; resolution: Resolution; insertedAs: Map<PendingEvent, string | null> };

/**
 * Writes sessions as they were resolved: new rows and growth from the new events alone, rows that were cut anew in place of
 * the old ones. Each statement takes all sessions of the flush, and runs only where there is something to write.
 *
 * @returns when the sessions that changed start, and when they started before
 */
export function writeSessions(tx: Transaction, { known, resolution, insertedAs }: Settled): SessionStart[] {
  const { added, rebuilt } = resolution;
  const placed = rebuilt.flatMap((one) => one.placed);
  const rows = aggregateSessions([...added, ...placed.map(toEvent)]);
  moveEvents(tx, [...changedArrivals(added, insertedAs), ...changedParts(placed, insertedAs)]);
  deleteSessions(
    tx,
    rebuilt.flatMap(({ old }) => old),
  );
  upsertSessions(tx, rows);
  writeWaiting(tx, added, placed);
  writeLinks(tx, rebuilt);
  return [...rows, ...startsBefore(known, rows), ...rebuilt.flatMap(startsOfRebuilt)].map(toStart);
}

function toEvent({ event, sessionId, clientSessionId, visitorId }: Placed): PendingEvent {
  return { ...event, sessionId, clientSessionId, visitorId };
}

function changedArrivals(events: PendingEvent[], insertedAs: Map<PendingEvent, string | null>): MovedEvent[] {
  return events.filter((event) => event.sessionId !== insertedAs.get(event));
}

function changedParts(placed: Placed[], insertedAs: Map<PendingEvent, string | null>): MovedEvent[] {
  return placed
    .filter(({ event, isArrival, sessionId, visitorId }) => {
      const storedAs = isArrival ? insertedAs.get(event) : event.sessionId;
      return storedAs !== sessionId || event.visitorId !== visitorId;
    })
    .map(toEvent);
}

function writeWaiting(tx: Transaction, added: PendingEvent[], placed: Placed[]): void {
  removeWaiting(
    tx,
    placed.filter(({ isWaiting, sessionId }) => isWaiting && sessionId !== null).map(toWaiting),
  );
  addWaiting(tx, [
    ...added.flatMap((event) => waitingOf(event) ?? []),
    ...placed.filter(({ isWaiting, sessionId }) => !isWaiting && sessionId === null).map(toWaiting),
  ]);
}

function waitingOf(event: PendingEvent): WaitingEvent | undefined {
  const stream = event.sessionId === null ? streamOf(event) : null;
  if (stream === null) return undefined;
  const { site, occurredAt, eventId, eventDay } = event;
  return { site, stream, occurredAt, eventId, eventDay };
}

function toWaiting({ event, stream }: Placed): WaitingEvent {
  const { site, occurredAt, eventId, eventDay } = event;
  return { site, stream, occurredAt, eventId, eventDay };
}

function writeLinks(tx: Transaction, rebuilt: Rebuilt[]): void {
  writeSessionLinks(
    tx,
    rebuilt.flatMap(({ links }) => links),
  );
  removeRekeyed(
    tx,
    rebuilt.flatMap(({ placed }) => placed.filter((part) => part.isRekeyed && !isMoved(part)).map(toKey)),
  );
  addRekeyed(
    tx,
    rebuilt.flatMap(({ placed, links }) =>
      placed.filter((part) => isMoved(part) && !part.isRekeyed).map((part) => toRekeyed(part, links)),
    ),
  );
}

function toKey({ event: { site, eventDay, eventId } }: Placed) {
  return { site, eventDay, eventId };
}

function toRekeyed(part: Placed, links: SessionLink[]) {
  const link = links.find(({ sessionId }) => sessionId === part.clientSessionId);
  return { ...toKey(part), stream: part.stream, linkedAt: link?.linkedAt ?? part.occurredAt };
}

function startsBefore({ states }: Known, rows: SessionKey[]): SessionStart[] {
  const written = new Set(rows.map(({ site, sessionId }) => `${site} ${sessionId}`));
  return [...states.values()].flatMap(({ site, named, sessions }) =>
    [...(named ? [named] : []), ...sessions]
      .filter(({ sessionId }) => written.has(`${site} ${sessionId}`))
      .map(({ startedAt }) => ({ site, startedAt })),
  );
}

// An event that changes its visitor changes what is counted at its own time too.
function startsOfRebuilt({ site, old, placed }: Rebuilt): SessionStart[] {
  const rekeyed = placed.filter(({ event, visitorId }) => event.visitorId !== visitorId);
  return [...old, ...rekeyed.map(({ occurredAt }) => ({ site, startedAt: occurredAt }))];
}

function toStart({ site, startedAt }: SessionStart): SessionStart {
  return { site, startedAt };
}
