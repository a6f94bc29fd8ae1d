import type { Database } from '../db/database.js';
import { createTurnstile } from '../turnstile.js';

// Of the ten connections of a collector: however much is asked, the others are left to what has to be stored.
const maxReaders = 4;

/** The same database, of which so many readers at once are served in the order in which they came. */
export function limitReaders(database: Database): Database {
  const turn = createTurnstile(maxReaders);

  function limit(inner: Database): Database {
    return {
      ...inner,
      // A question may have rollups made first.
      asIngest: (work) => turn.take(() => inner.asIngest(work)),
      withSite: (site, work) => turn.take(() => inner.withSite(site, work)),
      within: (statementMs) => limit(inner.within(statementMs)),
    };
  }

  return limit(database);
}
