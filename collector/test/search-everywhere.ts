import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestDatabase } from './test-collector.js';

/** The tables of every schema of ours in which a row holds one of the texts, in any column. */
export async function searchTables(db: TestDatabase, texts: string[]): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and not c.relispartition
       and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await db.query(
      `select 1 from ${name} t where exists (
         select from unnest($1::text[]) as wanted where position(lower(wanted) in lower(t::text)) > 0
       ) limit 1`,
      [texts],
    );
    if (row) found.push(name.replace('footfall.', ''));
  }
  return found;
}

/** The files of a directory whose bytes hold one of the texts. */
export async function searchFiles(directory: string, texts: string[]): Promise<string[]> {
  const names = await readdir(directory);
  const found = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(directory, name));
      return texts.some((text) => bytes.includes(text)) ? [name] : [];
    }),
  );
  return found.flat();
}
