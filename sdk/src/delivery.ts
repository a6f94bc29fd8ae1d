import { maxBatchEvents } from '@footfall/schema/limits';
import { type Drops, type Ledger, sumOf } from './ledger.js';
import type { Pause } from './pause.js';
import { type Answer, post } from './post.js';
import type { Pending, Queue } from './queue.js';
import { judge, type Verdict } from './retry.js';
import { version } from './version.js';
import type { Context, Envelope } from './wire.js';

export type Delivery = {
  /** The next batch that there is room for beside what is on its way. */
  next(): Pending | undefined;
  deliver(batch: Pending, options: { keepalive: boolean }): Promise<Verdict>;
  /** Sends where no answer can be had. The events stay: they are sent again, and the collector knows their ids. */
  beacon(batch: Pending): void;
};

type Parts = { url: string; queue: Queue; ledger: Ledger; pause: Pause; context: () => Context };

/** Bodies of keepalive requests and beacons share 64 KiB (Fetch, section 4.6); envelopes need some of it. */
const maxBytes = 58_000;

/** Sends batches. An event leaves the queue only when the collector has answered for it. */
export function createDelivery({ url, queue, ledger, pause, context }: Parts): Delivery {
  const inFlight = new Set<string>();
  let bytesInFlight = 0;
  let maxEvents = maxBatchEvents;

  function next(): Pending | undefined {
    return queue.next({ maxEvents, maxBytes: maxBytes - bytesInFlight, skip: inFlight });
  }

  async function deliver(batch: Pending, { keepalive }: { keepalive: boolean }): Promise<Verdict> {
    const drops = ledger.drops();
    for (const key of batch.keys) inFlight.add(key);
    bytesInFlight += batch.bytes;
    const answer = await post(url, { body: write(batch, drops), keepalive });
    for (const key of batch.keys) inFlight.delete(key);
    bytesInFlight -= batch.bytes;
    return settle(batch, answer, drops);
  }

  function beacon(batch: Pending): void {
    navigator.sendBeacon(url, write(batch, ledger.drops()));
  }

  function write({ group, events }: Pending, drops: Drops): string {
    const { consent, ...identity } = group;
    const envelope: Envelope = {
      sentAt: Date.now(),
      sdk: { name: 'footfall-js', version },
      ...identity,
      context: { ...context(), consent },
      dropped: sumOf(drops),
    };
    return `${JSON.stringify(envelope).slice(0, -1)},"events":[${events.join(',')}]}`;
  }

  function settle({ keys }: Pending, answer: Answer, drops: Drops): Verdict {
    const verdict = judge(answer.status, { events: keys.length });
    if (verdict === 'delivered') delivered(keys, drops);
    else if (verdict === 'refused') refuse(keys, answer);
    else if (verdict === 'halve') maxEvents = Math.ceil(keys.length / 2);
    else if (verdict === 'later') pause.begin(answer);
    return verdict;
  }

  function delivered(keys: string[], drops: Drops): void {
    queue.remove(keys);
    ledger.settle(drops);
    pause.end();
  }

  function refuse(keys: string[], { status }: Answer): void {
    queue.remove(keys);
    ledger.drop(`http_${status}`, keys.length);
    maxEvents = maxBatchEvents;
  }

  return { next, deliver, beacon };
}
