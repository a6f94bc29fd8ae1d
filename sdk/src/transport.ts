import type { Delivery } from './delivery.js';
import type { Log } from './guard.js';
import type { Pause } from './pause.js';
import { stop as refusal, type Verdict } from './retry.js';

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
  /** True where consent lets events be stored and sent. */
  isOpen: () => boolean;
  /** Runs the work in one tab at a time. */
  exclusively: (work: () => Promise<void>) => Promise<void>;
  log: Log;
};

const lingerMs = 1000;
const eagerEvents = 20;

/** Decides when the queue is sent. */
export function createTransport({ delivery, pause, isOpen, exclusively, log }: Parts): Transport {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let scheduled = 0;
  let stopped = false;

  function schedule(): void {
    if (++scheduled === eagerEvents) void flush();
    else wait();
  }

  function wait(): void {
    if (!stopped) timer ??= setTimeout(flush, Math.max(lingerMs, pause.remainingMs()));
  }

  function resume(): void {
    if (isOpen() && delivery.hasMore()) wait();
  }

  /** Sends one batch, if there is one that may be sent now. */
  function send(how: { isLeaving: boolean }): Promise<Verdict> | undefined {
    const batch = stopped || !isOpen() || pause.remainingMs() ? undefined : delivery.next(how);
    return batch && delivery.deliver(batch, how);
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    scheduled = 0;
    await exclusively(drain).catch(log);
    resume();
  }

  async function drain(): Promise<void> {
    let verdict: Verdict | undefined;
    do {
      verdict = await send({ isLeaving: false });
      if (verdict === refusal) stop();
    } while (verdict !== undefined);
  }

  function flushNow(): void {
    send({ isLeaving: true })?.then(resume, log);
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
