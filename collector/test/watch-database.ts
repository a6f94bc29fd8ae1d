import type { Database, Transaction } from '../src/db/database.js';

/** A statement that was run, and as whom: a reader of one site, or a role that sees all of them. */
export type Watched = { as: 'owner' | 'ingest' | { site: string }; sql: string };

/** The same database, which tells every statement. */
export function watchDatabase(database: Database, tell: (statement: Watched) => void): Database {
  const watch = (as: Watched['as'], tx: Transaction): Transaction => ({
    query: (sql, values) => {
      tell({ as, sql });
      return tx.query(sql, values);
    },
    send: (sql, values) => {
      tell({ as, sql });
      tx.send(sql, values);
    },
  });
  return {
    ...database,
    asOwner: (work) => database.asOwner((tx) => work(watch('owner', tx))),
    asIngest: (work) => database.asIngest((tx) => work(watch('ingest', tx))),
    withSite: (site, work) => database.withSite(site, (tx) => work(watch({ site }, tx))),
    within: (statementMs) => watchDatabase(database.within(statementMs), tell),
    scanning: () => watchDatabase(database.scanning(), tell),
  };
}
