import type { Database } from '../db/database.js';

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

function createTurnstile(places: number) {
  let free = places;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free -= 1;
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  return {
    async take<Result>(work: () => Promise<Result>): Promise<Result> {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
