import { maxBatchEvents } from '@footfall/schema/limits';
import type { Log } from './guard.js';
import { type Drops, type Ledger, sumOf } from './ledger.js';
import type { Pause } from './pause.js';
import { type Answer, compress, post } from './post.js';
import type { Batch, Queue } from './queue.js';
import { delivered, halve, judge, later, refused, type Verdict } from './retry.js';
import { version } from './version.js';
import type { Context, Envelope } from './wire.js';

export type Delivery = {
  /** True where an event waits that is not on its way. */
  hasMore(): boolean;
  /** The next batch that there is room for beside what is on its way. */
  next(how: How): Shipment | undefined;
  deliver(shipment: Shipment, how: How): Promise<Verdict>;
};

/** Where the page is leaving, nothing holds other tabs back from sending at the same moment. */
type How = { isLeaving: boolean };

type Shipment = Batch & { drops: Drops };

type Parts = { url: string; queue: Queue; ledger: Ledger; pause: Pause; context: () => Context; log: Log };

/** Bodies of keepalive requests and beacons share 64 KiB (Fetch, section 4.6). */
const maxBytes = 60_000;

/** Sends batches. An event leaves the queue only when the collector has answered for it. */
export function createDelivery({ url, queue, ledger, pause, context, log }: Parts): Delivery {
  const inFlight = new Set<string>();
  let bytesInFlight = 0;
  let maxEvents = maxBatchEvents;
  /** Events on which the collector failed when they came alone: set aside, or (false) with one more try. */
  const suspects = new Map<string, boolean>();

  const isBusy = (key: string) => inFlight.has(key) || suspects.get(key) === true;
  const hasMore = () => queue.hasMore(isBusy);

  function next({ isLeaving }: How): Shipment | undefined {
    // Two tabs may send an event, which has an id, but not a count, which has none.
    const drops = isLeaving ? [] : ledger.drops();
    const batch = queue.next({
      maxEvents,
      maxBytes: maxBytes - bytesInFlight,
      isBusy,
      begin: beginWith(context, drops),
    });
    return batch && { ...batch, drops };
  }

  async function deliver(shipment: Shipment, { isLeaving }: How): Promise<Verdict> {
    const { keys, bytes } = shipment;
    // While it is being compressed the page may go, and send the same events as they are.
    const body = isLeaving ? shipment.body : await compress(shipment.body);
    if (keys.some(isBusy)) return later;
    for (const key of keys) inFlight.add(key);
    bytesInFlight += bytes;
    // A retry goes without keepalive, because another script of the page may have used up its quota.
    const answer = await post(url, body, { isLeaving, keepalive: isLeaving || !pause.isRetry() });
    for (const key of keys) inFlight.delete(key);
    bytesInFlight -= bytes;
    const isLastTry = keys.some((key) => suspects.has(key));
    const verdict = judge(answer.status, { events: keys.length, isLastTry });
    log('answer', answer.status, keys.length);
    settle(shipment, answer, verdict);
    return verdict;
  }

  function settle({ keys, drops }: Shipment, answer: Answer, verdict: Verdict): void {
    if (verdict <= refused) queue.remove(keys);
    if (verdict === delivered) succeed(drops);
    if (verdict === refused) ledger.drop(`http_${answer.status}`, keys.length);
    if (verdict === refused) maxEvents = maxBatchEvents;
    if (verdict === halve) maxEvents = Math.ceil(keys.length / 2);
    if (verdict === later) wait(keys, answer);
  }

  function succeed(drops: Drops): void {
    ledger.settle(drops);
    pause.end();
    maxEvents = Math.min(2 * maxEvents, maxBatchEvents);
    // The collector works, so that an event on which it failed is judged by its next answer.
    for (const key of suspects.keys()) suspects.set(key, false);
  }

  /** A collector that fails may fail on one event only: it is found by halves, and what waits behind it goes first. */
  function wait(keys: string[], answer: Answer): void {
    log('waiting', pause.begin(answer));
    if (answer.status !== 500) return;
    maxEvents = Math.ceil(keys.length / 2);
    if (!keys[1]) for (const key of keys) suspects.set(key, true);
    if (!hasMore()) suspects.clear();
  }

  return { hasMore, next, deliver };
}

/** The text of a group ends with its context, into which the rest of the context is spliced. */
function beginWith(context: () => Context, drops: Drops): (group: string) => string {
  const envelope: Envelope = {
    sentAt: Date.now(),
    sdk: { name: 'footfall-js', version },
    dropped: sumOf(drops),
  };
  return (group) => `${group.slice(0, -2)},${inner(context())}},${inner(envelope)},"events":[`;
}

function inner(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}
