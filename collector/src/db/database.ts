import pg from 'pg';

/** A transaction: the only way to the tables. */
export type Transaction = {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
};

/** Who a transaction acts as. Row-level security follows from it. */
type Role = { name: 'footfall_owner' | 'footfall_ingest' } | { name: 'footfall_reader'; site: string };

export type Database = {
  /** Writes and reads of every site: collecting, sessions, jobs. */
  asIngest<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** Administration: sites, keys, partitions. */
  asOwner<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** Reads of one site; rows of other sites do not exist in it. */
  withSite<Result>(site: string, work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** Waits for the transactions under way and closes the connections. */
  end(): Promise<void>;
};

// A date is a day, not a moment: the driver would make it midnight of the collector's own timezone. A bigint here is a
// count or a duration far below 2^53.
const dateOid = 1082;
const bigintOid = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === dateOid) return (text: string) => text;
    if (oid === bigintOid) return Number;
    return pg.types.getTypeParser(oid, format);
  },
};

const sitePattern = /^[a-z0-9-]{1,32}$/;

// SET LOCAL takes no parameters, and set_config would not reach the workers of a distributed table: so the slug is
// checked against the pattern of footfall.sites and formatted into the statement.
function beginAs(role: Role): string {
  const begin = `begin; set local role ${role.name}`;
  if (role.name !== 'footfall_reader') return begin;
  if (!sitePattern.test(role.site))
    throw new Error(`site: expected ${sitePattern}, got ${JSON.stringify(role.site)}`);
  return `${begin}; set local app.site = '${role.site}'; set local statement_timeout = '30s'; set local search_path = pipeline`;
}

// A client that is checked out has no listener of its own: without one the death of the server would end the process.
function ignoreConnectionError(): void {}

async function runTransaction<Result>(
  pool: pg.Pool,
  role: Role,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const begin = beginAs(role);
  const client = await pool.connect();
  client.on('error', ignoreConnectionError);
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work({ query: async (sql, values) => (await client.query(sql, values)).rows });
    await client.query('commit');
    return result;
  } catch (error) {
    broken = await rollback(client);
    throw error;
  } finally {
    client.off('error', ignoreConnectionError);
    client.release(broken);
  }
}

async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Opens a pool on the server of a connection URL. Nothing is connected before the first transaction. */
export function openDatabase({
  url,
  maxConnections = 10,
  log,
}: {
  url: string;
  maxConnections?: number;
  log: (line: string) => void;
}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    application_name: 'footfall',
    types,
  });
  pool.on('error', (error) => log(`database: an idle connection was lost: ${error.message}`));
  return {
    asIngest: (work) => runTransaction(pool, { name: 'footfall_ingest' }, work),
    asOwner: (work) => runTransaction(pool, { name: 'footfall_owner' }, work),
    withSite: (site, work) => runTransaction(pool, { name: 'footfall_reader', site }, work),
    end: () => pool.end(),
  };
}
