import { describe, expect, it } from 'vitest';
import { nextId } from '../../src/event-id.js';
import { createLedger, sumOf } from '../../src/ledger.js';
import { createQueue } from '../../src/queue.js';
import { openStore } from '../../src/store.js';
import type { Group, WireEvent } from '../../src/wire.js';

const cookieless: Group = { context: { consent: 'cookieless' } };
const all = {
  maxEvents: 500,
  maxBytes: 60_000,
  isBusy: () => false,
  begin: (group: string) => `{"group":${group},"events":[`,
};

function event(name = 'n'): WireEvent {
  const id = nextId();
  return { id, ts: 1, url: 'https://a.example/', type: 'custom', name };
}

function setUp() {
  const store = openStore('p.', false);
  const ledger = createLedger(store);
  return { store, ledger, queue: createQueue(store, ledger) };
}

describe('queue', () => {
  it('gives events back in order, as the text that was stored', () => {
    const { queue } = setUp();
    const events = [event('a'), event('b')];
    for (const one of events) queue.add(one, cookieless);
    expect(JSON.parse(queue.next(all)?.body ?? '')).toEqual({ group: cookieless, events });
  });

  it('cuts where the identity changes and at the number of events', () => {
    const { queue } = setUp();
    for (const consent of ['cookieless', 'cookieless', 'denied'] as const)
      queue.add(event(), { context: { consent } });
    expect(queue.next(all)?.keys).toHaveLength(2);
    expect(queue.next({ ...all, maxEvents: 1 })?.keys).toHaveLength(1);
  });

  it('takes as many events as fit into the bytes, and not one more', () => {
    const { queue } = setUp();
    for (let n = 0; n < 3; n++) queue.add(event('é'.repeat(100)), cookieless);
    const [bytes = 0] = [queue.next({ ...all, maxEvents: 2 })?.body].map((body) =>
      Buffer.byteLength(body ?? ''),
    );
    expect(queue.next({ ...all, maxBytes: bytes })?.keys).toHaveLength(2);
    expect(queue.next({ ...all, maxBytes: bytes - 1 })?.keys).toHaveLength(1);
    expect(queue.next({ ...all, maxBytes: 100 })).toBeUndefined();
  });

  it('passes over what is on its way', () => {
    const { queue } = setUp();
    queue.add(event(), cookieless);
    expect([queue.hasMore(() => false), queue.hasMore(() => true)]).toEqual([true, false]);
    expect(queue.next({ ...all, isBusy: () => true })).toBeUndefined();
  });

  it('refuses the newest when it is full and says so', () => {
    const { queue, ledger } = setUp();
    for (let n = 0; n < 1003; n++) queue.add(event(), cookieless);
    queue.add(event('x'.repeat(40_000)), cookieless);
    expect(sumOf(ledger.drops())).toEqual({ queue_full: 3, too_large: 1 });
  });

  it('is full at a million characters too, and has room again when some were sent', () => {
    const { queue, ledger } = setUp();
    for (let n = 0; n < 40; n++) queue.add(event('x'.repeat(30_000)), cookieless);
    expect(sumOf(ledger.drops())).toEqual({ queue_full: 7 });
    queue.remove(queue.next({ ...all, maxEvents: 1 })?.keys ?? []);
    queue.add(event(), cookieless);
    expect(sumOf(ledger.drops())).toEqual({ queue_full: 7 });
  });

  it('passes over a record that another script has damaged, and counts it', () => {
    const { store, queue, ledger } = setUp();
    store.set('e.0', '{"context":{"consent":"cookieless"}}\n{"id":');
    queue.add(event(), cookieless);
    expect(queue.next(all)?.keys).toHaveLength(1);
    expect(sumOf(ledger.drops())).toEqual({ corrupt: 1 });
  });
});
