import { describe, expect, it } from 'vitest';
import { nextId } from '../../src/event-id.js';
import { createLedger, sumOf } from '../../src/ledger.js';
import { createQueue } from '../../src/queue.js';
import { openStore } from '../../src/store.js';
import type { Group, WireEvent } from '../../src/wire.js';

const cookieless: Group = { consent: 'cookieless' };
const all = { maxEvents: 500, maxBytes: 60_000, skip: new Set<string>() };

function event(name = 'n'): WireEvent {
  const id = nextId();
  return { id, ts: 1, seq: 0, url: 'https://a.example/', type: 'custom', name };
}

function setUp() {
  const store = openStore({ persist: false });
  const ledger = createLedger(store, { prefix: 'p.', tab: 't1' });
  return { store, ledger, queue: createQueue(store, { prefix: 'p.', ledger }) };
}

describe('queue', () => {
  it('gives events back in order, as the text that was stored', () => {
    const { queue } = setUp();
    const events = [event('a'), event('b')];
    for (const one of events) queue.add(one, cookieless);
    const pending = queue.next(all);
    expect(pending?.group).toEqual(cookieless);
    expect(pending?.events.map((text) => JSON.parse(text))).toEqual(events);
  });

  it('cuts where the identity changes, at the number of events and at their bytes', () => {
    const { queue } = setUp();
    for (const consent of ['cookieless', 'cookieless', 'denied'] as const)
      queue.add(event('é'.repeat(100)), { consent });
    expect(queue.next(all)?.events).toHaveLength(2);
    expect(queue.next({ ...all, maxEvents: 1 })?.events).toHaveLength(1);
    expect(queue.next({ ...all, maxBytes: 500 })?.events).toHaveLength(1);
  });

  it('refuses the newest when it is full and says so', () => {
    const { queue, ledger } = setUp();
    for (let n = 0; n < 1003; n++) queue.add(event(), cookieless);
    queue.add(event('x'.repeat(40_000)), cookieless);
    expect(sumOf(ledger.drops())).toEqual({ queue_full: 3, too_large: 1 });
  });

  it('passes over a record that another script has damaged, and counts it', () => {
    const { store, queue, ledger } = setUp();
    store.set('p.e.0', '{"consent":"cookieless"}\n{"id":');
    queue.add(event(), cookieless);
    expect(queue.next(all)?.events).toHaveLength(1);
    expect(sumOf(ledger.drops())).toEqual({ corrupt: 1 });
  });
});
