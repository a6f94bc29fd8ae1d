import type { Transaction } from '../db/database.js';
import type { Stream } from './stream.js';

export type StreamKey = { site: string; stream: Stream };

/** One text for a stream of a site. */
export function keyOfStream({ site, stream }: StreamKey): string {
  return `${site} ${stream}`;
}

/** Streams that turned out to depend on those that are locked, and that another transaction holds. */
export class StreamsBusy extends Error {
  override name = 'StreamsBusy';
  readonly streams: StreamKey[];

  constructor(streams: StreamKey[]) {
    super('sessions: another transaction works on streams that are linked to these');
    this.streams = streams;
  }
}

/** A lock that the caller needs before those of streams: in one statement, a round trip less. */
export type FirstLock = { key: bigint; isShared: boolean };

/**
 * Lets one transaction at a time decide on the sessions of a stream, until it ends. Sorted, so that two flushes with the
 * same streams wait for each other instead of deadlocking; that is why no more may be waited for later.
 */
export async function lockStreams(
  tx: Transaction,
  { key, isShared }: FirstLock,
  streams: StreamKey[],
): Promise<void> {
  const first = `pg_advisory_xact_lock${isShared ? '_shared' : ''}`;
  await tx.query(
    `/* lock-streams.lockStreams */
     with keys as materialized (
       select distinct hashtextextended(stream, 0) as key from unnest($2::text[]) as stream order by key
     )
     select ${first}($1::bigint) union all select pg_advisory_xact_lock(key) from keys`,
    [key.toString(), streams.map(keyOfStream)],
  );
}

/**
 * Locks more streams without waiting.
 *
 * @throws StreamsBusy when one of them is taken: the transaction has to begin again and lock all of them in order
 */
export async function lockMoreStreams(tx: Transaction, streams: StreamKey[]): Promise<void> {
  const rows = await tx.query<{ taken: boolean }>(
    `/* lock-streams.lockMoreStreams */
     select pg_try_advisory_xact_lock(hashtextextended(stream, 0)) as taken from unnest($1::text[]) as stream`,
    [streams.map(keyOfStream)],
  );
  if (!rows.every(({ taken }) => taken)) throw new StreamsBusy(streams);
}

/** Runs a transaction, and again from its start whenever it needed streams that were busy: then it waits for them. */
export async function rerunWhenBusy<Result>(run: (streams: StreamKey[]) => Promise<Result>): Promise<Result> {
  let wanted: StreamKey[] = [];
  for (;;) {
    try {
      return await run(wanted);
    } catch (error) {
      if (!(error instanceof StreamsBusy)) throw error;
      wanted = [...wanted, ...error.streams];
    }
  }
}
