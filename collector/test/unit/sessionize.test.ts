import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignDerived, assignNamed } from '../../src/sessions/assign.js';
import { cutDerived, cutLinked, cutNamed, type Interval, type Member } from '../../src/sessions/cut.js';
import { deriveSessionId, isDerivedSessionId } from '../../src/sessions/session-id.js';

const gapMs = 1_800_000;
const dayMs = 86_400_000;
const named = '019d3663-0000-7000-8000-000000000000';

/** An event whose id ends in a number, so that ids sort by it. */
function event(number: number, occurredAt: number, isActive = true): Member {
  return { eventId: eventId(number), occurredAt, isActive };
}

function eventId(number: number): string {
  return `019d3663-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

function sessionId(number: number): string {
  return deriveSessionId(eventId(number));
}

function membersOf(sessions: { sessionId: string; members: readonly Member[] }[]) {
  return sessions.map(({ sessionId, members }) => [sessionId, members.map(({ eventId }) => eventId)]);
}

test('a derived session is named after its first event, by an id that no browser can give', () => {
  expect(sessionId(1)).toBe('019d3663-0000-8000-8000-000000000001');
  expect([isDerivedSessionId(sessionId(1)), isDerivedSessionId(named)]).toEqual([true, false]);
});

test('a gap of exactly 30 minutes keeps a session, one millisecond more ends it', () => {
  const { sessions } = cutDerived([event(1, 0), event(2, gapMs), event(3, 2 * gapMs + 1)]);
  expect(membersOf(sessions)).toEqual([
    [sessionId(1), [eventId(1), eventId(2)]],
    [sessionId(3), [eventId(3)]],
  ]);
});

test('a session is never longer than 24 hours, however busy', () => {
  const { sessions } = cutDerived(Array.from({ length: 50 }, (_, i) => event(i, i * gapMs)));
  expect(sessions.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
    [0, dayMs],
    [dayMs + gapMs, 49 * gapMs],
  ]);
});

test('a passive event counts in the session that was alive, and waits where there is none', () => {
  const { sessions, waiting } = cutDerived([
    event(1, 0, false),
    event(3, 1),
    event(2, 1, false),
    event(4, 1 + gapMs, false),
    event(5, 2 + gapMs, false),
  ]);
  expect(membersOf(sessions)).toEqual([[sessionId(3), [eventId(3), eventId(2), eventId(4)]]]);
  expect(waiting.map(({ eventId }) => eventId)).toEqual([eventId(1), eventId(5)]);
});

test('a passive event more than 24 hours after the start does not count, though the last event is near', () => {
  const chain = Array.from({ length: 49 }, (_, i) => event(i, i * gapMs));
  expect(cutDerived([...chain, event(99, dayMs + 1, false)]).waiting).toHaveLength(1);
});

test('a client session id is honoured for 24 hours after its first active event, whatever the gaps', () => {
  const { sessions } = cutNamed(named, [
    event(1, 1, false),
    event(2, 10),
    event(3, 10 + dayMs),
    event(4, 11 + dayMs),
    event(5, 12 + dayMs, false),
  ]);
  expect(membersOf(sessions)).toEqual([
    [named, [eventId(1), eventId(2), eventId(3)]],
    [sessionId(4), [eventId(4), eventId(5)]],
  ]);
});

test('consent moves the session that is open to the client session, and the earliest consent gets it', () => {
  const cookieless = [event(1, 0), event(2, gapMs), event(3, 3 * gapMs)];
  const other = '019d3663-0000-7000-8000-ffffffffffff';
  const cut = cutLinked({
    lanes: new Map([['lane', cookieless]]),
    named: new Map([
      [named, [event(4, 2 * gapMs)]],
      [other, [event(5, 2 * gapMs)]],
    ]),
    links: [
      { sessionId: other, lane: 'lane', linkedAt: 2 * gapMs, eventId: eventId(5) },
      { sessionId: named, lane: 'lane', linkedAt: 2 * gapMs, eventId: eventId(4) },
    ],
  });
  expect(
    membersOf(cut.named.flatMap(({ sessions }) => sessions)).map(([id, members]) => [id, members?.length]),
  ).toEqual([
    [named, 3],
    [other, 1],
  ]);
  expect(membersOf(cut.derived.flatMap(({ sessions }) => sessions))).toEqual([[sessionId(3), [eventId(3)]]]);
});

test('an arrival within a gap of a stored session joins it', () => {
  const stored: Interval[] = [{ sessionId: sessionId(1), startedAt: 10 * gapMs, endedAt: 11 * gapMs }];
  const arrivals = [event(2, 12 * gapMs), event(3, 10 * gapMs + 1)];
  expect(assignDerived({ sessions: stored, waiting: [] }, arrivals)).toEqual({
    sessionOf: new Map([
      [eventId(2), sessionId(1)],
      [eventId(3), sessionId(1)],
    ]),
  });
});

const twoSessions: Interval[] = [
  { sessionId: sessionId(1), startedAt: 0, endedAt: 0 },
  { sessionId: sessionId(2), startedAt: 2 * gapMs, endedAt: 2 * gapMs },
];

test.each([
  { name: 'joins two stored sessions', stored: twoSessions, arrival: event(3, gapMs) },
  { name: 'comes before the first event of one', stored: twoSessions.slice(1), arrival: event(3, gapMs) },
  {
    name: 'comes at the time of the first event, with a lower id',
    stored: twoSessions.slice(1),
    arrival: event(0, 2 * gapMs),
  },
  {
    name: 'lies more than 24 hours after the start of one that is still alive',
    stored: [{ sessionId: sessionId(1), startedAt: 0, endedAt: dayMs }],
    arrival: event(3, dayMs + 1),
  },
  {
    name: 'touches a session that consent moved away',
    stored: [{ sessionId: sessionId(1), startedAt: 0, endedAt: 0, isLinked: true }],
    arrival: event(3, gapMs),
  },
  {
    name: 'is passive, in a session that consent moved away',
    stored: [{ sessionId: sessionId(1), startedAt: 0, endedAt: 0, isLinked: true }],
    arrival: event(3, gapMs, false),
  },
])('an arrival that $name asks for a new cut', ({ stored, arrival }) => {
  expect(assignDerived({ sessions: stored, waiting: [] }, [arrival])).toBe('rebuild');
});

test('a session that starts around a passive event which waits asks for a new cut', () => {
  const arrivals = [event(1, 0)];
  expect(assignDerived({ sessions: [], waiting: [gapMs] }, arrivals)).toBe('rebuild');
  expect(assignDerived({ sessions: [], waiting: [gapMs + 1] }, arrivals)).not.toBe('rebuild');
});

test('a client session whose start moves back so far that stored events leave it asks for a new cut', () => {
  const stored = {
    sessionId: named,
    startedAt: gapMs,
    endedAt: gapMs,
    lastSeenAt: dayMs + 1,
    isStarted: true,
  };
  const assign = (occurredAt: number) =>
    assignNamed(named, { sessions: [], waiting: [], named: stored }, [event(1, occurredAt)]);
  expect([assign(0), assign(1)]).toEqual(['rebuild', { sessionOf: new Map([[eventId(1), named]]) }]);
});

test('what arrivals get one by one is what one pass over all of them gives, unless they ask for a new cut', () => {
  const times = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.boolean()), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(times, (drawn) => {
      const events = drawn.map(([time, isActive], i) => event(i, (time * gapMs) / 2, isActive));
      const [last] = events;
      if (!last) return;
      const { sessions, waiting } = cutDerived(events.slice(1));
      const stored = { sessions, waiting: waiting.map(({ occurredAt }) => occurredAt) };
      const assignment = assignDerived(stored, [last]);
      if (assignment === 'rebuild') return;
      const all = cutDerived(events).sessions;
      const found = all.find(({ members }) => members.includes(last));
      expect(assignment.sessionOf.get(last.eventId)).toBe(found?.sessionId);
      expect(all.length - sessions.length).toBe(found && found.members.length === 1 ? 1 : 0);
    }),
  );
});
