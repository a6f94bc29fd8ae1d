import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { maskPassword } from '../config.js';
import { StartError } from '../start-error.js';
import { sqlstateOf } from './failure.js';

export type Migration = { version: number; description: string; checksum: string; sql: string };

// Any number will do, as long as every collector takes the same one ("foot" in ASCII).
const migrationLock = 0x666f6f74;
const lockPollMs = 200;
const minServerVersion = 150_000;
const insufficientPrivilege = '42501';

/** The migrations that ship with the schema package, in order. */
export async function readMigrations(): Promise<Migration[]> {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('@footfall/schema/package.json')),
    'migrations',
  );
  const files = (await readdir(folder)).filter((file) => /^\d{6}_\w+\.sql$/.test(file)).sort();
  return Promise.all(files.map((file) => readMigration(join(folder, file), file)));
}

async function readMigration(path: string, file: string): Promise<Migration> {
  const sql = await readFile(path, 'utf8');
  return {
    version: Number(file.slice(0, 6)),
    description: file.slice(7, -4).replaceAll('_', ' '),
    checksum: createHash('sha256').update(sql).digest('hex'),
    sql,
  };
}

/**
 * Brings the database to the newest schema: each migration in a transaction of its own, one collector at a time.
 *
 * @param upTo the last version to apply, to restore a backup of that version
 * @returns the migrations that were applied now
 * @throws StartError when the server is too old, out of reach, ahead of this version, or a file was changed
 */
export async function migrate({
  url,
  log,
  upTo = Number.POSITIVE_INFINITY,
}: {
  url: string;
  log: (line: string) => void;
  upTo?: number;
}): Promise<Migration[]> {
  const migrations = (await readMigrations()).filter(({ version }) => version <= upTo);
  const client = await connect(url);
  try {
    await requireVersion(client);
    await lock(client);
    const pending = findPending(migrations, await readApplied(client));
    for (const migration of pending) {
      log(`migrating: ${migration.version} ${migration.description}`);
      await apply(client, migration);
    }
    return pending;
  } finally {
    await client.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'footfall migrate',
  });
  client.on('error', () => {}); // the query in flight reports it
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new StartError(
      `DATABASE_URL: expected a PostgreSQL server at ${maskPassword(url)}, got: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version: string; number: number }>(
    `select current_setting('server_version') as server_version, current_setting('server_version_num')::int as number`,
  );
  const [server] = rows;
  if (!server || server.number >= minServerVersion) return;
  throw new StartError(`DATABASE_URL: expected PostgreSQL 15 or newer, got ${server.server_version}`);
}

// A session that dies while it waits in pg_advisory_lock leaves its query behind: so try in a loop.
async function lock(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>(
      'select pg_try_advisory_lock($1::bigint) as taken',
      [migrationLock],
    );
    if (rows[0]?.taken) return;
    await new Promise((resolve) => setTimeout(resolve, lockPollMs));
  }
}

async function readApplied(client: pg.Client): Promise<Map<number, string>> {
  const exists = await client.query<{ found: boolean }>(
    `select to_regclass('footfall.schema_migrations') is not null as found`,
  );
  if (!exists.rows[0]?.found) return new Map();
  const { rows } = await client.query<{ version: number; checksum: string }>(
    'select version, checksum from footfall.schema_migrations',
  );
  return new Map(rows.map((row) => [row.version, row.checksum]));
}

// Migration 1 as it was before it could follow an administrator who had made the roles: a database that it made is the same.
const sameEffect = new Set(['b0717bad0e757bab182a728556012a8d41493f900c9b1c6005dc8b3999644f8b']);

function findPending(migrations: Migration[], applied: Map<number, string>): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const [version, checksum] of applied) {
    const migration = known.get(version);
    if (!migration) {
      throw new StartError(
        `database: migration ${version} was applied by a newer Footfall; start that version or restore a backup`,
      );
    }
    if (migration.checksum !== checksum && !sameEffect.has(checksum)) {
      throw new StartError(
        `schema/migrations: ${version} ${migration.description} was changed after it was applied; expected SHA-256 ${checksum}`,
      );
    }
  }
  return migrations.filter((migration) => !applied.has(migration.version));
}

async function apply(client: pg.Client, { version, description, checksum, sql }: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('set local role footfall_owner');
    await client.query(
      'insert into footfall.schema_migrations (version, description, checksum) values ($1, $2, $3)',
      [version, description, checksum],
    );
    await client.query('commit');
  } catch (error) {
    const hint =
      sqlstateOf(error) === insufficientPrivilege
        ? '; footfall doctor prints what an administrator has to run'
        : '';
    const message = `database: migration ${version} ${description} failed: ${reasonOf(error)}${hint}`;
    throw new StartError(message, { cause: error });
  }
}
