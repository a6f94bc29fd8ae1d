import type { Database } from '../db/database.js';
import { sqlstateOf } from '../db/failure.js';

// To make a day again that is not one of the newest costs about as much as to read its events.
const maxDirtyDays = 4;

const lockNotAvailable = '55P03';

/**
 * Makes the marked days of a range again, where they are few.
 *
 * @returns whether the rollups now hold every event of the range that was stored before the call
 */
export async function refreshRollups(
  database: Database,
  range: { site: string; from: string; to: string; timezone: string },
): Promise<boolean> {
  const dirtyDays = await countDirtyDays(database, range);
  if (dirtyDays === 0) return true;
  if (dirtyDays === null || dirtyDays > maxDirtyDays) return false;
  try {
    await rollUpRange(database, range);
    return true;
  } catch (error) {
    if (sqlstateOf(error) === lockNotAvailable) return false;
    throw error;
  }
}

type Range = Parameters<typeof refreshRollups>[1];

/** @returns null while the rollups are in another timezone, or there are none yet */
async function countDirtyDays(database: Database, range: Range): Promise<number | null> {
  const { site, from, to, timezone } = range;
  const rows = await database.asIngest((tx) =>
    tx.query<{ days: number }>(
      `/* refresh.countDirtyDays */
       select (
         select count(distinct (m.bucket at time zone r.timezone)::date) from footfall.rollup_marks m
         where m.site = r.site and (m.bucket at time zone r.timezone)::date between $2::date and $3::date
       ) as days
       from footfall.rollup_sites r where r.site = $1::text and r.timezone = $4::text`,
      [site, from, to, timezone],
    ),
  );
  return rows[0]?.days ?? null;
}

// Another collector may be making a long backlog again: the events answer before it is done.
async function rollUpRange(database: Database, { site, from, to }: Range): Promise<void> {
  await database.asIngest(async (tx) => {
    await tx.query(`set local lock_timeout = '2s'`);
    await tx.query('select footfall.roll_up($1::text, $2::integer, $3::date, $4::date)', [
      site,
      maxDirtyDays,
      from,
      to,
    ]);
  });
}
