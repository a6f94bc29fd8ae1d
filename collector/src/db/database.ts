import pg from 'pg';
import { isAnswerMissing } from './failure.js';

/** A transaction: the only way to the tables. */
export type Transaction = {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Runs a statement whose answer nobody needs, without waiting for it: the transaction fails with it. */
  send(sql: string, values?: unknown[]): void;
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
  /** The same, with a limit on each statement: a server that hangs must not hang whoever waits for it. */
  within(statementMs: number): Database;
  /** The same for reads of many rows, of which fewer may run at once, and which give way to what is stored. */
  scanning(): Database;
  /** How many transactions wait for a connection. */
  waiting(): number;
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

// How long the answer of a server may take that keeps to its own limit.
const answerMs = 2_000;
const toldOnceMs = 1_000;
const maxScans = 3;

// A client that is checked out has no listener of its own: without one the death of the server would end the process.
function ignoreConnectionError(): void {}

type Target = { pool: pg.Pool; role: Role; statementMs: number | undefined };

async function runTransaction<Result>(
  { pool, role, statementMs }: Target,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const first = statementMs
    ? `${beginAs(role)}; set local statement_timeout = ${statementMs}`
    : beginAs(role);
  const client = await pool.connect();
  client.on('error', ignoreConnectionError);
  const run = (config: pg.QueryConfig) => client.query(limitAnswer(config, statementMs));
  const toQuery = role.name === 'footfall_ingest' ? toPrepared : toPlain;
  const { send, failure, settled } = createOutbox(run);
  let broken: Error | undefined;
  try {
    send({ text: first });
    const result = await work({
      query: async (sql, values) => (await run(toQuery(sql, values))).rows,
      send: (sql, values) => send(toQuery(sql, values)),
    });
    send({ text: 'commit' });
    await settled();
    return result;
  } catch (error) {
    // Whatever follows a failed statement fails too, for no reason of its own.
    const cause = failure() ?? error;
    broken = await rollback(client, cause);
    throw cause;
  } finally {
    client.off('error', ignoreConnectionError);
    client.release(broken);
  }
}

/** Statements on their way whose answers are looked at together: each round trip that is not waited for is one less. */
function createOutbox(run: (config: pg.QueryConfig) => Promise<pg.QueryResult>) {
  const sent: Promise<void>[] = [];
  let failure: unknown;

  function send(config: pg.QueryConfig): void {
    const answered = run(config).then(
      () => undefined,
      (error: unknown) => {
        failure ??= error;
      },
    );
    sent.push(answered);
  }

  // COMMIT after a failed statement is a rollback: the failure is known before its answer comes.
  async function settled(): Promise<void> {
    await Promise.all(sent);
    if (failure !== undefined) throw failure;
  }

  return { send, settled, failure: () => failure };
}

// A read is planned for its own values. The few statements of ingest run thousands of times, and planning the upsert of
// sessions takes longer than running it: they are prepared once a connection, and again whenever they have run four times
// as often. A plan made for a table of one page would read all of it for ever, as its statistics come a minute later.
type Prepared = { id: number; runs: number };
const prepared = new Map<string, Prepared>();

function toPrepared(text: string, values: unknown[] = []): pg.QueryConfig {
  const known = prepared.get(text) ?? { id: prepared.size, runs: 0 };
  prepared.set(text, known);
  known.runs += 1;
  const generation = Math.floor(Math.log2(known.runs) / 2);
  return { name: `footfall_${known.id}_${generation}`, text, values };
}

function toPlain(text: string, values: unknown[] = []): pg.QueryConfig {
  return { text, values };
}

// The driver takes the limit with a query, which its types do not say.
function limitAnswer(query: pg.QueryConfig, statementMs: number | undefined): pg.QueryConfig {
  return statementMs === undefined ? query : Object.assign(query, { query_timeout: statementMs + answerMs });
}

/** @returns why the connection is of no more use */
async function rollback(client: pg.PoolClient, cause: unknown): Promise<Error | undefined> {
  // Behind a statement without an answer a rollback would wait as long.
  if (cause instanceof Error && isAnswerMissing(cause)) return cause;
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

type Opening = {
  url: string;
  maxConnections?: number;
  /** Makes a process of the server give way to others. Absent where the server is not on this machine. */
  giveWay?: (processId: number) => Promise<void>;
  log: (line: string) => void;
};

/** Opens a pool on the server of a connection URL. Nothing is connected before the first transaction. */
export function openDatabase({ url, maxConnections = 10, giveWay, log }: Opening): Database {
  const all = openPool({ url, max: maxConnections, log });
  if (!giveWay) return databaseOf({ all, scans: all, pool: all });
  // Connections of their own, as a process that gave way once cannot be told to stop.
  const scans = openPool({ url, max: maxScans, log });
  scans.on('connect', (client) => void giveWay(processOf(client)));
  return databaseOf({ all, scans, pool: all });
}

function openPool({ url, max, log }: { url: string; max: number; log: Opening['log'] }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    pipeline: true,
    application_name: 'footfall',
    types,
  });
  pool.on('error', onceAWhile(log));
  return pool;
}

// The server tells it when a connection begins (BackendKeyData), and the types of the driver leave it out.
function processOf(client: pg.PoolClient): number {
  return (client as pg.PoolClient & { processID: number }).processID;
}

type Pools = { all: pg.Pool; scans: pg.Pool; pool: pg.Pool };

function databaseOf(pools: Pools, statementMs?: number): Database {
  const { all, scans, pool } = pools;
  const target = (role: Role): Target => ({ pool, role, statementMs });
  return {
    asIngest: (work) => runTransaction(target({ name: 'footfall_ingest' }), work),
    asOwner: (work) => runTransaction(target({ name: 'footfall_owner' }), work),
    withSite: (site, work) => runTransaction(target({ name: 'footfall_reader', site }), work),
    within: (limitMs) => databaseOf(pools, limitMs),
    scanning: () => databaseOf({ all, scans, pool: scans }, statementMs),
    waiting: () => all.waitingCount,
    end: async () => {
      await Promise.all([...new Set([all, scans])].map((one) => one.end()));
    },
  };
}

// All idle connections are lost in the same moment: one line tells it.
function onceAWhile(log: (line: string) => void): (error: Error) => void {
  let isTold = false;
  return (error) => {
    if (!isTold) log(`database: idle connections were lost: ${error.message}`);
    isTold = true;
    setTimeout(() => {
      isTold = false;
    }, toldOnceMs).unref();
  };
}
