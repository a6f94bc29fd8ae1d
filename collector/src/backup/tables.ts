import type { CopySession } from '../db/copy-session.js';

/** A table of the backup: `table` is copied from and into; its partitions are copied one by one. */
export type BackedUpTable = { table: string; columns: string[]; parts: string[] };

/**
 * Left out: what was applied is written in the manifest, and with the salts of the last two days in a backup, visitors that
 * nobody can know any more could be computed again. A session that has ended must not begin again.
 */
const leftOut = ['schema_migrations', 'visitor_salts', 'operator_sessions', 'operator_tokens'];

type Row = { table: string; columns: string[]; parts: string[] | null; parents: string[] | null };

/** The tables of schema footfall, each behind those that it refers to. */
export async function listTables({ query }: CopySession): Promise<BackedUpTable[]> {
  const rows = await query<Row>(
    `/* tables.listTables */
     select c.relname as "table",
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       (select array_agg(p.relname::text order by p.relname) from pg_inherits i join pg_class p on p.oid = i.inhrelid
         where i.inhparent = c.oid) as parts,
       (select array_agg(p.relname::text) from pg_constraint k join pg_class p on p.oid = k.confrelid
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as parents
     from pg_class c
     where c.relnamespace = 'footfall'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> all ($1::text[])
     order by c.relname`,
    [leftOut],
  );
  return inOrder(rows).map(({ table, columns, parts }) => ({ table, columns, parts: parts ?? [table] }));
}

function inOrder(rows: Row[]): Row[] {
  const ordered: Row[] = [];
  const visit = (row: Row) => {
    if (ordered.includes(row)) return;
    for (const parent of rows.filter(({ table }) => row.parents?.includes(table))) visit(parent);
    ordered.push(row);
  };
  for (const row of rows) visit(row);
  return ordered;
}

/** Names as SQL. */
export function quote(...names: string[]): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
}
