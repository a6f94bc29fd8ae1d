import type { CopySession } from '../db/copy-session.js';
import { type ArchiveWriter, createArchive } from './archive.js';
import { type Manifest, manifestName, summaryName } from './manifest.js';
import { type BackedUpTable, listTables, quote } from './tables.js';

export type BackupProgress = { table: string; rows: number };

type Options = { path: string; now: number; onProgress: (progress: BackupProgress) => void };

const chunkBytes = 4 << 20;
const newline = 0x0a;

/**
 * Writes every table as one moment shows it (a transaction of repeatable read) into an archive, by COPY in text format,
 * which every later PostgreSQL reads. Writers are not kept waiting.
 *
 * @returns rows by table
 */
export async function writeBackup(session: CopySession, options: Options): Promise<Record<string, number>> {
  const { path, now } = options;
  const archive = createArchive(path, now);
  try {
    await session.query('begin isolation level repeatable read, read only');
    await session.query('set local role footfall_owner');
    const manifest = await describeDatabase(session, now);
    await archive.add(manifestName, toFile(manifest));
    const rows: Record<string, number> = {};
    for (const table of manifest.tables)
      rows[table.table] = await writeTable(session, archive, { table, ...options });
    await session.query('commit');
    await archive.add(summaryName, toFile({ rows }));
    await archive.close();
    return rows;
  } catch (error) {
    await archive.discard();
    throw error;
  }
}

function toFile(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

async function describeDatabase(session: CopySession, now: number): Promise<Manifest> {
  const migrations = await session.query<Manifest['migrations'][number]>(
    'select version, checksum, description from footfall.schema_migrations order by version',
  );
  const [server] = await session.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  return {
    format: 1,
    createdAt: new Date(now).toISOString(),
    serverVersion: server?.version ?? '',
    migrations,
    tables: await listTables(session),
  };
}

type Writing = { table: BackedUpTable; onProgress: Options['onProgress'] };

async function writeTable(
  session: CopySession,
  archive: ArchiveWriter,
  { table: { table, columns, parts }, onProgress }: Writing,
): Promise<number> {
  let rows = 0;
  for (const part of parts) {
    const source = session.copyOut(
      `copy (select ${quote(...columns)} from footfall.${quote(part)}) to stdout`,
    );
    let number = 0;
    for await (const chunk of chunksOf(source)) {
      await archive.add(`${table}/${part}.${String(number).padStart(6, '0')}`, chunk);
      rows += countLines(chunk);
      number += 1;
      onProgress({ table, rows });
    }
  }
  return rows;
}

// A file of the archive ends with a row: each can be read by itself. COPY's text format holds no line break within a row.
async function* chunksOf(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let buffered: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    buffered.push(piece);
    bytes += piece.byteLength;
    const end = bytes < chunkBytes ? -1 : piece.lastIndexOf(newline);
    if (end === -1) continue;
    const rest = piece.subarray(end + 1);
    const whole = Buffer.concat(buffered);
    yield whole.subarray(0, whole.byteLength - rest.byteLength);
    [buffered, bytes] = [[rest], rest.byteLength];
  }
  if (bytes > 0) yield Buffer.concat(buffered);
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
}
