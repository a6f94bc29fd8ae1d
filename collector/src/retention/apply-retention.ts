import type { Database, Transaction } from '../db/database.js';
import { dropPartition, listPartitions } from '../db/partitions.js';
import { utcDay } from '../utc-day.js';
import { type Archive, createArchive } from './archive-rows.js';
import { deleteEvents, deleteOddIds, deleteSessions } from './delete-expired.js';
import { type Expiry, planExpiry, type SiteExpiry, type SiteRetention } from './plan-expiry.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const retentionLock = 0x72657461;

type Log = (line: string) => void;

/**
 * Deletes what is older than its site keeps: whole days by dropping their partition where no site keeps them, the rest
 * row by row. The oldest first and at most a tenth of the days in a run, so that a mistake can be noticed.
 */
export async function applyRetention(
  database: Database,
  now: number,
  log: Log,
  { archiveDir }: { archiveDir?: string | undefined } = {},
): Promise<void> {
  const archive = archiveDir === undefined ? undefined : createArchive(archiveDir);
  await database.asOwner(async (tx) => {
    if ((await isAlone(tx)) && (await database.asOwner((other) => doesClockAgree(other, now))))
      await expire(database, { now, log, archive });
  });
}

type Run = { now: number; log: Log; archive: Archive | undefined };

async function expire(database: Database, { now, log, archive }: Run): Promise<void> {
  const expiry = planExpiry(await readRetention(database), now);
  for (const site of expiry.sites) await freezeRollups(database, site);
  const maxDays = Math.max(1, Math.floor((await database.asOwner(listPartitions)).length / 10));
  const dropped = await dropExpiredDays(database, expiry, { maxDays, archive });
  if (dropped.length > 0) log(`retention: dropped ${dropped.join(', ')}`);
  for (const site of expiry.sites) {
    await deleteEvents(database, site, { maxDays, archive });
    await deleteSessions(database, site, archive);
    await deleteOddIds(database, site, utcDay(now - 36 * dayMs));
  }
}

// What was counted stays counted: without its events a day would be made again as zero.
async function freezeRollups(
  database: Database,
  { site, before, sessionsBefore }: SiteExpiry,
): Promise<void> {
  await database.asOwner((tx) =>
    tx.query(`select footfall.freeze_rollups($1::text, '-infinity', $2::date)`, [
      site,
      before > sessionsBefore ? before : sessionsBefore,
    ]),
  );
}

// Two collectors would do the same work twice. The lock is held by a transaction that reads no table: what it has read it
// would keep from being dropped.
async function isAlone(tx: Transaction): Promise<boolean> {
  const rows = await tx.query<{ alone: boolean }>('select pg_try_advisory_xact_lock($1::bigint) as alone', [
    retentionLock,
  ]);
  return rows[0]?.alone === true;
}

/**
 * Whether events were received in the last day by the clock that this run goes by. A clock that has jumped ahead would
 * otherwise expire everything; a collector that was off waits for its first event.
 */
async function doesClockAgree(tx: Transaction, now: number): Promise<boolean> {
  const rows = await tx.query<{ agrees: boolean }>(
    `/* apply-retention.doesClockAgree */
     select exists (
       select from footfall.events
       where event_day between $1::date and $2::date and received_at between $3::timestamptz and $4::timestamptz
     ) as agrees`,
    [
      utcDay(now - 2 * dayMs),
      utcDay(now + dayMs),
      new Date(now - dayMs).toISOString(),
      new Date(now + hourMs).toISOString(),
    ],
  );
  return rows[0]?.agrees === true;
}

async function readRetention(database: Database): Promise<SiteRetention[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<{ site: string; retention_days: number | null; session_retention_days: number | null }>(
      'select site, retention_days, session_retention_days from footfall.sites order by site',
    ),
  );
  return rows.map((row) => ({
    site: row.site,
    retentionDays: row.retention_days,
    sessionDays: row.session_retention_days,
  }));
}

async function dropExpiredDays(
  database: Database,
  { dropBefore }: Expiry,
  { maxDays, archive }: { maxDays: number; archive: Archive | undefined },
): Promise<string[]> {
  if (dropBefore === null) return [];
  const partitions = await database.asOwner(listPartitions);
  const dropped: string[] = [];
  for (const partition of partitions.filter(({ to }) => to <= dropBefore).slice(0, maxDays)) {
    if (!(await dropPartition(database, partition, archive?.writeTable))) break;
    dropped.push(partition.name);
  }
  return dropped;
}
