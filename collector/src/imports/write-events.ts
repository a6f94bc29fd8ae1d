import type { Database } from '../db/database.js';
import { ensurePartitions } from '../db/partitions.js';
import { commit } from '../ingest/commit.js';
import type { PendingEvent } from '../ingest/event-row.js';

const maxBatchEvents = 1_000;

export type EventWriter = {
  add(event: PendingEvent): Promise<void>;
  /** Writes what is left of the last batch. */
  flush(): Promise<void>;
  /** How many events were new, and how many had been stored before. */
  readonly counts: { imported: number; alreadyThere: number };
};

/** Writes events in batches, each durable before the next begins, with the partitions that their days need. */
export function createEventWriter({ database, now }: { database: Database; now: () => number }): EventWriter {
  const counts = { imported: 0, alreadyThere: 0 };
  const knownDays = new Set<string>();
  let batch: PendingEvent[] = [];

  async function add(event: PendingEvent): Promise<void> {
    batch.push(event);
    if (batch.length >= maxBatchEvents) await flush();
  }

  async function flush(): Promise<void> {
    const events = batch;
    batch = [];
    if (events.length === 0) return;
    await makePartitions(events);
    const outcomes = await commit(database, events, { deadLetters: () => [] });
    const imported = outcomes.filter((outcome) => outcome === 'stored').length;
    counts.imported += imported;
    counts.alreadyThere += outcomes.length - imported;
  }

  async function makePartitions(events: PendingEvent[]): Promise<void> {
    const days = [...new Set(events.map(({ eventDay }) => eventDay))].filter((day) => !knownDays.has(day));
    if (days.length > 0) await ensurePartitions(database, days, now());
    for (const day of days) knownDays.add(day);
  }

  return { add, flush, counts };
}
