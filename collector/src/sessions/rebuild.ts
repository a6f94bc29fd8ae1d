import type { Transaction } from '../db/database.js';
import { isActive } from './aggregate.js';
import type { Component } from './close-components.js';
import { cutLinked, type Link, type LinkedCut, type Member } from './cut.js';
import { edgesOfEvent, edgesOfNeighbours } from './edges.js';
import { joinStreams } from './join-streams.js';
import { isEarlierLink, type SessionLink } from './links.js';
import { loadEvents, type StoredEvent } from './load-events.js';
import { keyOfStream } from './lock-streams.js';
import type { SessionKey } from './store.js';
import { readStream, type Stream, streamOf, visitorStream } from './stream.js';

/** An event of a component, and where it stands now. */
type Part = Member & StoredEvent & { isArrival: boolean };

/** An event with the session and the visitor that it has after a new cut. */
export type Placed = Part & {
  sessionId: string | null;
  clientSessionId: string | null;
  visitorId: string | null;
};

/** Sessions that were cut anew. */
export type Rebuilt = {
  site: string;
  old: (SessionKey & { startedAt: number })[];
  placed: Placed[];
  links: SessionLink[];
};

/** Cuts the sessions of components again, from the stored events and the arrivals. Nothing is written yet. */
export async function rebuildComponents(tx: Transaction, components: Component[]): Promise<Rebuilt[]> {
  const stored = await loadEvents(tx, components);
  return components.map((component, at) => {
    const own = stored.filter((event) => event.component === at);
    const rebuilt = rebuild(component, own);
    for (const { isArrival, event, sessionId } of rebuilt.placed) if (isArrival) event.sessionId = sessionId;
    return rebuilt;
  });
}

function rebuild(component: Component, stored: StoredEvent[]): Rebuilt {
  const { site, states } = component;
  const parts = toParts(component, stored);
  const laneOf = findLanes(component);
  const links = findLinks(component, parts);
  const cut = cutLinked({
    lanes: groupParts(parts, ({ stream }) =>
      'visitorId' in readStream(stream) ? laneOf(stream) : undefined,
    ),
    named: groupParts(parts, ({ event }) => event.clientSessionId ?? undefined),
    links: links.map((link) => ({ ...link, lane: laneOf(link.stream) })),
  });
  const sessions = states.flatMap(({ named, sessions }) => [...(named ? [named] : []), ...sessions]);
  return {
    site,
    old: sessions.map(({ sessionId, startedAt }) => ({ site, sessionId, startedAt })),
    placed: placeParts(cut, links),
    links: links.map((link) => ({ ...link, ...spanOf(link, cut) })),
  };
}

// An arrival may be stored already, when sessions are cut a second time in one transaction.
function toParts({ arrivals }: Component, stored: StoredEvent[]): Part[] {
  const arrived = new Set(arrivals.map(({ eventId }) => eventId));
  const fresh = arrivals.map((event): StoredEvent => {
    const stream = streamOf(event);
    if (stream === null) throw new Error('rebuild: expected an event that belongs to a stream');
    return { component: 0, event, stream, lane: stream, isWaiting: false, isRekeyed: false };
  });
  const kept = stored.filter(({ event }) => !arrived.has(event.eventId));
  return [...kept.map((one) => toPart(one, false)), ...fresh.map((one) => toPart(one, true))];
}

function toPart(stored: StoredEvent, isArrival: boolean): Part {
  const { eventId, occurredAt } = stored.event;
  return { ...stored, eventId, occurredAt, isActive: isActive(stored.event), isArrival };
}

function findLanes({ site, states, arrivals }: Component): (stream: Stream) => string {
  const rootOf = joinStreams([], [...states.flatMap(edgesOfNeighbours), ...arrivals.flatMap(edgesOfEvent)]);
  return (stream) => rootOf(keyOfStream({ site, stream }));
}

function groupParts(parts: Part[], keyOf: (part: Part) => string | undefined): Map<string, Part[]> {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const key = keyOf(part);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  return groups;
}

type OpenLink = Omit<Link, 'lane'> & { site: string; stream: Stream; visitorId: string | null };

/** The first event of each client session that links it to a cookieless visitor, stored or just arrived. */
function findLinks({ site, states, arrivals }: Component, parts: Part[]): OpenLink[] {
  const links = new Map<string, Omit<OpenLink, 'visitorId'>>();
  const forgotten = new Set<string>();
  for (const { sessionId, stream, linkedAt, eventId } of states.flatMap((state) => state.links)) {
    if (stream === null) forgotten.add(sessionId);
    else links.set(sessionId, { site, sessionId, stream, linkedAt, eventId });
  }
  for (const event of arrivals) {
    const { clientSessionId: sessionId, cookieless, linksCookieless, isBot, occurredAt, eventId } = event;
    if (!linksCookieless || !cookieless || sessionId === null || forgotten.has(sessionId)) continue;
    if (!isEarlierLink(event, links.get(sessionId))) continue;
    const stream = visitorStream(cookieless.visitorId, { isBot });
    links.set(sessionId, { site, sessionId, stream, linkedAt: occurredAt, eventId });
  }
  const events = new Map(parts.map(({ event }) => [event.eventId, event]));
  return [...links.values()].map((link) => ({
    ...link,
    visitorId: events.get(link.eventId)?.visitorId ?? null,
  }));
}

function spanOf({ sessionId, linkedAt }: OpenLink, { opened }: LinkedCut<Part>) {
  const open = opened.get(sessionId);
  if (!open) return { openFrom: linkedAt, openTo: linkedAt };
  return { openFrom: open.startedAt, openTo: Math.max(open.endedAt, linkedAt) };
}

function placeParts({ derived, named }: LinkedCut<Part>, links: OpenLink[]): Placed[] {
  const visitorOf = new Map(links.map(({ sessionId, visitorId }) => [sessionId, visitorId]));
  return [
    ...derived.flatMap((cut) => placeCut(cut, { clientSessionId: null, visitorId: null })),
    ...named.flatMap(({ clientSessionId, ...cut }) =>
      placeCut(cut, { clientSessionId, visitorId: visitorOf.get(clientSessionId) ?? null }),
    ),
  ];
}

/** @param visitorId of the client session, which the events take over that consent moved there */
function placeCut(
  { sessions, waiting }: LinkedCut<Part>['derived'][number],
  { clientSessionId, visitorId }: { clientSessionId: string | null; visitorId: string | null },
): Placed[] {
  const place = (part: Part, sessionId: string | null): Placed => {
    const origin = readStream(part.stream);
    const own = 'visitorId' in origin ? origin.visitorId : part.event.visitorId;
    const isMoved = clientSessionId !== null && 'visitorId' in origin;
    return { ...part, sessionId, clientSessionId, visitorId: isMoved ? (visitorId ?? own) : own };
  };
  return [
    ...sessions.flatMap(({ sessionId, members }) => members.map((part) => place(part, sessionId))),
    ...waiting.map((part) => place(part, null)),
  ];
}

/** Whether consent has moved an event to a client session. */
export function isMoved({ stream, clientSessionId }: Placed): boolean {
  return clientSessionId !== null && 'visitorId' in readStream(stream);
}
