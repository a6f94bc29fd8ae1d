import type { Transaction } from '../db/database.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { isActive } from './aggregate.js';
import { assignDerived, assignNamed } from './assign.js';
import { type Component, closeComponents } from './close-components.js';
import type { Member } from './cut.js';
import { edgesOfEvent, edgesOfLinks, edgesOfNeighbours } from './edges.js';
import { type Edge, joinStreams } from './join-streams.js';
import { isEarlierLink, visitorLinkOf } from './links.js';
import type { StreamState } from './load-streams.js';
import { keyOfStream, type StreamKey } from './lock-streams.js';
import { type Rebuilt, rebuildComponents } from './rebuild.js';
import { readStream, type Stream, streamOf, visitorStream } from './stream.js';

/** What is known of the streams of a flush, all of them locked. */
export type Known = { states: Map<string, StreamState>; locked: Set<string> };

/** New events with the sessions that they count in: as part of what is stored, or of sessions that were cut anew. */
export type Resolution = { added: PendingEvent[]; rebuilt: Rebuilt[] };

/** Gives each new event its session. What arrivals cannot tell by themselves is cut again from the stored events. */
export async function resolveSessions(
  tx: Transaction,
  known: Known,
  events: PendingEvent[],
): Promise<Resolution> {
  const edges = edgesOf(known, events);
  for (;;) {
    const groups = groupArrivals(known, events, edges);
    const added = groups.filter(assignGroup).flatMap(({ arrivals }) => arrivals);
    const assigned = new Set(added);
    const open = groups.filter(({ arrivals: [first] }) => first && !assigned.has(first)).map(toComponent);
    if (open.length === 0) return { added, rebuilt: [] };
    const components = await closeComponents(tx, { components: open, locked: known.locked });
    // Streams that a new cut has to look at may have arrivals of their own, or belong to another new cut.
    edges.linked.push(...components.flatMap(edgesOfComponent));
    const isClosed = groupArrivals(known, events, edges).length === groups.length;
    if (isClosed) return { added, rebuilt: await rebuildComponents(tx, components) };
  }
}

/** The stream of an event, with its site. */
export function streamKeyOf(event: PendingEvent): StreamKey | undefined {
  const stream = streamOf(event);
  return stream === null ? undefined : { site: event.site, stream };
}

type Edges = {
  /** Between the days of one visitor. */
  visitors: Edge[];
  /** Between a client session and the cookieless visitor before it. */
  linked: Edge[];
};

function edgesOf({ states }: Known, events: PendingEvent[]): Edges {
  return {
    visitors: [...[...states.values()].flatMap(edgesOfNeighbours), ...events.flatMap(edgesOfEvent)],
    linked: [...states.values()].flatMap(edgesOfLinks),
  };
}

function edgesOfComponent({ site, streams }: Component): Edge[] {
  const [first, ...others] = [...streams].map((stream) => keyOfStream({ site, stream }));
  return others.map((other): Edge => [first ?? other, other]);
}

/** Arrivals that are cut by themselves, and what is stored of their streams. */
type Lane = { sessionId: string | null; states: StreamState[]; arrivals: PendingEvent[] };
/** Lanes that depend on each other. */
type Group = { site: string; lanes: Map<string, Lane>; arrivals: PendingEvent[] };

function groupArrivals({ states }: Known, events: PendingEvent[], { visitors, linked }: Edges): Group[] {
  const laneOf = joinStreams(states.keys(), visitors);
  const groupOf = joinStreams(states.keys(), [...visitors, ...linked]);
  const groups = new Map<string, Group>();
  for (const event of events) {
    const key = keyOfEvent(event);
    if (key !== undefined) addArrival(groups, event, { group: groupOf(key), lane: laneOf(key) });
  }
  for (const [key, state] of states) groups.get(groupOf(key))?.lanes.get(laneOf(key))?.states.push(state);
  return [...groups.values()];
}

function addArrival(
  groups: Map<string, Group>,
  event: PendingEvent,
  at: { group: string; lane: string },
): void {
  const group = groups.get(at.group) ?? { site: event.site, lanes: new Map<string, Lane>(), arrivals: [] };
  const lane = group.lanes.get(at.lane) ?? { sessionId: event.clientSessionId, states: [], arrivals: [] };
  lane.arrivals.push(event);
  group.arrivals.push(event);
  group.lanes.set(at.lane, lane);
  groups.set(at.group, group);
}

function keyOfEvent(event: PendingEvent): string | undefined {
  const key = streamKeyOf(event);
  return key && keyOfStream(key);
}

/** @returns false where the stored events must be read */
function assignGroup({ lanes }: Group): boolean {
  for (const lane of lanes.values()) if (!assignLane(lane)) return false;
  return true;
}

function assignLane({ sessionId, states, arrivals }: Lane): boolean {
  const [state] = states;
  if (arrivals.some((event) => event.linksCookieless && isEarlierLink(event, state?.links[0]))) return false;
  const members = arrivals.map(toMember);
  const assignment =
    sessionId === null
      ? assignDerived(mergeStates(states), members)
      : assignNamed(sessionId, { ...mergeStates(states), named: state?.named }, members);
  if (assignment === 'rebuild') return false;
  for (const event of arrivals) event.sessionId = assignment.sessionOf.get(event.eventId) ?? null;
  return true;
}

function mergeStates(states: StreamState[]) {
  return {
    waiting: states.flatMap(({ waiting }) => waiting),
    sessions: states.flatMap((state) => [...state.sessions, ...linkedIntervals(state)]),
  };
}

function linkedIntervals({ stream, links }: StreamState) {
  if ('sessionId' in readStream(stream)) return [];
  return links.map(({ sessionId, openFrom, openTo }) => ({
    sessionId,
    startedAt: openFrom,
    endedAt: openTo,
    isLinked: true,
  }));
}

function toMember(event: PendingEvent): Member {
  return { eventId: event.eventId, occurredAt: event.occurredAt, isActive: isActive(event) };
}

function toComponent({ site, lanes, arrivals }: Group): Component {
  const times = arrivals.map(({ occurredAt }) => occurredAt);
  const states = [...lanes.values()].flatMap((lane) => lane.states);
  return {
    site,
    arrivals,
    streams: new Set([...states.map(({ stream }) => stream), ...arrivals.flatMap(streamsOfEvent)]),
    states: [],
    from: Math.min(...times),
    to: Math.max(...times),
  };
}

/** Every stream that the sessions of an event may depend on, as far as it tells. */
export function streamsOfEvent(event: PendingEvent): Stream[] {
  const own = streamOf(event);
  const link = visitorLinkOf(event);
  const { cookieless, isBot, linksCookieless } = event;
  return [
    ...(own === null ? [] : [own]),
    ...(link ? [link.stream, link.previousStream] : []),
    ...(linksCookieless && cookieless ? [visitorStream(cookieless.visitorId, { isBot })] : []),
  ];
}
