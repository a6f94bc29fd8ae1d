import { createPace } from '../pace.js';
import { Refusal } from '../refusal.js';
import type { Outcomes, Part } from './isolate.js';
import type { Origin } from './letter-of.js';

/** A batch that waits for its commit. `bytes` is its size on the wire, inflated. */
export type Submission = Part & { bytes: number; origin: Origin };

/** What became of one batch of a flush. */
export type Written = { outcomes: Outcomes } | { error: unknown };

/** Makes the batches of a flush durable: one result for each, in their order. */
export type Write = (batch: Submission[]) => Promise<Written[]>;

export type Committer = {
  /**
   * Resolves when the events of a batch are durable.
   *
   * @throws Refusal 503 when too much is waiting
   */
  submit(submission: Submission): Promise<Outcomes>;
  /** Resolves when nothing waits and nothing is under way. */
  drain(): Promise<void>;
  /** How much is waiting, without what is under way. */
  queueBytes(): number;
  /** How many flushes were begun in this second, or in the one before if there were more. */
  flushesPerSecond(): number;
};

type Waiting = Submission & { resolve(outcomes: Outcomes): void; reject(error: unknown): void };

type Limits = {
  lingerMs?: number;
  maxFlushEvents?: number;
  maxFlushBytes?: number;
  maxInFlight?: number;
  maxQueueBytes?: number;
  maxQueueEvents?: number;
};

/**
 * Lets concurrent batches share a transaction: one COMMIT waits for the disk once, for all of them. A flush begins when
 * it is full, or 5 ms after the first batch came.
 */
export function createCommitter(
  write: Write,
  {
    lingerMs = 5,
    maxFlushEvents = 500,
    maxFlushBytes = 1 << 20,
    maxInFlight = 2,
    maxQueueBytes = 64 << 20,
    maxQueueEvents = 250_000, // a small event takes 2.5 KB as a row, whatever it has on the wire
  }: Limits = {},
): Committer {
  const queue = createQueue({ maxFlushEvents, maxFlushBytes });
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  let idle: (() => void)[] = [];
  const pace = createPace();

  function submit(submission: Submission): Promise<Outcomes> {
    const events = queue.events() + submission.events.length;
    if (queue.bytes() + submission.bytes > maxQueueBytes || events > maxQueueEvents) {
      throw new Refusal(503, 'busy', 'too many events are waiting to be stored', { retryAfterSeconds: 2 });
    }
    return new Promise((resolve, reject) => {
      queue.add({ ...submission, resolve, reject });
      schedule();
    });
  }

  function schedule(): void {
    if (inFlight >= maxInFlight || queue.isEmpty()) return;
    if (queue.fillsFlush()) startFlush();
    else timer ??= setTimeout(startFlush, lingerMs);
  }

  function startFlush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (inFlight >= maxInFlight || queue.isEmpty()) return;
    inFlight += 1;
    pace.count();
    void flush(write, queue.takeFlush()).finally(endFlush);
    schedule();
  }

  function endFlush(): void {
    inFlight -= 1;
    schedule();
    if (inFlight > 0 || !queue.isEmpty()) return;
    for (const resolve of idle) resolve();
    idle = [];
  }

  function drain(): Promise<void> {
    if (inFlight === 0 && queue.isEmpty()) return Promise.resolve();
    return new Promise((resolve) => idle.push(resolve));
  }

  return { submit, drain, queueBytes: queue.bytes, flushesPerSecond: pace.perSecond };
}

/** The batches that wait, in the order in which they came. */
function createQueue({ maxFlushEvents, maxFlushBytes }: { maxFlushEvents: number; maxFlushBytes: number }) {
  const waiting: Waiting[] = [];
  const total = { bytes: 0, events: 0 };

  function add(submission: Waiting): void {
    waiting.push(submission);
    total.bytes += submission.bytes;
    total.events += submission.events.length;
  }

  /** As many as fit a flush, and one at least. */
  function takeFlush(): Waiting[] {
    const flush = { bytes: 0, events: 0 };
    const end = waiting.findIndex((next, at) => {
      const events = flush.events + next.events.length;
      const bytes = flush.bytes + next.bytes;
      if (at > 0 && (events > maxFlushEvents || bytes > maxFlushBytes)) return true;
      flush.bytes = bytes;
      flush.events = events;
      return false;
    });
    total.bytes -= flush.bytes;
    total.events -= flush.events;
    return waiting.splice(0, end === -1 ? waiting.length : end);
  }

  return {
    add,
    takeFlush,
    bytes: () => total.bytes,
    events: () => total.events,
    isEmpty: () => waiting.length === 0,
    fillsFlush: () => total.bytes >= maxFlushBytes || total.events >= maxFlushEvents,
  };
}

async function flush(write: Write, batch: Waiting[]): Promise<void> {
  const results = await write(batch).catch((error: unknown) => batch.map((): Written => ({ error })));
  for (const [at, { resolve, reject }] of batch.entries()) {
    const written = results[at] ?? { error: new Error('group-commit: expected a result for each batch') };
    if ('outcomes' in written) resolve(written.outcomes);
    else reject(written.error);
  }
}
