import { createHash } from 'node:crypto';
import type { Database, Transaction } from '../db/database.js';
import { markDirty } from '../rollups/mark-dirty.js';
import { type FirstLock, rerunWhenBusy } from '../sessions/lock-streams.js';
import { planSessions, settleSessions } from '../sessions/sessionize.js';
import { type DeadLetter, writeDeadLetters } from './dead-letter.js';
import type { PendingEvent } from './event-row.js';
import { findStored, insertEvents, keyOf } from './insert-events.js';
import { setTimesOnPage } from './time-on-page.js';

export type Outcome = 'stored' | 'duplicate' | 'too_old';

// A regular and an odd copy of one event must not be in flight together: neither would see the other.
const oddLock = BigInt.asIntN(
  64,
  createHash('sha256').update('footfall odd events').digest().readBigUInt64BE(),
);

/**
 * Writes events, their sessions and what was refused in one transaction. When it returns, all of it is durable.
 *
 * @returns the outcome of each event, in the order given
 */
export async function commit(
  database: Database,
  events: PendingEvent[],
  { deadLetters }: { deadLetters: (tooOld: PendingEvent[]) => DeadLetter[] },
): Promise<Outcome[]> {
  const young = firstOfEach(events.filter((event) => !event.isTooOld));
  return rerunWhenBusy((streams) =>
    database.asIngest(async (tx) => {
      const plan = await planSessions(tx, young, { firstLock: oddLockOf(young), alsoLocked: streams });
      setTimesOnPage(young);
      const insertedKeys = await insertEvents(tx, young);
      const inserted = young.filter((event) => insertedKeys.has(keyOf(event)));
      const starts = await settleSessions(tx, plan, inserted);
      markDirty(tx, inserted, starts);
      const tooOld = await findTooOld(tx, events);
      await writeDeadLetters(tx, deadLetters([...tooOld]));
      return outcomesOf(events, new Set(inserted), tooOld);
    }),
  );
}

function firstOfEach(events: PendingEvent[]): PendingEvent[] {
  return [...new Map(events.toReversed().map((event) => [keyOf(event), event])).values()].reverse();
}

function oddLockOf(events: PendingEvent[]): FirstLock {
  return { key: oddLock, isShared: !events.some((event) => event.isOdd) };
}

// Age is judged after the probe for duplicates: the retry of an event that was accepted in time is no loss.
async function findTooOld(tx: Transaction, events: PendingEvent[]): Promise<Set<PendingEvent>> {
  const old = events.filter((event) => event.isTooOld);
  const stored = await findStored(tx, old);
  return new Set(old.filter((event) => !stored.has(keyOf(event))));
}

function outcomesOf(
  events: PendingEvent[],
  inserted: Set<PendingEvent>,
  tooOld: Set<PendingEvent>,
): Outcome[] {
  return events.map((event) => {
    if (inserted.has(event)) return 'stored';
    return tooOld.has(event) ? 'too_old' : 'duplicate';
  });
}
