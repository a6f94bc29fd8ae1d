import type { Database } from '../db/database.js';
import { batchRows, repeat } from './delete-expired.js';

const dayMs = 86_400_000;
const keepDays = 14;

/** Deletes dead letters after 14 days, or when their site would not keep the event any longer. */
export async function deleteOldLetters(database: Database, now: number): Promise<void> {
  await repeat(database, (tx) =>
    tx.query(
      `/* delete-letters.deleteOldLetters */
       delete from footfall.dead_letter d using (
         select l.site, l.dead_letter_id from footfall.sites s
         join footfall.dead_letter l on l.site = s.site
           and l.received_at < $1::timestamptz - make_interval(days => least(s.retention_days, $2::integer))
         limit $3::integer
       ) as old
       where d.site = old.site and d.dead_letter_id = old.dead_letter_id
       returning 1`,
      [new Date(now).toISOString(), keepDays, batchRows],
    ),
  );
  const lastDay = new Date(now - keepDays * dayMs).toISOString().slice(0, 10);
  await database.asOwner(async (tx) => {
    await tx.query('delete from footfall.dead_letter_overflow where day < $1::date', [lastDay]);
    await tx.query('delete from footfall.client_drops where day < $1::date', [lastDay]);
  });
}
