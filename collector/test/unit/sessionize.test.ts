import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Arrival, assignSessions, cutSessions, type Interval } from '../../src/sessions/assign.js';

const gapMs = 1_800_000;
const dayMs = 86_400_000;

function arrival(eventId: string, occurredAt: number, isActive = true): Arrival {
  return { eventId, occurredAt, isActive };
}

test('a gap of exactly 30 minutes keeps a session, one millisecond more ends it', () => {
  const { sessionOf } = assignSessions(
    [],
    [arrival('a', 0), arrival('b', gapMs), arrival('c', 2 * gapMs + 1)],
  );
  expect([...sessionOf]).toEqual([
    ['a', 'a'],
    ['b', 'a'],
    ['c', 'c'],
  ]);
});

test('a session is never longer than 24 hours, however busy', () => {
  const events = Array.from({ length: 50 }, (_, i) => arrival(`e${i}`, i * gapMs));
  const sessions = cutSessions(events);
  expect(sessions.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
    [0, dayMs],
    [dayMs + gapMs, 49 * gapMs],
  ]);
});

test('an arrival within a gap of a stored session joins it', () => {
  const stored: Interval[] = [{ sessionId: 's', startedAt: 10 * gapMs, endedAt: 11 * gapMs }];
  const { sessionOf, mustRebuild } = assignSessions(stored, [
    arrival('before', 9 * gapMs),
    arrival('after', 12 * gapMs),
  ]);
  expect(Object.fromEntries(sessionOf)).toEqual({ before: 's', after: 's' });
  expect(mustRebuild).toBe(false);
});

test('an arrival that joins two stored sessions asks for a new cut', () => {
  const stored: Interval[] = [
    { sessionId: 's1', startedAt: 0, endedAt: 0 },
    { sessionId: 's2', startedAt: 2 * gapMs, endedAt: 2 * gapMs },
  ];
  expect(assignSessions(stored, [arrival('between', gapMs)]).mustRebuild).toBe(true);
});

test('engagement joins the session that was alive and starts none', () => {
  const { sessionOf } = assignSessions(
    [],
    [arrival('page', 0), arrival('ping', 60_000, false), arrival('late', 2 * gapMs, false)],
  );
  expect(Object.fromEntries(sessionOf)).toEqual({ page: 'page', ping: 'page' });
});

test('the cut of any events is the one that a single pass over them gives', () => {
  const times = fc.array(fc.integer({ min: 0, max: 3 * dayMs }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(times, (unsorted) => {
      const sorted = unsorted.toSorted((a, b) => a - b);
      const sessions = cutSessions(sorted.map((time, i) => arrival(`e${i}`, time)));
      expect(sessions.flatMap(({ arrivals }) => arrivals.map(({ occurredAt }) => occurredAt))).toEqual(
        sorted,
      );
      for (const [i, session] of sessions.entries()) {
        expect(session.endedAt - session.startedAt).toBeLessThanOrEqual(dayMs);
        const next = sessions[i + 1];
        if (next)
          expect(next.startedAt - session.endedAt > gapMs || next.startedAt - session.startedAt > dayMs).toBe(
            true,
          );
      }
    }),
  );
});
