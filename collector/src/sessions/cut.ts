import { sessionGapMs, sessionMaxMs } from '@footfall/schema/limits';
import { deriveSessionId } from './session-id.js';

/** An event as far as sessions depend on it. Times are milliseconds since 1970. */
export type Member = { eventId: string; occurredAt: number; isActive: boolean };

/** A stretch of time that a session takes, from its first active event to its last. */
export type Interval = { sessionId: string; startedAt: number; endedAt: number };

export type Session<M extends Member> = Interval & { members: M[] };

/** Sessions, and the passive events that no session holds. */
export type Cut<M extends Member> = { sessions: Session<M>[]; waiting: M[] };

/**
 * Cuts events by the rules of the server, in one pass over them in order of time (then of id).
 *
 * An active event continues the session before it unless more than 1,800 s passed since that session's last active event,
 * or more than 24 h since its first: then it starts the next one, which is named after it. A passive event counts in the
 * session that an active event of its time would have continued, and in none where there is no such session.
 */
export function cutDerived<M extends Member>(members: readonly M[]): Cut<M> {
  const sessions: Session<M>[] = [];
  const waiting: M[] = [];
  for (const member of members.toSorted(compareMembers)) {
    const last = sessions.at(-1);
    if (last && continues(last, member.occurredAt)) {
      last.members.push(member);
      if (member.isActive) last.endedAt = member.occurredAt;
    } else if (member.isActive) sessions.push(startSession(member));
    else waiting.push(member);
  }
  return { sessions, waiting };
}

// An active event goes before the passive ones of its millisecond: they count in the session that it starts.
function compareMembers(a: Member, b: Member): number {
  return (
    a.occurredAt - b.occurredAt || Number(b.isActive) - Number(a.isActive) || (a.eventId < b.eventId ? -1 : 1)
  );
}

function startSession<M extends Member>(first: M): Session<M> {
  const { eventId, occurredAt } = first;
  return {
    sessionId: deriveSessionId(eventId),
    startedAt: occurredAt,
    endedAt: occurredAt,
    members: [first],
  };
}

/** Whether an event of a time belongs to a session, as far as its start and its last active event tell. */
export function continues(
  { startedAt, endedAt }: { startedAt: number; endedAt: number },
  time: number,
): boolean {
  return time - endedAt <= sessionGapMs && time - startedAt <= sessionMaxMs;
}

/**
 * Cuts the events that carry one client session id. The id is honoured for 24 h: its session holds all of them up to 24 h
 * after the earliest active one, whatever the gaps. Later ones are cut by the rules of the server, among themselves.
 * While there is no active event at all, the passive ones wait under the id.
 */
export function cutNamed<M extends Member>(sessionId: string, members: readonly M[]): Cut<M> {
  const active = members.filter(({ isActive }) => isActive).map(({ occurredAt }) => occurredAt);
  const startedAt = active.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
  const end = startedAt + sessionMaxMs;
  const own = members.filter(({ occurredAt }) => occurredAt <= end);
  const later = cutDerived(members.filter(({ occurredAt }) => occurredAt > end));
  if (own.length === 0) return later;
  const endedAt = active.reduce((last, time) => (time <= end ? Math.max(last, time) : last), startedAt);
  return {
    sessions: [{ sessionId, startedAt, endedAt, members: own }, ...later.sessions],
    waiting: later.waiting,
  };
}

/** Consent was granted at a time: the cookieless session that was open then goes on as the client's. */
export type Link = { sessionId: string; lane: string; linkedAt: number; eventId: string };

/** Streams that depend on each other: cookieless visitors, joined across midnight, and client session ids. */
export type Streams<M extends Member> = {
  lanes: ReadonlyMap<string, readonly M[]>;
  named: ReadonlyMap<string, readonly M[]>;
  /** The first of each client session id. */
  links: readonly Link[];
};

export type LinkedCut<M extends Member> = {
  derived: Cut<M>[];
  /** The session that each link found open, by client session id. */
  opened: ReadonlyMap<string, Session<M>>;
  named: ({ clientSessionId: string } & Cut<M>)[];
};

/**
 * Cuts streams that consent has linked. The sessions of the cookieless visitor are cut first; the one that was alive when
 * consent was granted then gives all of its events to the client's session, as if they had carried its id from the start.
 * Where several client sessions claim one, the earliest claim gets it.
 */
export function cutLinked<M extends Member>({ lanes, named, links }: Streams<M>): LinkedCut<M> {
  const cuts = new Map([...lanes].map(([lane, members]) => [lane, cutDerived(members)]));
  const opened = new Map<string, Session<M>>();
  for (const { sessionId, lane, linkedAt } of links.toSorted(compareLinks)) {
    const cut = cuts.get(lane);
    const open = cut?.sessions.find(
      (session) => session.startedAt <= linkedAt && continues(session, linkedAt),
    );
    if (!cut || !open) continue;
    opened.set(sessionId, open);
    cuts.set(lane, { ...cut, sessions: cut.sessions.filter((session) => session !== open) });
  }
  return {
    derived: [...cuts.values()],
    opened,
    named: [...new Set([...named.keys(), ...opened.keys()])].map((clientSessionId) => {
      const own = named.get(clientSessionId) ?? [];
      const joined = opened.get(clientSessionId)?.members ?? [];
      return { ...cutNamed(clientSessionId, [...own, ...joined]), clientSessionId };
    }),
  };
}

function compareLinks(a: Link, b: Link): number {
  return a.linkedAt - b.linkedAt || (a.eventId < b.eventId ? -1 : 1);
}
