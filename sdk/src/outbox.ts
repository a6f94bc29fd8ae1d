import { maxEventBytes } from '@footfall/schema/limits';
import { nextId } from './event-id.js';
import type { Store } from './store.js';
import { version } from './version.js';
import type { Context, Envelope, Group, WireEvent } from './wire.js';

/** A body, the keys of the events that it holds, oldest first, all of one identity, and of the drops that it reports. */
export type Batch = { keys: string[]; drops: string[]; body: string; bytes: number };

/** How much may be taken at once, and what is on its way already. */
type Share = {
  maxEvents: number;
  maxBytes: number;
  busy: ReadonlySet<string>;
  /** Two tabs may send an event, which has an id, but not a count, which has none. */
  withDrops: boolean;
};

export type Outbox = {
  add(event: WireEvent, group: Group): void;
  /** Counts what was captured and is not kept. */
  drop(reason: string, count?: number): void;
  hasMore(busy: Share['busy']): boolean;
  next(share: Share): Batch | undefined;
  remove(keys: string[]): void;
  clear(): void;
};

/** How the keys of events start; the ids after it sort in the order of capture. */
const eventStart = 'e.';

/** How the keys of drops start; the text of each is `reason count`. */
const dropStart = 'd.';

/** Stored with the first event: where it is gone, the page has cleared its storage. */
const mark = 'kept';

/** A storm beyond these goes on being counted in memory. */
const maxDropRecords = 100;

/** Browsers give an origin about five million characters; the page needs them too. */
const maxQueuedChars = 1_000_000;

/** An event counts for at least so many, so that a thousand of them fill the queue. */
const minEventChars = 1000;

/**
 * What waits to be sent, so that captured = delivered + waiting + dropped. A record is written once and removed once: two
 * tabs that share an array or a number overwrite each other. When it is full the newest event is refused, because the
 * oldest are the ones that explain the rest of the visit.
 */
export function createOutbox(store: Store, context: () => Context): Outbox {
  const counts = new Map<string, number>();
  /** By key, what was stored since a batch was last asked for. */
  const recent = new Map<string, string>();
  let room = 0;

  function add(event: WireEvent, group: Group): void {
    const text = JSON.stringify(event);
    const record = `${JSON.stringify(group)}\n${text}`;
    const chars = charsOf(record);
    if (chars > room) room = findRoom();
    if (byteLength(text) > maxEventBytes) drop('too_large');
    else if (chars > room) drop('queue_full');
    else {
      room -= chars;
      // A user id stays in memory as long as there is no consent to store it.
      const mayStore = group.context.consent === 'granted' || !group.visitor;
      const key = eventStart + event.id;
      restore();
      if (mayStore) recent.set(key, record);
      store[mayStore ? 'set' : 'hold'](key, record);
    }
  }

  /** Stores again what the page has cleared with its own. */
  function restore(): void {
    if (store.get(mark)) return;
    store.set(mark, '1');
    for (const [key, record] of recent) store.set(key, record);
  }

  function findRoom(): number {
    return store.names(eventStart).reduce((left, key) => left - charsOf(store.get(key)), maxQueuedChars);
  }

  /** Written in a later task: a storm of errors must not become a storm of writes. */
  function drop(reason: string, count = 1): void {
    if (!counts.size) setTimeout(saveDrops);
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }

  function saveDrops(): void {
    if (store.names(dropStart).length > maxDropRecords) return;
    for (const [reason, count] of counts) store.set(dropStart + nextId(), `${reason} ${count}`);
    counts.clear();
  }

  function next({ maxEvents, maxBytes, busy, withDrops }: Share): Batch | undefined {
    const keys: string[] = [];
    let shared: string | undefined;
    let body = '';
    let bytes = 0;
    saveDrops();
    restore();
    recent.clear();
    const drops = withDrops ? store.names(dropStart) : [];
    for (const key of store.names(eventStart)) {
      const [group, event] = busy.has(key) ? [] : read(key);
      if (!group) continue;
      if (!shared) {
        shared = group;
        body = begin(group, drops);
        // The two brackets at the end, less the comma that the first event does not have.
        bytes = byteLength(`${body}]`);
      }
      const more = byteLength(`,${event}`);
      if (group !== shared || keys.length === maxEvents || bytes + more > maxBytes) break;
      bytes += more;
      body += (keys[0] ? ',' : '') + event;
      keys.push(key);
    }
    return keys[0] ? { keys, drops, body: `${body}]}`, bytes } : undefined;
  }

  /** Nothing where another tab was faster, or where another script of the page has damaged the record. */
  function read(key: string): string[] {
    const record = store.get(key);
    if (!record || /^{.*}\n{.*}$/.test(record)) return record.split('\n');
    store.remove(key);
    drop('corrupt');
    return [];
  }

  /** The text of a group ends with its context, into which the rest of the context is spliced. */
  function begin(group: string, drops: string[]): string {
    const envelope: Envelope = {
      sentAt: Date.now(),
      sdk: { name: 'footfall-js', version },
      dropped: sumOf(drops.map(store.get)),
    };
    return `${group.slice(0, -2)},${inner(context())}},${inner(envelope)},"events":[`;
  }

  function remove(keys: string[]): void {
    keys.forEach(store.remove);
    // Looked for when it is needed.
    room = 0;
  }

  return {
    add,
    drop,
    hasMore: (busy) => !store.names(eventStart).every((key) => busy.has(key)),
    next,
    remove,
    clear() {
      counts.clear();
      recent.clear();
      remove(store.names(eventStart).concat(store.names(dropStart), mark));
    },
  };
}

/** The counts by reason of records `reason count`, or undefined when nothing was dropped. */
export function sumOf(records: string[]): Record<string, number> | undefined {
  const sum: Record<string, number> = {};
  for (const record of records) {
    const [reason = '', count] = record.split(' ');
    sum[reason] = (sum[reason] ?? 0) + Number(count);
  }
  return records.length ? sum : undefined;
}

function inner(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}

function charsOf({ length }: string): number {
  return Math.max(length, minEventChars);
}

/** The length in UTF-8, in which the limits of the wire are counted. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
