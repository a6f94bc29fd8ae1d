import { nextId } from './event-id.js';
import type { Store } from './store.js';

/** What was dropped and is not reported yet: the text of each record is `reason count`. */
export type Drops = { name: string; text: string }[];

export type Ledger = {
  drop(reason: string, count?: number): void;
  drops(): Drops;
  /** Forgets what has arrived. */
  settle(drops: Drops): void;
  clear(): void;
};

/** How the names of records start. */
const start = 'd.';

/** A storm beyond these goes on being counted in memory. */
const maxRecords = 100;

/**
 * Counts what was captured and not kept, so that captured = delivered + waiting + dropped. A record is written once
 * and removed once: a number that two tabs change would lose what the slower one has counted.
 */
export function createLedger(store: Store): Ledger {
  const unsaved = new Map<string, number>();

  /** Written in a later task: a storm of errors must not become a storm of writes. */
  function drop(reason: string, count = 1): void {
    if (!unsaved.size) setTimeout(save);
    unsaved.set(reason, (unsaved.get(reason) ?? 0) + count);
  }

  function save(): void {
    if (store.names(start).length > maxRecords) return;
    for (const [reason, count] of unsaved) store.set(start + nextId(), `${reason} ${count}`);
    unsaved.clear();
  }

  return {
    drop,
    drops() {
      save();
      return store.names(start).map((name) => ({ name, text: store.get(name) }));
    },
    settle(sent) {
      for (const { name } of sent) store.remove(name);
    },
    clear() {
      unsaved.clear();
      store.names(start).forEach(store.remove);
    },
  };
}

/** The counts by reason, or undefined when nothing was dropped. */
export function sumOf(drops: Drops): Record<string, number> | undefined {
  const sum: Record<string, number> = {};
  for (const { text } of drops) {
    const [reason = '', count] = text.split(' ');
    sum[reason] = (sum[reason] ?? 0) + (Number(count) || 0);
  }
  return drops[0] && sum;
}
