import { availableParallelism } from 'node:os';
import type { Database, Transaction } from '../db/database.js';
import { createTurnstile } from '../turnstile.js';

// Of the ten connections of a collector: however much is asked, the others are left to what has to be stored.
const maxReaders = 4;
// A trickle of batches finds a free core now and then.
const busyPerSecond = 5;
const oneCore = '/* limit-readers.scan */ set local max_parallel_workers_per_gather = 0';

type Load = {
  /** How many flushes were begun within a second. */
  flushesPerSecond(): number;
  /** Of the machine, which a small installation shares with its database. */
  cores?: number;
};

/**
 * The same database, of which so many readers at once are served in the order in which they came. Those that scan events
 * have a queue of their own, so that the others need not wait for them; while events are being stored they use a core each,
 * and leave one.
 */
export function limitReaders(
  database: Database,
  { flushesPerSecond, cores = availableParallelism() }: Load,
): Database {
  const isStoring = () => flushesPerSecond() >= busyPerSecond;
  const turn = createTurnstile(() => maxReaders);
  const scans = createTurnstile(() => Math.min(maxReaders - 1, Math.max(1, isStoring() ? cores - 1 : cores)));

  function limit(inner: Database): Database {
    return {
      ...inner,
      // A question may have rollups made first.
      asIngest: (work) => turn.take(() => inner.asIngest(work)),
      withSite: (site, work) => turn.take(() => inner.withSite(site, work)),
      within: (statementMs) => limit(inner.within(statementMs)),
      scanning: () => limitScans(inner),
    };
  }

  function limitScans(inner: Database): Database {
    const scanner = inner.scanning();
    const scan = <Result>(work: (tx: Transaction) => Promise<Result>) => {
      return async (tx: Transaction) => {
        if (isStoring()) tx.send(oneCore);
        return work(tx);
      };
    };
    return {
      ...limit(inner),
      withSite: (site, work) => scans.take(() => turn.take(() => scanner.withSite(site, scan(work)))),
    };
  }

  return limit(database);
}
