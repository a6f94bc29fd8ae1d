import { maxEventBytes } from '@footfall/schema/limits';
import { byteLength } from './byte-length.js';
import type { Ledger } from './ledger.js';
import type { Store } from './store.js';
import type { Group, WireEvent } from './wire.js';

/** A body and the keys of the events that it holds, oldest first, all of one identity. */
export type Batch = { keys: string[]; body: string; bytes: number };

/** How much may be taken at once, what is on its way already, and the beginning of the body for a group's text. */
type Share = {
  maxEvents: number;
  maxBytes: number;
  isBusy: (key: string) => boolean;
  begin: (group: string) => string;
};

export type Queue = {
  add(event: WireEvent, group: Group): void;
  hasMore(isBusy: Share['isBusy']): boolean;
  next(share: Share): Batch | undefined;
  remove(keys: string[]): void;
  clear(): void;
};

/** How the keys of events start; the ids after it sort in the order of capture. */
const start = 'e.';

/** Browsers give an origin about five million characters; the page needs them too. */
const maxQueuedChars = 1_000_000;

/** An event counts for at least so many, so that a thousand of them fill the queue. */
const minEventChars = 1000;

/**
 * Events that wait, one key each: two tabs that share one array overwrite each other. When the queue is full
 * the newest event is refused, because the oldest are the ones that explain the rest of the visit.
 */
export function createQueue(store: Store, ledger: Ledger): Queue {
  let room = roomIn(store);

  function add(event: WireEvent, group: Group): void {
    const text = JSON.stringify(event);
    const record = `${JSON.stringify(group)}\n${text}`;
    const chars = charsOf(record);
    if (chars > room) room = roomIn(store);
    if (byteLength(text) > maxEventBytes) ledger.drop('too_large');
    else if (chars > room) ledger.drop('queue_full');
    else {
      room -= chars;
      // A user id stays in memory as long as there is no consent to store it.
      const mayStore = group.context.consent === 'granted' || !group.visitor;
      store[mayStore ? 'set' : 'hold'](start + event.id, record);
    }
  }

  function next({ maxEvents, maxBytes, isBusy, begin }: Share): Batch | undefined {
    const taken: string[] = [];
    let shared: string | undefined;
    let body = '';
    let bytes = 0;
    for (const key of store.names(start)) {
      const [group, event] = isBusy(key) ? [] : read(key);
      if (!group) continue;
      if (!shared) {
        shared = group;
        body = begin(group);
        // The two brackets at the end, less the comma that the first event does not have.
        bytes = byteLength(`${body}]`);
      }
      const more = byteLength(`,${event}`);
      if (group !== shared || taken.length === maxEvents || bytes + more > maxBytes) break;
      bytes += more;
      body += (taken[0] ? ',' : '') + event;
      taken.push(key);
    }
    return taken[0] ? { keys: taken, body: `${body}]}`, bytes } : undefined;
  }

  /** Nothing where another tab was faster, or where another script of the page has damaged the record. */
  function read(key: string): string[] {
    const record = store.get(key);
    if (!record || /^{.*}\n{.*}$/.test(record)) return record.split('\n');
    store.remove(key);
    ledger.drop('corrupt');
    return [];
  }

  function remove(done: string[]): void {
    done.forEach(store.remove);
    room = roomIn(store);
  }

  return {
    add,
    hasMore: (isBusy) => !store.names(start).every(isBusy),
    next,
    remove,
    clear: () => remove(store.names(start)),
  };
}

function roomIn(store: Store): number {
  return store.names(start).reduce((left, key) => left - charsOf(store.get(key)), maxQueuedChars);
}

function charsOf({ length }: string): number {
  return Math.max(length, minEventChars);
}
