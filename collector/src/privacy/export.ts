import type { Database } from '../db/database.js';
import { readSpooled } from '../spool/erase-spooled.js';
import { keepExisting, listEventTables } from './delete-rows.js';
import { personalTables } from './personal-tables.js';
import { findSubject, type SubjectName, withSubject } from './subject.js';

/** One line of an export. */
export type ExportedRow = { table: string; row: unknown };

type Deps = { database: Database; spoolDir: string };
type Row = { row: unknown };

const pageRows = 1_000;

/**
 * Everything that is stored about a person, row by row: the tables of personal-tables.ts, and what waits in the spool of
 * this collector. What comes in meanwhile may be in it or not.
 */
export async function* exportSubject(
  { database, spoolDir }: Deps,
  name: SubjectName,
): AsyncGenerator<ExportedRow> {
  const subject = await findSubject(database, name);
  const events: string[] = [];
  for (const partition of await database.asOwner(listEventTables)) {
    for await (const row of readRows({ table: partition, of: 'events' })) {
      events.push((row as { event_id: string }).event_id);
      yield { table: 'events', row };
    }
  }
  const others = await database.asOwner((tx) => keepExisting(tx, personalTables));
  for (const { table } of others.filter((one) => one.table !== 'events'))
    for await (const row of readRows({ table, of: table })) yield { table, row };
  for (const row of await readSpooled(spoolDir, subject)) yield { table: 'spool', row };

  // By the address of the row, so that a page costs what it holds; a row that moves meanwhile is one that changed.
  async function* readRows({ table, of }: { table: string; of: string }): AsyncGenerator<unknown> {
    const holds = personalTables.find((one) => one.table === of)?.holds ?? 'false';
    const { clause, values } = withSubject(subject, { events });
    for (let after = '(0,0)'; ; ) {
      const rows: (Row & { at: string })[] = await database.asOwner((tx) =>
        tx.query<Row & { at: string }>(
          `/* export.readRows */
           ${clause} select t.ctid::text as at, to_jsonb(t) as row from footfall.${table} t, s
           where t.site = s.site and (${holds}) and t.ctid > $7::text::tid order by t.ctid limit ${pageRows}`,
          [...values, after],
        ),
      );
      for (const { row } of rows) yield row;
      const last = rows.at(-1);
      if (!last || rows.length < pageRows) return;
      after = last.at;
    }
  }
}
