import type { Database, Transaction } from '../db/database.js';
import type { Archive } from './archive-rows.js';
import type { SiteExpiry } from './plan-expiry.js';

export const batchRows = 5_000;

/** Deletes the events of the oldest expired days of a site, in batches: no statement holds many rows for long. */
export async function deleteEvents(
  database: Database,
  { site, from, before }: SiteExpiry,
  { maxDays, archive }: { maxDays: number; archive: Archive | undefined },
): Promise<void> {
  for (let count = 0; count < maxDays; count++) {
    const day = await findOldestDay(database, { site, from, before });
    if (day === null) return;
    await repeat(database, (tx) =>
      deleteArchived(tx, { archive, name: `events_${site}_${day}` }, [
        `/* delete-expired.deleteEvents */
         delete from footfall.events t where site = $1::text and event_day = $2::date and event_id in (
           select event_id from footfall.events where site = $1::text and event_day = $2::date limit $3::integer
         )`,
        [site, day, batchRows],
      ]),
    );
  }
}

async function findOldestDay(
  database: Database,
  { site, from, before }: Omit<SiteExpiry, 'sessionsBefore'>,
): Promise<string | null> {
  const rows = await database.asOwner((tx) =>
    tx.query<{ day: string | null }>(
      `/* delete-expired.findOldestDay */
       select min(event_day) as day from footfall.events
       where site = $1::text and event_day >= $2::date and event_day < $3::date`,
      [site, from, before],
    ),
  );
  return rows[0]?.day ?? null;
}

type Deletion = [sql: string, values: unknown[]];

async function deleteArchived(
  tx: Transaction,
  { archive, name }: { archive: Archive | undefined; name: string },
  [sql, values]: Deletion,
): Promise<unknown[]> {
  if (!archive) return tx.query(`${sql} returning 1`, values);
  const rows = await tx.query<{ row: unknown }>(`${sql} returning to_jsonb(t) as row`, values);
  await archive.write(
    name,
    rows.map(({ row }) => row),
  );
  return rows;
}

/** Deletes the sessions of a site that were last seen before its days end. */
export async function deleteSessions(
  database: Database,
  { site, sessionsBefore }: SiteExpiry,
  archive: Archive | undefined,
): Promise<void> {
  await repeat(database, (tx) =>
    deleteArchived(tx, { archive, name: `sessions_${site}_before_${sessionsBefore}` }, [
      `/* delete-expired.deleteSessions */
       delete from footfall.sessions t where site = $1::text and session_id in (
         select session_id from footfall.sessions
         where site = $1::text and started_at < $2::timestamptz and last_seen_at < $2::timestamptz
         order by started_at limit $3::integer
       )`,
      [site, `${sessionsBefore}T00:00:00Z`, batchRows],
    ]),
  );
}

/** Forgets where odd events of expired days went, once no browser may send them again. */
export async function deleteOddIds(
  database: Database,
  { site, before }: SiteExpiry,
  lastRetry: string,
): Promise<void> {
  await repeat(database, (tx) =>
    tx.query(
      `/* delete-expired.deleteOddIds */
       delete from footfall.odd_ids where site = $1::text and event_id in (
         select event_id from footfall.odd_ids where site = $1::text and event_day < $2::date limit $3::integer
       ) returning 1`,
      [site, before < lastRetry ? before : lastRetry, batchRows],
    ),
  );
}

/** Repeats a delete, a transaction each, until it finds less than a full batch. */
export async function repeat(
  database: Database,
  deleteBatch: (tx: Transaction) => Promise<unknown[]>,
): Promise<void> {
  for (;;) {
    const deleted = await database.asOwner(deleteBatch);
    if (deleted.length < batchRows) return;
  }
}
