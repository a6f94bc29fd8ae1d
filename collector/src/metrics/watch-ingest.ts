import type { Availability } from '../db/availability.js';
import type { Database } from '../db/database.js';
import type { DiskGuard } from '../disk-guard.js';
import type { Committer } from '../ingest/group-commit.js';
import type { Spool } from '../spool/open-spool.js';
import { utcDay } from '../utc-day.js';
import type { Registry } from './registry.js';

type Watched = {
  database: Database;
  committer: Committer;
  availability: Availability;
  spool: Spool;
  disk: DiskGuard;
  now: () => number;
};

type Partitions = { days_ahead: number | null; default_rows: number };

const partitionLimitMs = 2_000;

/** What is read at each scrape rather than counted. */
export function watchIngest(registry: Registry, watched: Watched): void {
  const { database, committer, availability, spool, disk, now } = watched;
  const { gauge } = registry;
  const partitions = (key: keyof Partitions) =>
    readPartitions(watched).then((found) => found?.[key] ?? undefined);
  gauge('footfall_queue_bytes', 'Batches that wait for a transaction', committer.queueBytes);
  gauge('footfall_db_up', '1 while the database takes events', () => Number(availability.isUp()));
  gauge('footfall_pool_waiting', 'Transactions that wait for a connection', database.waiting);
  gauge(
    'footfall_spool_bytes',
    'Events on disk that wait for the database',
    async () => (await spool.measure()).bytes,
  );
  gauge('footfall_spool_oldest_seconds', 'Age of the oldest of them', async () => {
    const { oldestAt } = await spool.measure();
    return oldestAt === undefined ? 0 : Math.max(0, (now() - oldestAt) / 1000);
  });
  gauge('footfall_disk_free_bytes', 'Free on the volumes of spool and embedded database', () => [
    { labels: { volume: 'spool' }, value: disk.spool.bytes() },
    ...(disk.database ? [{ labels: { volume: 'database' }, value: disk.database.bytes() }] : []),
  ]);
  gauge('footfall_partition_days_ahead', 'Days ahead that have a partition of their own', () =>
    partitions('days_ahead'),
  );
  gauge(
    'footfall_default_partition_rows',
    'Rows that wait for a partition of their own, as the server estimates',
    () => partitions('default_rows'),
  );
}

async function readPartitions({ database, availability, now }: Watched): Promise<Partitions | undefined> {
  if (!availability.isUp()) return undefined;
  const reading = database.within(partitionLimitMs).asIngest((tx) =>
    tx.query<Partitions>(
      `/* watch-ingest.readPartitions */
       select
         max(to_date(substring(c.relname from '^events_(\\d{8})$'), 'YYYYMMDD')) - $1::date as days_ahead,
         greatest(sum(c.reltuples) filter (where c.relname = 'events_default'), 0)::integer as default_rows
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'footfall.events'::regclass`,
      [utcDay(now())],
    ),
  );
  const rows = await reading.catch(() => []);
  return rows[0];
}
