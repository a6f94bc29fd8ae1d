import { sessionGapMs, sessionMaxMs } from '@footfall/schema/limits';

/** A stored session of a visitor. Times are milliseconds since 1970. */
export type Interval = { sessionId: string; startedAt: number; endedAt: number };

/** An event of the same visitor that has no session yet. */
export type Arrival = { eventId: string; occurredAt: number; isActive: boolean };

export type Assignment = {
  sessionOf: Map<string, string>;
  /** The arrivals join or divide sessions that are stored: they must be cut again from their events. */
  mustRebuild: boolean;
};

type Cluster = { intervals: Interval[]; arrivals: Arrival[]; startedAt: number; endedAt: number };

/**
 * Finds the session of each arrival of one visitor. Only a gap of more than 1,800 s or the 24 hours of a session
 * end it; the result does not depend on the order in which events arrive.
 *
 * @param stored the visitor's sessions that lie within a gap of any arrival
 */
export function assignSessions(stored: Interval[], arrivals: Arrival[]): Assignment {
  const sessionOf = new Map<string, string>();
  const sessions: Interval[] = [];
  let mustRebuild = false;
  for (const cluster of findClusters(
    stored,
    arrivals.filter((arrival) => arrival.isActive),
  )) {
    const [first] = cluster.intervals;
    const fits = cluster.intervals.length === 1 && cluster.endedAt - cluster.startedAt <= sessionMaxMs;
    if (first && !fits && cluster.arrivals.length > 0) mustRebuild = true;
    const found = first ? [{ ...cluster, sessionId: first.sessionId }] : cutSessions(cluster.arrivals);
    for (const session of found) {
      sessions.push(session);
      for (const { eventId } of session.arrivals) sessionOf.set(eventId, session.sessionId);
    }
  }
  attachPassive(sessions, arrivals, sessionOf);
  return { sessionOf, mustRebuild };
}

type Item = { startedAt: number; endedAt: number; interval?: Interval; arrival?: Arrival };

function findClusters(stored: Interval[], arrivals: Arrival[]): Cluster[] {
  const items: Item[] = [
    ...stored.map((interval) => ({ startedAt: interval.startedAt, endedAt: interval.endedAt, interval })),
    ...arrivals.map((arrival) => ({ startedAt: arrival.occurredAt, endedAt: arrival.occurredAt, arrival })),
  ].sort(compareItems);
  const clusters: Cluster[] = [];
  for (const item of items) {
    const last = clusters.at(-1);
    if (last && item.startedAt - last.endedAt <= sessionGapMs) extend(last, item);
    else
      clusters.push(
        extend({ intervals: [], arrivals: [], startedAt: item.startedAt, endedAt: item.endedAt }, item),
      );
  }
  return clusters;
}

function compareItems(a: Item, b: Item): number {
  return a.startedAt - b.startedAt || ((a.arrival?.eventId ?? '') < (b.arrival?.eventId ?? '') ? -1 : 1);
}

function extend(cluster: Cluster, { interval, arrival, endedAt }: Item): Cluster {
  if (interval) cluster.intervals.push(interval);
  if (arrival) cluster.arrivals.push(arrival);
  cluster.endedAt = Math.max(cluster.endedAt, endedAt);
  return cluster;
}

/** Cuts events, sorted by time, into sessions. The id of the first event names each. */
export function cutSessions<Event extends Arrival>(events: Event[]): (Interval & { arrivals: Event[] })[] {
  const sessions: (Interval & { arrivals: Event[] })[] = [];
  for (const event of events) {
    const last = sessions.at(-1);
    if (last && continues(last, event)) {
      last.arrivals.push(event);
      last.endedAt = event.occurredAt;
    } else {
      const { eventId, occurredAt } = event;
      sessions.push({ sessionId: eventId, startedAt: occurredAt, endedAt: occurredAt, arrivals: [event] });
    }
  }
  return sessions;
}

function continues({ startedAt, endedAt }: Interval, { occurredAt }: Arrival): boolean {
  return occurredAt - endedAt <= sessionGapMs && occurredAt - startedAt <= sessionMaxMs;
}

function attachPassive(sessions: Interval[], arrivals: Arrival[], sessionOf: Map<string, string>): void {
  for (const { eventId, occurredAt, isActive } of arrivals) {
    if (isActive) continue;
    const session = findSessionAt(sessions, occurredAt);
    if (session) sessionOf.set(eventId, session.sessionId);
  }
}

/** The last session that had started and was still alive at a time. */
export function findSessionAt<Session extends Interval>(
  sessions: Session[],
  time: number,
): Session | undefined {
  return sessions
    .filter(({ startedAt, endedAt }) => startedAt <= time && time - endedAt <= sessionGapMs)
    .sort((a, b) => b.startedAt - a.startedAt)[0];
}
