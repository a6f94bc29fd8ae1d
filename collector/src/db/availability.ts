import type { Database } from './database.js';
import { sqlstateOf } from './failure.js';

/** Whether the database takes writes, as far as anybody has noticed. */
export type Availability = {
  isUp(): boolean;
  /** Told by whoever failed for want of the server or of the way to it. */
  lose(error: unknown): void;
  /** Asks the server now. */
  check(): Promise<boolean>;
  /** Calls back at each return. */
  onReturn(listener: () => void): void;
  stop(): void;
};

const firstProbeMs = 250;
const slowestProbeMs = 10_000;
const probeLimitMs = 2_000;

type Options = { database: Database; now: () => number; log: (line: string) => void };

/** Watches for the return of a database that was lost. While it is there nobody is asked. */
export function createAvailability({ database, now, log }: Options): Availability {
  const bounded = database.within(probeLimitMs);
  const listeners: (() => void)[] = [];
  let lostAt: number | undefined;
  let returnedAt = 0;
  let pauseMs = firstProbeMs;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function lose(error: unknown): void {
    if (lostAt !== undefined || isStopped) return;
    lostAt = now();
    // A server that answers but takes no writes (a full disk) would be lost and found forever: ever more slowly then.
    pauseMs = lostAt - returnedAt < 2 * slowestProbeMs ? Math.min(2 * pauseMs, slowestProbeMs) : firstProbeMs;
    log(`database: lost (${describe(error)}); events go to the spool until it is back`);
    schedule();
  }

  function schedule(): void {
    if (!isStopped) timer = setTimeout(() => void probe(), pauseMs);
  }

  async function probe(): Promise<void> {
    try {
      await expectWritable(bounded);
      found();
    } catch {
      schedule();
    }
  }

  function found(): void {
    if (lostAt === undefined || isStopped) return;
    log(`database: back after ${((now() - lostAt) / 1000).toFixed(1)} s`);
    lostAt = undefined;
    returnedAt = now();
    for (const listener of listeners) listener();
  }

  async function check(): Promise<boolean> {
    if (lostAt === undefined) await expectWritable(bounded).catch(lose);
    return lostAt === undefined;
  }

  return {
    isUp: () => lostAt === undefined,
    check,
    lose,
    onReturn: (listener) => listeners.push(listener),
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** @throws when no server answers, or one that only reads */
export async function expectWritable(database: Database): Promise<void> {
  const rows = await database.asIngest((tx) =>
    tx.query(
      '/* availability.expectWritable */ select from pg_database where not pg_is_in_recovery() limit 1',
    ),
  );
  if (rows.length === 0) throw new Error('the server is a standby');
}

function describe(error: unknown): string {
  const reason = error instanceof AggregateError ? error.errors[0] : error;
  return reason instanceof Error && reason.message ? reason.message : (sqlstateOf(error) ?? String(error));
}
