import type { Database, Transaction } from '../db/database.js';
import { recordExposures } from '../experiments/record-exposures.js';
import { type Erased, findErased } from '../privacy/tombstones.js';
import { markDirty } from '../rollups/mark-dirty.js';
import { type FirstLock, rerunWhenBusy } from '../sessions/lock-streams.js';
import { planSessions, settleSessions } from '../sessions/sessionize.js';
import { countDrops } from './client-drops.js';
import { type DeadLetter, writeDeadLetters } from './dead-letter.js';
import type { PendingEvent } from './event-row.js';
import { findStored, insertEvents, keyOf } from './insert-events.js';
import { oddLock } from './odd-lock.js';
import { setTimesOnPage } from './time-on-page.js';

/** `erased`: from before the erasure of its visitor or user, and not stored again. */
export type Outcome = 'stored' | 'duplicate' | 'too_old' | 'erased';

/** Events that turned out to be of erased people: the transaction has to begin again without them. */
class ErasedFound extends Error {
  override name = 'ErasedFound';
  readonly events: Erased['events'];

  constructor(events: Erased['events']) {
    super('commit: events of erased people are in the flush');
    this.events = events;
  }
}

type Options = { deadLetters: (tooOld: PendingEvent[]) => DeadLetter[] };

/**
 * Writes events, their sessions and what was refused in one transaction. When it returns, all of it is durable.
 *
 * @returns the outcome of each event, in the order given
 */
export async function commit(
  database: Database,
  events: PendingEvent[],
  options: Options,
): Promise<Outcome[]> {
  try {
    return await store(database, events, options);
  } catch (error) {
    if (!(error instanceof ErasedFound)) throw error;
    const erased = error.events;
    const rest = events.filter((event) => !erased.has(event));
    const outcomes = await commit(database, rest, options);
    return events.map((event) => (erased.has(event) ? 'erased' : (outcomes.shift() ?? 'duplicate')));
  }
}

function store(database: Database, events: PendingEvent[], { deadLetters }: Options): Promise<Outcome[]> {
  const young = firstOfEach(events.filter((event) => !event.isTooOld));
  return rerunWhenBusy((streams) =>
    database.asIngest(async (tx) => {
      const plan = await planSessions(tx, young, { firstLock: oddLockOf(young), alsoLocked: streams });
      setTimesOnPage(young);
      const [insertedKeys] = await Promise.all([insertEvents(tx, young), expectNoneErased(tx, events)]);
      const inserted = young.filter((event) => insertedKeys.has(keyOf(event)));
      const starts = await settleSessions(tx, plan, inserted);
      markDirty(tx, inserted, starts);
      recordExposures(tx, inserted);
      countDrops(tx, inserted);
      const tooOld = await findTooOld(tx, events);
      await writeDeadLetters(tx, await withoutErased(tx, deadLetters([...tooOld])));
      return outcomesOf(events, new Set(inserted), tooOld);
    }),
  );
}

// Behind the locks, and on its way together with the insert.
async function expectNoneErased(tx: Transaction, events: PendingEvent[]): Promise<void> {
  const erased = await findErased(tx, { events, letters: [] });
  if (erased.events.size > 0) throw new ErasedFound(erased.events);
}

async function withoutErased(tx: Transaction, letters: DeadLetter[]): Promise<DeadLetter[]> {
  if (letters.length === 0) return [];
  const erased = await findErased(tx, { events: [], letters });
  return letters.filter((letter) => !erased.letters.has(letter));
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
