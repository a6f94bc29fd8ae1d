import { describe, expect, it } from 'vitest';
import { nextId } from '../../src/event-id.js';
import { createOutbox, type Outbox } from '../../src/outbox.js';
import { openStore } from '../../src/store.js';
import type { Group, WireEvent } from '../../src/wire.js';

const cookieless: Group = { context: { consent: 'cookieless' } };
const context = () => ({
  language: 'de',
  timezone: 'Europe/Berlin',
  screen: [1, 2] satisfies [number, number],
  viewport: [3, 4] satisfies [number, number],
  pixelRatio: 1,
});
const all = { maxEvents: 500, maxBytes: 60_000, busy: new Set<string>(), withDrops: true };

function event(name = 'n'): WireEvent {
  const id = nextId();
  return { id, ts: 1, url: 'https://a.example/', type: 'custom', name };
}

function setUp() {
  const store = openStore('p.', false);
  return { store, outbox: createOutbox(store, context), otherTab: createOutbox(store, context) };
}

/** What the next batch says was dropped; something has to be sent with it. */
function droppedOf(outbox: Outbox): unknown {
  outbox.add(event(), cookieless);
  return JSON.parse(outbox.next(all)?.body ?? '{}').dropped;
}

describe('events', () => {
  it('are given back in order, as the text that was stored, with the context of their group', () => {
    const { outbox } = setUp();
    const events = [event('a'), event('b')];
    for (const one of events) outbox.add(one, cookieless);
    expect(JSON.parse(outbox.next(all)?.body ?? '')).toMatchObject({
      context: { consent: 'cookieless', ...context() },
      sdk: { name: 'footfall-js' },
      events,
    });
  });

  it('are cut where the identity changes and at their number', () => {
    const { outbox } = setUp();
    for (const consent of ['cookieless', 'cookieless', 'denied'] as const)
      outbox.add(event(), { context: { consent } });
    expect(outbox.next(all)?.keys).toHaveLength(2);
    expect(outbox.next({ ...all, maxEvents: 1 })?.keys).toHaveLength(1);
  });

  it('are as many as fit into the bytes, and not one more', () => {
    const { outbox } = setUp();
    for (let n = 0; n < 3; n++) outbox.add(event('é'.repeat(100)), cookieless);
    const { body = '', bytes } = outbox.next({ ...all, maxEvents: 2 }) ?? {};
    expect(bytes).toBe(Buffer.byteLength(body));
    expect(outbox.next({ ...all, maxBytes: Buffer.byteLength(body) })?.keys).toHaveLength(2);
    expect(outbox.next({ ...all, maxBytes: Buffer.byteLength(body) - 1 })?.keys).toHaveLength(1);
    expect(outbox.next({ ...all, maxBytes: 100 })).toBeUndefined();
  });

  it('are passed over while they are on their way', () => {
    const { outbox } = setUp();
    outbox.add(event(), cookieless);
    const busy = new Set(outbox.next(all)?.keys);
    expect([outbox.hasMore(new Set()), outbox.hasMore(busy)]).toEqual([true, false]);
    expect(outbox.next({ ...all, busy })).toBeUndefined();
  });

  it('are refused when it is full, the newest first, and counted', () => {
    const { outbox } = setUp();
    for (let n = 0; n < 1003; n++) outbox.add(event(), cookieless);
    outbox.add(event('x'.repeat(40_000)), cookieless);
    expect(JSON.parse(outbox.next(all)?.body ?? '{}').dropped).toEqual({ queue_full: 3, too_large: 1 });
  });

  it('fill it at a million characters too, and have room again when some were sent', () => {
    const { outbox } = setUp();
    for (let n = 0; n < 40; n++) outbox.add(event('x'.repeat(30_000)), cookieless);
    outbox.remove(outbox.next({ ...all, maxEvents: 1 })?.keys ?? []);
    expect(droppedOf(outbox)).toEqual({ queue_full: 7 });
  });

  it('are passed over and counted where another script has damaged the record', () => {
    const { store, outbox } = setUp();
    store.set('e.0', '{"context":{"consent":"cookieless"}}\n{"id":');
    outbox.add(event(), cookieless);
    expect(outbox.next(all)?.keys).toHaveLength(1);
    expect(droppedOf(outbox)).toEqual({ corrupt: 1 });
  });
});

describe('drops', () => {
  it('are summed over the tabs', () => {
    const { outbox, otherTab } = setUp();
    outbox.drop('a', 2);
    otherTab.drop('a');
    otherTab.drop('b');
    droppedOf(otherTab);
    expect(droppedOf(outbox)).toEqual({ a: 3, b: 1 });
  });

  it('are taken off only as far as they have arrived', () => {
    const { outbox } = setUp();
    outbox.drop('a', 2);
    outbox.add(event(), cookieless);
    const { drops = [] } = outbox.next(all) ?? {};
    outbox.drop('a');
    outbox.drop('b');
    outbox.remove(drops);
    expect(droppedOf(outbox)).toEqual({ a: 1, b: 1 });
  });

  it('are not spoken of when there are none, or when another tab may send them too', () => {
    const { outbox } = setUp();
    expect(droppedOf(outbox)).toBeUndefined();
    outbox.drop('a');
    expect(JSON.parse(outbox.next({ ...all, withDrops: false })?.body ?? '{}').dropped).toBeUndefined();
  });

  it('do not go below nothing when they were cleared before an answer came', () => {
    const { outbox } = setUp();
    outbox.drop('a', 2);
    outbox.add(event(), cookieless);
    const { drops = [] } = outbox.next(all) ?? {};
    outbox.clear();
    outbox.remove(drops);
    expect(droppedOf(outbox)).toBeUndefined();
  });
});
