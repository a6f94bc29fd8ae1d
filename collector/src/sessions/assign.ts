import { sessionGapMs, sessionMaxMs } from '@footfall/schema/limits';
import { continues, cutDerived, type Interval, type Member } from './cut.js';
import { deriveSessionId } from './session-id.js';

type StoredInterval = Interval & { isLinked?: boolean };

/** What is stored of a stream around its arrivals. */
export type Stored = {
  /** Derived sessions within a gap of the arrivals. One that went on as a client's is there no more, but its time is. */
  sessions: readonly StoredInterval[];
  /** Times of passive events that no session holds. */
  waiting: readonly number[];
  /** The session that bears the client session id of the stream. */
  named?: (Interval & { lastSeenAt: number; isStarted: boolean }) | undefined;
};

/** The session of each arrival; or none of them, where only a new cut of the stored events can tell. */
export type Assignment = { sessionOf: Map<string, string> } | 'rebuild';

/**
 * Finds the sessions of new events of one visitor without looking at the stored ones. It gives what cutDerived would give
 * for all events, or says that it cannot: arrivals that join sessions, that come before the event which names theirs, that
 * lie around the 24-hour cut, that start a session for a passive event which came earlier, or that touch one which consent
 * has moved to a client session.
 */
export function assignDerived({ sessions, waiting }: Stored, arrivals: readonly Member[]): Assignment {
  const sessionOf = new Map<string, string>();
  const grown: StoredInterval[] = [];
  for (const cluster of findClusters(sessions, arrivals)) {
    const found = growCluster(cluster);
    if (found === 'rebuild') return found;
    grown.push(...found);
    for (const { sessionId, members } of found)
      for (const { eventId } of members) sessionOf.set(eventId, sessionId);
  }
  if (waiting.some((time) => findSessionAt(grown, time))) return 'rebuild';
  for (const { eventId, occurredAt, isActive } of arrivals) {
    const session = isActive ? undefined : findSessionAt(grown, occurredAt);
    if (session?.isLinked) return 'rebuild';
    if (session) sessionOf.set(eventId, session.sessionId);
  }
  return { sessionOf };
}

type Grown = StoredInterval & { members: readonly Member[] };

function growCluster({ intervals, arrivals, startedAt, endedAt }: Cluster): Grown[] | 'rebuild' {
  const [only] = intervals;
  if (!only) return cutDerived(arrivals).sessions;
  if (arrivals.length === 0) return intervals.map((interval) => ({ ...interval, members: [] }));
  const fits =
    intervals.length === 1 &&
    !only.isLinked &&
    startedAt === only.startedAt &&
    endedAt - startedAt <= sessionMaxMs &&
    !arrivals.some((arrival) => isBefore(arrival, only));
  return fits ? [{ ...only, endedAt, members: arrivals }] : 'rebuild';
}

// Ids of events and of derived sessions differ in their version alone, so that they compare as the events do.
function isBefore({ occurredAt, eventId }: Member, session: Interval): boolean {
  return occurredAt === session.startedAt && deriveSessionId(eventId) < session.sessionId;
}

type Cluster = { intervals: StoredInterval[]; arrivals: Member[]; startedAt: number; endedAt: number };
type Item = { startedAt: number; endedAt: number; interval?: StoredInterval; arrival?: Member };

/** Stored sessions and active arrivals that no gap separates. */
function findClusters(stored: readonly StoredInterval[], arrivals: readonly Member[]): Cluster[] {
  const clusters: Cluster[] = [];
  for (const item of [...stored.map(itemOfInterval), ...arrivals.filter(isActive).map(itemOfArrival)].sort(
    compareItems,
  )) {
    const last = clusters.at(-1);
    if (last && item.startedAt - last.endedAt <= sessionGapMs) extend(last, item);
    else clusters.push(extend({ ...item, intervals: [], arrivals: [] }, item));
  }
  return clusters;
}

function isActive(arrival: Member): boolean {
  return arrival.isActive;
}

function itemOfInterval(interval: StoredInterval): Item {
  return { startedAt: interval.startedAt, endedAt: interval.endedAt, interval };
}

function itemOfArrival(arrival: Member): Item {
  return { startedAt: arrival.occurredAt, endedAt: arrival.occurredAt, arrival };
}

function compareItems(a: Item, b: Item): number {
  return a.startedAt - b.startedAt;
}

function extend(cluster: Cluster, { interval, arrival, endedAt }: Item): Cluster {
  if (interval) cluster.intervals.push(interval);
  if (arrival) cluster.arrivals.push(arrival);
  cluster.endedAt = Math.max(cluster.endedAt, endedAt);
  return cluster;
}

function findSessionAt(sessions: readonly StoredInterval[], time: number): StoredInterval | undefined {
  const alive = sessions.filter((session) => session.startedAt <= time && continues(session, time));
  return alive.find(({ isLinked }) => isLinked) ?? alive[0];
}

/**
 * The same for the events of one client session id: those within 24 h of its start belong to it, later ones are cut by the
 * rules of the server. An arrival that moves the start back may push stored events out: then the stored ones must be read.
 */
export function assignNamed(sessionId: string, stored: Stored, arrivals: readonly Member[]): Assignment {
  const { named } = stored;
  const active = arrivals.filter(isActive).map(({ occurredAt }) => occurredAt);
  const known = named?.isStarted ? named.startedAt : Number.POSITIVE_INFINITY;
  const end = active.reduce((first, time) => Math.min(first, time), known) + sessionMaxMs;
  if (named && named.lastSeenAt > end) return 'rebuild';
  const later = assignDerived(
    stored,
    arrivals.filter(({ occurredAt }) => occurredAt > end),
  );
  if (later === 'rebuild') return later;
  const own = arrivals.filter(({ occurredAt }) => occurredAt <= end);
  return {
    sessionOf: new Map([...later.sessionOf, ...own.map(({ eventId }) => [eventId, sessionId] as const)]),
  };
}
