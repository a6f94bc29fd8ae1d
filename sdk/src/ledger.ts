import type { Store } from './store.js';

type Counts = Record<string, number>;

/** Counts by key: one for each reason and tab. */
export type Drops = [key: string, count: number][];

export type Ledger = {
  drop(reason: string, count?: number): void;
  drops(): Drops;
  /** Takes off counts that have arrived. */
  settle(drops: Drops): void;
  clear(): void;
};

/**
 * Counts what was captured and not kept, so that captured = delivered + waiting + dropped. Each tab counts under
 * keys of its own, `{prefix}{tab}.{reason}`: two tabs that shared one would overwrite each other.
 */
export function createLedger(store: Store, prefix: string, tab: string): Ledger {
  let unsaved: Counts | undefined;

  /** Written in a later task: a storm of errors must not become a storm of writes. */
  function drop(reason: string, count = 1): void {
    if (!unsaved) {
      unsaved = {};
      setTimeout(save);
    }
    unsaved[reason] = (unsaved[reason] ?? 0) + count;
  }

  function save(): void {
    for (const reason in unsaved) add(`${prefix}${tab}.${reason}`, unsaved[reason] ?? 0);
    unsaved = undefined;
  }

  /** Reads before it writes: the tab that owns the count may have counted since it was sent. */
  function add(key: string, difference: number): void {
    const count = countAt(key) + difference;
    if (count > 0) store.set(key, `${count}`);
    else store.remove(key);
  }

  /** 0 where another script has damaged it. */
  function countAt(key: string): number {
    return Number(store.get(key)) || 0;
  }

  return {
    drop,
    drops() {
      save();
      return store.keys(prefix).map((key) => [key, countAt(key)]);
    },
    settle: (sent) => sent.forEach(([key, count]) => add(key, -count)),
    clear() {
      unsaved = undefined;
      store.keys(prefix).forEach(store.remove);
    },
  };
}

/** The counts of all tabs by reason, or undefined when nothing was dropped. */
export function sumOf(drops: Drops): Counts | undefined {
  let sum: Counts | undefined;
  for (const [key, count] of drops) {
    const reason = key.slice(key.lastIndexOf('.') + 1);
    sum = { ...sum, [reason]: (sum?.[reason] ?? 0) + count };
  }
  return sum;
}
