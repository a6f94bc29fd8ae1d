import type { Consent } from './consent.js';
import type { Delivery } from './delivery.js';
import type { Log } from './guard.js';
import type { Pause } from './pause.js';

export type Transport = {
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
  delivery: Delivery;
  pause: Pause;
  consent: Consent;
  /** Runs the work in one tab at a time. */
  exclusively: (work: () => Promise<void>) => Promise<void>;
  log: Log;
};

const lingerMs = 1000;
const eagerEvents = 20;

/** Decides when the queue is sent. */
export function createTransport({ delivery, pause, consent, exclusively, log }: Parts): Transport {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let scheduled = 0;
  let stopped = false;

  function schedule(): void {
    if (++scheduled === eagerEvents) void flush();
    else wait();
  }

  function wait(): void {
    if (!stopped) timer ??= setTimeout(() => void flush(), Math.max(lingerMs, pause.remainingMs()));
  }

  function resume(): void {
    if (consent.isOpen() && delivery.next()) wait();
  }

  function maySend(): boolean {
    return !stopped && consent.isOpen() && pause.remainingMs() === 0;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    scheduled = 0;
    if (maySend()) await exclusively(drain).catch(log);
    resume();
  }

  async function drain(): Promise<void> {
    for (let batch = delivery.next(); batch && maySend(); batch = delivery.next()) {
      // A retry goes without keepalive, because another script of the page may have used up its quota.
      const verdict = await delivery.deliver(batch, { keepalive: !pause.isRetry() });
      log(verdict, batch.keys.length);
      if (verdict === 'stop') stop();
    }
  }

  function flushNow(): void {
    const batch = maySend() && delivery.next();
    if (!batch) return;
    if ('keepalive' in Request.prototype) delivery.deliver(batch, { keepalive: true }).then(resume, log);
    else delivery.beacon(batch);
  }

  function wake(): void {
    pause.networkIsBack();
    void flush();
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
  }

  return { schedule, resume, flush, flushNow, wake, stop };
}
