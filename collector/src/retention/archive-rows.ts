import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Transaction } from '../db/database.js';
import { syncDirectory } from '../spool/sync-directory.js';

/** Where rows go before they are deleted. */
export type Archive = {
  /** Durable when it resolves; call it in the transaction that deletes. Broken off in between, rows are in two files. */
  write(name: string, rows: unknown[]): Promise<void>;
  /** All rows of a table. */
  writeTable(tx: Transaction, table: string): Promise<void>;
};

const compress = promisify(gzip);
const pageRows = 5_000;

/** Files of JSON lines, compressed with gzip, in a directory that only this user may enter. */
export function createArchive(directory: string): Archive {
  async function writePages(name: string, pages: AsyncIterable<unknown[]>): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `${name}_${randomBytes(4).toString('hex')}.ndjson.gz`);
    const file = await open(`${path}.part`, 'wx', 0o600);
    let rows = 0;
    try {
      // Members of gzip one behind the other are one file: RFC 1952, section 2.2.
      for await (const page of pages) {
        rows += page.length;
        await file.write(await compress(page.map((row) => `${JSON.stringify(row)}\n`).join('')));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (rows === 0) await rm(`${path}.part`);
    else await rename(`${path}.part`, path);
    await syncDirectory(path);
  }

  return {
    async write(name, rows) {
      if (rows.length > 0) await writePages(name, onePage(rows));
    },
    writeTable: (tx, table) => writePages(table, readTable(tx, table)),
  };
}

async function* onePage(rows: unknown[]): AsyncGenerator<unknown[]> {
  yield rows;
}

async function* readTable(tx: Transaction, table: string): AsyncGenerator<unknown[]> {
  await tx.query(`declare archived cursor for select to_jsonb(t) as row from footfall.${table} t`);
  for (;;) {
    const rows = await tx.query<{ row: unknown }>(`fetch ${pageRows} from archived`);
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
  }
  await tx.query('close archived');
}
