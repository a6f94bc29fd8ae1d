import { maxBatchEvents } from '@footfall/schema/limits';
import type { Log } from './guard.js';
import type { Identity } from './identity.js';
import type { Batch, Outbox } from './outbox.js';
import { type Answer, compress, post } from './post.js';
import {
  backoffMs,
  delivered,
  halve,
  judge,
  later,
  stop as refusal,
  refused,
  type Verdict,
} from './retry.js';
import { openDisk, type Store } from './store.js';
import { beginTerm, msLeftOf } from './term.js';

export type Delivery = {
  /** Sends soon, or at once when a batch worth of events waits. */
  schedule(): void;
  /** Sends later what waits, if anything does. */
  resume(): void;
  /** Sends what waits, in as many batches as it takes; resolves when that ended or has to wait. */
  flush(): Promise<void>;
  /** Sends without waiting for anything, since the page may not live longer. */
  flushNow(): void;
  /** The network is back. */
  wake(): void;
  stop(): void;
};

type Parts = {
  url: string;
  /** The name of the lock by which the tabs of the site take turns. */
  lock: string;
  outbox: Outbox;
  store: Store;
  identity: Identity;
  log: Log;
};

const lingerMs = 1000;
const eagerEvents = 20;

/** Bodies of keepalive requests and beacons share 64 KiB (Fetch, section 4.6). */
const maxBytes = 60_000;

/** After a failure, so that all tabs of the site respect an outage together. */
const wait = { name: 'wait', maxMs: 86_400_000 };
/** Longer than a request may take, so that a lease outlives the work of a live tab. */
const lease = { name: 'sender', maxMs: 30_000 };

/** Decides when events are sent, and sends them. An event leaves the outbox only when the collector has answered for it. */
export function createDelivery({ url, lock, outbox, store, identity, log }: Parts): Delivery {
  /** Events that are on their way or set aside. */
  const busy = new Set<string>();
  /** Events on which the collector failed when they came alone. Once it has taken others they have one more try. */
  const suspects = new Set<string>();
  let bytesInFlight = 0;
  let maxEvents = maxBatchEvents;
  let failures = 0;
  let networkFailed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let scheduled = 0;
  let stopped = false;

  function schedule(): void {
    if (++scheduled === eagerEvents) void flush();
    else linger();
  }

  function linger(): void {
    if (!stopped) timer ??= setTimeout(flush, Math.max(lingerMs, msLeftOf(store, wait)));
  }

  function resume(): void {
    if (identity.isOpen() && outbox.hasMore(busy)) linger();
  }

  /** Sends one batch, if there is one that may be sent now, with room for it beside what is on its way. */
  async function send(isLeaving: boolean): Promise<Verdict | undefined> {
    if (stopped || !identity.isOpen() || msLeftOf(store, wait)) return undefined;
    const batch = outbox.next({
      maxEvents,
      maxBytes: maxBytes - bytesInFlight,
      busy,
      withDrops: !isLeaving,
    });
    if (!batch) return undefined;
    const { keys, bytes } = batch;
    // While it is being compressed the page may go, and send the same events as they are.
    const body = isLeaving ? batch.body : await compress(batch.body);
    if (keys.some((key) => busy.has(key))) return later;
    for (const key of keys) busy.add(key);
    bytesInFlight += bytes;
    // A retry goes without keepalive, because another script of the page may have used up its quota.
    const answer = await post(url, body, { isLeaving, keepalive: isLeaving || !failures });
    for (const key of keys) busy.delete(key);
    bytesInFlight -= bytes;
    return settle(batch, answer);
  }

  function settle({ keys, drops }: Batch, answer: Answer): Verdict {
    const { status } = answer;
    const isFault = status === 500 && !keys[1] && suspects.has(keys[0] ?? '');
    const verdict = isFault ? refused : judge(status, keys.length);
    log('answer', status, keys.length);
    if (verdict <= refused) outbox.remove(keys);
    if (verdict === delivered) succeed(drops);
    if (verdict === refused) outbox.drop(`http_${status}`, keys.length);
    if (verdict === refused) maxEvents = maxBatchEvents;
    if (verdict === halve) maxEvents = Math.ceil(keys.length / 2);
    if (verdict === later) fail(keys, answer);
    if (verdict === refusal) stop();
    return verdict;
  }

  function succeed(drops: string[]): void {
    outbox.remove(drops);
    endWait();
    maxEvents = Math.min(2 * maxEvents, maxBatchEvents);
    // The collector works, so that an event on which it failed is judged by its next answer.
    release();
  }

  function release(): void {
    for (const key of suspects) busy.delete(key);
  }

  function endWait(): void {
    failures = 0;
    store.remove(wait.name);
  }

  /** A collector that fails may fail on one event only: it is found by halves, and what waits behind it goes first. */
  function fail(keys: string[], { status, retryAfterMs }: Answer): void {
    failures++;
    networkFailed = !status;
    log('waiting', beginTerm(store, wait, retryAfterMs ?? backoffMs(failures, Math.random())));
    if (status !== 500) return;
    maxEvents = Math.ceil(keys.length / 2);
    if (!keys[1]) for (const key of keys) busy.add(key) && suspects.add(key);
    if (outbox.hasMore(busy)) return;
    release();
    suspects.clear();
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    scheduled = 0;
    await exclusively(drain).catch(log);
    resume();
  }

  /**
   * Runs the work in one tab of the site at a time. A lock is held during the work only: a page that holds one
   * cannot enter the back/forward cache (https://web.dev/articles/bfcache). This saves requests and is no guarantee:
   * a tab of another process sees what was removed from localStorage a moment later. The ids are the guarantee.
   */
  async function exclusively(work: () => Promise<void>): Promise<void> {
    // Web Locks exist in secure contexts only, and are refused where storage is.
    if (navigator.locks && openDisk()) return navigator.locks.request(lock, work);
    if (msLeftOf(store, lease)) return;
    beginTerm(store, lease);
    store.save();
    await work().finally(() => store.remove(lease.name));
  }

  async function drain(): Promise<void> {
    while ((await send(false)) !== undefined);
  }

  function flushNow(): void {
    store.save();
    send(true).then(resume, log);
  }

  function wake(): void {
    // A wait that the collector asked for stays.
    if (networkFailed) endWait();
    void flush();
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
  }

  return { schedule, resume, flush, flushNow, wake, stop };
}
