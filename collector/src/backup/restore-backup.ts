import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { CopySession } from '../db/copy-session.js';
import { openDatabase } from '../db/database.js';
import { migrate, readMigrations } from '../db/migrate.js';
import { readRange } from '../db/partition-range.js';
import { createPartitions } from '../db/partitions.js';
import { StartError } from '../start-error.js';
import { type ArchiveEntry, readArchive } from './archive.js';
import {
  type Manifest,
  manifestName,
  manifestSchema,
  type Summary,
  summaryName,
  summarySchema,
} from './manifest.js';
import { quote } from './tables.js';
import type { BackupProgress } from './write-backup.js';

type Options = {
  path: string;
  url: string;
  /** Deletes what the database holds. */
  overwrite: boolean;
  onProgress: (progress: BackupProgress) => void;
  log: (line: string) => void;
};

type Rows = Record<string, number>;

// No collector starts on a schema that claims a version which it does not know.
const fenceVersion = 999_999;

/**
 * Makes the database what it was at a backup: the schema of that version, its rows, and then the migrations since.
 *
 * @returns rows by table
 * @throws StartError when there is data already, a collector at work, or an archive that is not whole
 */
export async function restoreBackup(session: CopySession, options: Options): Promise<Rows> {
  const manifest = await readManifest(options.path);
  await requireKnown(manifest, options.path);
  await requireIdle(session);
  await requireEmpty(session, options);
  await dropSchemas(session);
  await migrate({ url: options.url, log: () => {}, upTo: manifest.migrations.at(-1)?.version ?? 0 });
  await raiseFence(session);
  await makePartitions(manifest, options);
  const summary = await copyTables(session, manifest, options);
  const rows = await compareRows(session, manifest, summary);
  await lowerFence(session);
  await migrate(options);
  return rows;
}

async function readManifest(path: string): Promise<Manifest> {
  for await (const { name, content } of readWhole(path)) {
    if (name !== manifestName) break;
    const parsed = manifestSchema.safeParse(JSON.parse(content.toString()));
    if (parsed.success) return parsed.data;
  }
  throw new StartError(`${path}: expected an archive of footfall backup, format 1`);
}

async function* readWhole(path: string): AsyncGenerator<ArchiveEntry> {
  try {
    yield* readArchive(path);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new StartError(`${path}: expected a whole archive of footfall backup, got: ${cause.message}`, {
      cause,
    });
  }
}

async function requireKnown({ migrations }: Manifest, path: string): Promise<void> {
  const known = new Map((await readMigrations()).map(({ version, checksum }) => [version, checksum]));
  const strange = migrations.find(({ version, checksum }) => known.get(version) !== checksum);
  if (!strange) return;
  const { version, description } = strange;
  throw new StartError(
    `${path}: migration ${version} ${description} is of another Footfall; restore with that version`,
  );
}

async function requireIdle({ query }: CopySession): Promise<void> {
  const rows = await query(
    `/* restore-backup.requireIdle */
     select from pg_stat_activity where datname = current_database() and application_name = 'footfall' limit 1`,
  );
  if (rows.length > 0) throw new StartError('database: a collector is connected; stop it first');
}

async function requireEmpty({ query }: CopySession, { overwrite }: Options): Promise<void> {
  if (overwrite || !(await hasTable(query))) return;
  await query('set role footfall_owner');
  const rows = await query(
    `/* restore-backup.requireEmpty */
     select from footfall.sites where site <> 'demo' union all (select from footfall.events limit 1)`,
  );
  await query('reset role');
  if (rows.length === 0) return;
  throw new StartError('database: there are sites or events in it; --overwrite deletes all of it', {
    exitCode: 2,
  });
}

async function hasTable(query: CopySession['query']): Promise<boolean> {
  const [row] = await query<{ found: boolean }>(`select to_regclass('footfall.events') is not null as found`);
  return row?.found === true;
}

// Partition by partition: all in one transaction would need more locks than a server has.
async function dropSchemas({ query }: CopySession): Promise<void> {
  if (!(await hasTable(query))) return;
  await query('set role footfall_owner');
  const partitions = await query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'footfall.events'::regclass`,
  );
  for (const { name } of partitions) await query(`drop table ${name}`);
  const schemas = await query<{ name: string }>(
    `select nspname as name from pg_namespace where nspowner = 'footfall_owner'::regrole`,
  );
  await query('reset role');
  for (const { name } of schemas)
    await query(`set role footfall_owner; drop schema ${quote(name)} cascade; reset role`);
}

async function raiseFence({ query }: CopySession): Promise<void> {
  await query('set role footfall_owner');
  await query(
    `insert into footfall.schema_migrations (version, description, checksum) values ($1, 'a restore is not complete', '')`,
    [fenceVersion],
  );
}

async function lowerFence({ query }: CopySession): Promise<void> {
  await query('delete from footfall.schema_migrations where version = $1', [fenceVersion]);
  await query('reset role');
}

async function makePartitions({ tables }: Manifest, { url, log }: Options): Promise<void> {
  const names = tables.flatMap(({ table, parts }) => (table === 'events' ? parts : []));
  const database = openDatabase({ url, log, maxConnections: 1 });
  try {
    await createPartitions(
      database,
      names.flatMap((name) => readRange(name) ?? []),
    );
  } finally {
    await database.end();
  }
}

// COPY does not know row-level security: each table is opened to its owner for as long as that takes.
async function copyTables(
  session: CopySession,
  { tables }: Manifest,
  { path, onProgress }: Options,
): Promise<Summary> {
  const byName = new Map(tables.map((table) => [table.table, table]));
  const opened = new Map<string, boolean>();
  let files = 0;
  let summary: Summary | undefined;
  await session.query('begin');
  for await (const { name, content } of readWhole(path)) {
    const table = byName.get(name.slice(0, Math.max(0, name.indexOf('/'))));
    if (name === summaryName) summary = summarySchema.parse(JSON.parse(content.toString()));
    if (!table) continue;
    if (!opened.has(table.table)) opened.set(table.table, await openTable(session, table.table));
    const target = session.copyIn(
      `copy footfall.${quote(table.table)} (${quote(...table.columns)}) from stdin`,
    );
    const copied = finished(target);
    if (!target.write(content)) await Promise.race([once(target, 'drain'), copied]);
    target.end();
    await copied;
    files += 1;
    onProgress({ table: table.table, rows: files });
  }
  await closeTables(session, opened);
  await session.query('commit');
  if (!summary) throw new StartError(`${path}: expected a whole archive, its last file is missing`);
  return summary;
}

/** @returns whether it has to be closed again */
async function openTable({ query }: CopySession, table: string): Promise<boolean> {
  const [row] = await query<{ forced: boolean }>(
    `select relforcerowsecurity as forced from pg_class where oid = $1::regclass`,
    [`footfall.${quote(table)}`],
  );
  if (row?.forced) await query(`alter table footfall.${quote(table)} no force row level security`);
  return row?.forced === true;
}

async function closeTables({ query }: CopySession, opened: Map<string, boolean>): Promise<void> {
  for (const [table, isForced] of opened)
    if (isForced) await query(`alter table footfall.${quote(table)} force row level security`);
}

async function compareRows({ query }: CopySession, { tables }: Manifest, summary: Summary): Promise<Rows> {
  const rows: Rows = {};
  for (const { table } of tables) {
    const [found] = await query<{ rows: string }>(`select count(*) as rows from footfall.${quote(table)}`);
    rows[table] = Number(found?.rows);
    if (rows[table] !== summary.rows[table])
      throw new StartError(`restore: expected ${summary.rows[table]} rows in ${table}, got ${rows[table]}`);
  }
  return rows;
}
