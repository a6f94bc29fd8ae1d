import type { Availability } from '../db/availability.js';
import type { Database } from '../db/database.js';
import { classifyFailure } from '../db/failure.js';
import type { Histogram } from '../metrics/registry.js';
import { encodeRecord } from '../spool/record.js';
import { toRecord } from '../spool/submission-record.js';
import type { Submission, Write, Written } from './group-commit.js';
import { commitIsolating, type Outcomes } from './isolate.js';

type Options = {
  database: Database;
  availability: Availability;
  /** Takes records while the database is away. */
  spool: { append(record: Buffer): Promise<void> };
  /** Called where a record came into the spool although the database is there again. */
  replay: { start(): void };
  /** Aborted when the collector has no time left to wait for the database. */
  hurry: AbortSignal;
  metrics: { flushEvents: Histogram };
};

/** Longer than any flush takes, shorter than browsers wait. */
const statementMs = 5_000;

/**
 * Makes batches durable: in the database, or in the spool while it is away. A batch may be in both, where only the
 * answer to its COMMIT was lost: the replay finds its events stored.
 */
export function createDurableWrite(options: Options): Write {
  const { availability, hurry, metrics } = options;
  const database = options.database.within(statementMs);

  async function write(batch: Submission[]): Promise<Written[]> {
    if (!availability.isUp() || hurry.aborted) return spoolEach(batch);
    return (await unlessAborted(hurry, commit(batch))) ?? spoolEach(batch);
  }

  /** @returns nothing when the database is away */
  async function commit(batch: Submission[]): Promise<Written[] | undefined> {
    try {
      const outcomes = await commitIsolating(database, batch);
      metrics.flushEvents.observe(outcomes.size);
      return batch.map(() => ({ outcomes }));
    } catch (error) {
      if (classifyFailure(error) !== 'retry') return batch.length === 1 ? [{ error }] : commitAlone(batch);
      availability.lose(error);
      return undefined;
    }
  }

  // A fault of ours that one batch brings out must not refuse the others.
  async function commitAlone(batch: Submission[]): Promise<Written[] | undefined> {
    const results: Written[] = [];
    for (const submission of batch) {
      const written = await commit([submission]);
      if (written === undefined) return undefined;
      results.push(...written);
    }
    return results;
  }

  async function spoolEach(batch: Submission[]): Promise<Written[]> {
    const results = await Promise.all(batch.map(spoolOne));
    if (availability.isUp() && !hurry.aborted) options.replay.start();
    return results;
  }

  async function spoolOne(submission: Submission): Promise<Written> {
    try {
      await options.spool.append(encodeRecord(toRecord(submission)));
      return { outcomes: spooledOutcomes(submission) };
    } catch (error) {
      return { error };
    }
  }

  return write;
}

function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve(undefined);
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

// Whether an event is there already cannot be known now. Its age can: the replay keeps it as a dead letter.
function spooledOutcomes({ events }: Submission): Outcomes {
  return new Map(events.map((event) => [event, event.isTooOld ? 'too_old' : 'spooled']));
}
