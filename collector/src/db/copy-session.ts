import type { Readable, Writable } from 'node:stream';
import pg from 'pg';
import copyStreams from 'pg-copy-streams';
import { maskPassword } from '../config.js';
import { StartError } from '../start-error.js';

/** One connection outside of the pool, which acts as the login itself until it enters a role. */
export type CopySession = {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** What `copy … to stdout` writes. */
  copyOut(sql: string): Readable;
  /** Where `copy … from stdin` reads. */
  copyIn(sql: string): Writable;
  end(): Promise<void>;
};

/** Its name in pg_stat_activity: not that of a collector. */
const applicationName = 'footfall command';

export async function openCopySession(url: string): Promise<CopySession> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName });
  client.on('error', () => {}); // the query in flight reports it
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const target = maskPassword(url);
    throw new StartError(`DATABASE_URL: expected a PostgreSQL server at ${target}, got: ${reason}`, {
      cause,
    });
  }
  return {
    query: async (sql, values) => (await client.query(sql, values)).rows,
    copyOut: (sql) => client.query(copyStreams.to(sql)),
    copyIn: (sql) => client.query(copyStreams.from(sql)),
    end: () => client.end(),
  };
}
