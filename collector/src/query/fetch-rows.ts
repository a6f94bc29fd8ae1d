import type { Transaction } from '../db/database.js';

const rowsAtOnce = 1_000;

/** Reads a statement through a cursor of the server, so many rows at once: the collector never holds more. */
export async function* fetchRows(
  tx: Transaction,
  sql: string,
  values: unknown[],
): AsyncGenerator<Record<string, unknown>[]> {
  await tx.query('set local cursor_tuple_fraction = 1');
  await tx.query(`declare answer no scroll cursor for ${sql}`, values);
  for (;;) {
    const rows = await tx.query(`fetch forward ${rowsAtOnce} from answer`);
    if (rows.length === 0) break;
    yield rows;
  }
  await tx.query('close answer');
}
