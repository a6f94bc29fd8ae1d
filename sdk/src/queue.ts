import { maxEventBytes } from '@footfall/schema/limits';
import type { Ledger } from './ledger.js';
import type { Store } from './store.js';
import type { Group, WireEvent } from './wire.js';

/** Text of events that have the same identity, oldest first. */
export type Pending = { keys: string[]; group: Group; events: string[]; bytes: number };

/** How much may be taken at once, and the keys of what is on its way already. */
type Share = { maxEvents: number; maxBytes: number; skip: Set<string> };

export type Queue = {
  add(event: WireEvent, group: Group): void;
  next(share: Share): Pending | undefined;
  remove(keys: string[]): void;
  clear(): void;
};

const maxQueuedEvents = 1000;

/** Browsers give an origin about five million characters; the page needs them too. */
const maxQueuedChars = 1_000_000;

/**
 * Events that wait, one key each: two tabs that share one array overwrite each other. When the queue is full
 * the newest event is refused, because the oldest are the ones that explain the rest of the visit.
 */
export function createQueue(store: Store, { prefix, ledger }: { prefix: string; ledger: Ledger }): Queue {
  const eventPrefix = `${prefix}e.`;
  let size = measure(store, eventPrefix);

  function add(event: WireEvent, group: Group): void {
    const text = JSON.stringify(event);
    const record = `${JSON.stringify(group)}\n${text}`;
    if (!hasRoom(record)) size = measure(store, eventPrefix);
    if (byteLength(text) > maxEventBytes) ledger.drop('too_large');
    else if (!hasRoom(record)) ledger.drop('queue_full');
    else put(record, { event, group });
  }

  function hasRoom({ length }: string): boolean {
    return size.events < maxQueuedEvents && size.chars + length <= maxQueuedChars;
  }

  /** A user id stays in memory as long as there is no consent to store it. */
  function put(record: string, { event, group }: { event: WireEvent; group: Group }): void {
    const mayStore = group.consent === 'granted' || !group.visitor;
    store[mayStore ? 'set' : 'hold'](eventPrefix + event.id, record);
    size = { events: size.events + 1, chars: size.chars + record.length };
  }

  function next({ maxEvents, maxBytes, skip }: Share): Pending | undefined {
    const keys: string[] = [];
    const events: string[] = [];
    let shared = '';
    let bytes = 0;
    for (const key of store.keys(eventPrefix)) {
      if (skip.has(key)) continue;
      const [group = '', event] = read(key);
      if (!event) continue;
      const more = byteLength(event) + 1;
      if (keys.length >= maxEvents || bytes + more > maxBytes) break;
      if (keys.length > 0 && group !== shared) break;
      shared = group;
      bytes += more;
      keys.push(key);
      events.push(event);
    }
    return keys.length > 0 ? { keys, events, bytes, group: JSON.parse(shared) as Group } : undefined;
  }

  /** Nothing where another tab was faster, or where another script of the page has damaged the record. */
  function read(key: string): string[] {
    const record = store.get(key);
    if (record === null || /^{.*}\n{.*}$/.test(record)) return record?.split('\n') ?? [];
    store.remove(key);
    ledger.drop('corrupt');
    return [];
  }

  function remove(keys: string[]): void {
    keys.forEach(store.remove);
    size = measure(store, eventPrefix);
  }

  return { add, next, remove, clear: () => remove(store.keys(eventPrefix)) };
}

function measure(store: Store, prefix: string): { events: number; chars: number } {
  const records = store.keys(prefix).map((key) => store.get(key) ?? '');
  return { events: records.length, chars: records.reduce((sum, { length }) => sum + length, 0) };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
