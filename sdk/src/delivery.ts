import { maxBatchEvents } from '@footfall/schema/limits';
import type { Log } from './guard.js';
import { type Drops, type Ledger, sumOf } from './ledger.js';
import type { Pause } from './pause.js';
import { type Answer, post } from './post.js';
import type { Batch, Queue } from './queue.js';
import { judge, type Verdict } from './retry.js';
import { version } from './version.js';
import type { Context, Envelope } from './wire.js';

export type Delivery = {
  /** True where an event waits that is not on its way. */
  hasMore(): boolean;
  /** The next batch that there is room for beside what is on its way. */
  next(): Shipment | undefined;
  deliver(shipment: Shipment, how?: { isLeaving: boolean }): Promise<Verdict>;
};

type Shipment = Batch & { drops: Drops };

type Parts = { url: string; queue: Queue; ledger: Ledger; pause: Pause; context: () => Context; log: Log };

/** Bodies of keepalive requests and beacons share 64 KiB (Fetch, section 4.6). */
const maxBytes = 60_000;

/** Sends batches. An event leaves the queue only when the collector has answered for it. */
export function createDelivery({ url, queue, ledger, pause, context, log }: Parts): Delivery {
  const inFlight = new Set<string>();
  let bytesInFlight = 0;
  let maxEvents = maxBatchEvents;
  /** Events on which the collector failed when they came alone, and those of them that have one more try. */
  const failedAlone = new Set<string>();
  const lastTry = new Set<string>();

  const isBusy = (key: string) => inFlight.has(key) || failedAlone.has(key);
  const hasMore = () => queue.hasMore(isBusy);

  function next(): Shipment | undefined {
    const drops = ledger.drops();
    const envelope: Envelope = {
      sentAt: Date.now(),
      sdk: { name: 'footfall-js', version },
      dropped: sumOf(drops),
    };
    // The text of a group ends with its context, into which the rest of the context is spliced.
    const begin = (group: string) =>
      `${group.slice(0, -2)},${inner(context())}},${inner(envelope)},"events":[`;
    const batch = queue.next({ maxEvents, maxBytes: maxBytes - bytesInFlight, isBusy, begin });
    return batch && { ...batch, drops };
  }

  async function deliver(shipment: Shipment, { isLeaving } = { isLeaving: false }): Promise<Verdict> {
    const { keys, body, bytes } = shipment;
    for (const key of keys) inFlight.add(key);
    bytesInFlight += bytes;
    // A retry goes without keepalive, because another script of the page may have used up its quota.
    const answer = await post(url, body, { isLeaving, keepalive: isLeaving || !pause.isRetry() });
    for (const key of keys) inFlight.delete(key);
    bytesInFlight -= bytes;
    const verdict = judge(answer.status, { events: keys.length, isLastTry: lastTry.has(keys[0] ?? '') });
    log(verdict, answer.status, keys.length);
    settle(shipment, answer, verdict);
    return verdict;
  }

  function settle({ keys, drops }: Shipment, answer: Answer, verdict: Verdict): void {
    if (verdict === 'delivered') {
      delivered(keys);
      ledger.settle(drops);
    } else if (verdict === 'refused') {
      queue.remove(keys);
      ledger.drop(`http_${answer.status}`, keys.length);
      maxEvents = maxBatchEvents;
    } else if (verdict === 'halve') halve(keys);
    else if (verdict === 'later') wait(keys, answer);
  }

  function delivered(keys: string[]): void {
    queue.remove(keys);
    pause.end();
    maxEvents = Math.min(2 * maxEvents, maxBatchEvents);
    // The collector works, so that those on which it failed alone are judged by their next answer.
    failedAlone.forEach(lastTry.add, lastTry);
    failedAlone.clear();
  }

  function halve({ length }: string[]): void {
    maxEvents = Math.ceil(length / 2);
  }

  /** A collector that fails may fail on one event only: it is found by halves, and what waits behind it goes first. */
  function wait(keys: string[], answer: Answer): void {
    log('waiting', pause.begin(answer));
    if (answer.status !== 500) return;
    halve(keys);
    if (keys.length === 1) keys.forEach(failedAlone.add, failedAlone);
    if (!hasMore()) failedAlone.clear();
  }

  return { hasMore, next, deliver };
}

function inner(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}
