import type { Readable, Writable } from 'node:stream';
import pg from 'pg';
import copyStreams from 'pg-copy-streams';

/** One connection that acts as the owner, outside of the pool, for as long as a backup takes. */
export type CopySession = {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** What `copy … to stdout` writes. */
  copyOut(sql: string): Readable;
  /** Where `copy … from stdin` reads. */
  copyIn(sql: string): Writable;
  end(): Promise<void>;
};

/** Its name in pg_stat_activity: not that of a collector. */
const applicationName = 'footfall backup';

export async function openCopySession(url: string): Promise<CopySession> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName });
  client.on('error', () => {}); // the query in flight reports it
  await client.connect();
  return {
    query: async (sql, values) => (await client.query(sql, values)).rows,
    copyOut: (sql) => client.query(copyStreams.to(sql)),
    copyIn: (sql) => client.query(copyStreams.from(sql)),
    end: () => client.end(),
  };
}
