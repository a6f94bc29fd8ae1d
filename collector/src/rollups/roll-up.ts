import type { Database } from '../db/database.js';

// Few, so that a reader who waits for the lock of a site gets it soon.
const daysAtOnce = 2;
const maxRunMs = 1_000;

/**
 * Brings the rollups of every site up to date. A site that another collector is at is left to it; what cannot be done
 * within a second waits for the next run.
 */
export async function rollUp(database: Database): Promise<void> {
  const deadline = performance.now() + maxRunMs;
  for (const site of await findDirtySites(database)) {
    while (performance.now() < deadline && (await rollUpSome(database, site)) > 0);
  }
}

async function findDirtySites(database: Database): Promise<string[]> {
  const rows = await database.asIngest((tx) =>
    tx.query<{ site: string }>(
      `/* roll-up.findDirtySites */
       select distinct site from footfall.rollup_marks order by site`,
    ),
  );
  return rows.map(({ site }) => site);
}

/** @returns how many days were made again; 0 where nothing is marked or another collector is at it */
function rollUpSome(database: Database, site: string): Promise<number> {
  return database.asIngest(async (tx) => {
    const rows = await tx.query<{ days: number }>(
      `/* roll-up.rollUpSome */
       select case when pg_try_advisory_xact_lock(footfall.lock_rollups($1::text))
         then footfall.roll_up($1::text, $2::integer) else 0 end as days`,
      [site, daysAtOnce],
    );
    return rows[0]?.days ?? 0;
  });
}

/** Ends the sessions that saw nothing for 30 minutes. */
export async function endSessions(database: Database, now: number): Promise<void> {
  await database.asIngest((tx) =>
    tx.query('select footfall.end_sessions($1::timestamptz)', [new Date(now).toISOString()]),
  );
}
