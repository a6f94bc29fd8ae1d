import { readJson, type Store } from './store.js';

type Counts = Record<string, number>;

/** Counts by reason, one record for each tab that counts. */
export type Drops = Map<string, Counts>;

export type Ledger = {
  drop(reason: string, count?: number): void;
  drops(): Drops;
  /** Takes off counts that have arrived. */
  settle(drops: Drops): void;
  clear(): void;
};

/** Counts what was captured and not kept, so that captured = delivered + waiting + dropped. */
export function createLedger(store: Store, { prefix, tab }: { prefix: string; tab: string }): Ledger {
  const dropPrefix = `${prefix}d.`;
  let unsaved: Counts = {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Written in a later task: a storm of errors must not become a storm of writes. */
  function drop(reason: string, count = 1): void {
    unsaved[reason] = (unsaved[reason] ?? 0) + count;
    timer ??= setTimeout(save);
  }

  function save(): void {
    clearTimeout(timer);
    timer = undefined;
    add(dropPrefix + tab, unsaved, 1);
    unsaved = {};
  }

  /** Reads before it writes: the tab that owns the record may have counted since it was sent. */
  function add(key: string, difference: Counts, sign: 1 | -1): void {
    const counts = readJson<Counts>(store, key) ?? {};
    for (const [reason, count] of Object.entries(difference)) {
      const left = (counts[reason] ?? 0) + sign * count;
      if (left > 0) counts[reason] = left;
      else delete counts[reason];
    }
    if (Object.keys(counts).length > 0) store.set(key, JSON.stringify(counts));
    else store.remove(key);
  }

  function drops(): Drops {
    save();
    return new Map(store.keys(dropPrefix).map((key) => [key, readJson<Counts>(store, key) ?? {}]));
  }

  function settle(sent: Drops): void {
    for (const [key, counts] of sent) add(key, counts, -1);
  }

  function clear(): void {
    unsaved = {};
    store.keys(dropPrefix).forEach(store.remove);
  }

  return { drop, drops, settle, clear };
}

/** The counts of all tabs, or undefined when nothing was dropped. */
export function sumOf(drops: Drops): Counts | undefined {
  const sum: Counts = {};
  for (const counts of drops.values()) {
    for (const [reason, count] of Object.entries(counts)) sum[reason] = (sum[reason] ?? 0) + count;
  }
  return drops.size > 0 ? sum : undefined;
}
