import { createSiteKeys, type SiteKeys } from '../access/sites.js';
import { type Availability, createAvailability } from '../db/availability.js';
import type { Database } from '../db/database.js';
import { type DiskGuard, requireSpace, startDiskGuard } from '../disk-guard.js';
import { createIngestMetrics, type IngestMetrics } from '../metrics/ingest-metrics.js';
import { createRegistry, type Registry } from '../metrics/registry.js';
import { watchIngest } from '../metrics/watch-ingest.js';
import { openSpool, type Spool } from '../spool/open-spool.js';
import { createReplay } from '../spool/replay.js';
import { waitAtMost } from '../wait-at-most.js';
import { type Committer, createCommitter } from './group-commit.js';
import { createVisitorHasher, type VisitorHasher } from './visitor.js';
import { createDurableWrite } from './write-durably.js';

export type Ingest = {
  committer: Committer;
  siteKeys: SiteKeys;
  visitors: VisitorHasher;
  availability: Availability;
  spool: Spool;
  disk: DiskGuard;
  metrics: IngestMetrics;
  registry: Registry;
  requireRoom: () => void;
  /**
   * Stores what is waiting, or spools it where the database takes too long.
   *
   * @param answered resolves when no more batches come
   */
  stop(answered: Promise<void>): Promise<void>;
};

type Options = {
  database: Database;
  /** Of an embedded server. */
  databaseDir: string | undefined;
  spoolDir: string;
  spoolMaxBytes: number;
  minFreeBytes: number | undefined;
  now: () => number;
  log: (line: string) => void;
};

// What the database has not taken by then goes to the spool, which takes milliseconds.
const patienceMs = 2_500;
const replayStopMs = 1_000;
const prepareEveryMs = 3_600_000;

/** Puts together what stands between an accepted batch and the disk, and replays what an earlier run left in the spool. */
export async function startIngest(options: Options): Promise<Ingest> {
  const { database, now } = options;
  const registry = createRegistry();
  const metrics = createIngestMetrics(registry);
  const spool = await openSpool({ ...options, directory: options.spoolDir, maxBytes: options.spoolMaxBytes });
  const disk = await startDiskGuard(options);
  const availability = createAvailability(options);
  const hurry = new AbortController();
  const guarded = { append: (record: Buffer) => appendGuarded(spool, disk, record) };
  const { flushEvents } = metrics;
  const write = createDurableWrite({
    database,
    availability,
    spool: guarded,
    hurry: hurry.signal,
    flushEvents,
  });
  const committer = createCommitter(write);
  const siteKeys = await createSiteKeys({ database, now, isUp: availability.isUp });
  const visitors = createVisitorHasher({ database, now });
  await visitors.prepare();
  const preparing = setInterval(
    () => void visitors.prepare().catch(availability.lose),
    prepareEveryMs,
  ).unref();
  const replay = createReplay({ ...options, spool, availability, metrics, databaseSpace: disk.database });
  watchIngest(registry, { ...options, committer, availability, spool, disk });
  replay.start();

  async function stop(answered: Promise<void>): Promise<void> {
    const impatient = setTimeout(() => hurry.abort(), patienceMs);
    clearInterval(preparing);
    await answered;
    await committer.drain();
    clearTimeout(impatient);
    availability.stop();
    disk.stop();
    await waitAtMost(replayStopMs, replay.stop());
    await spool.close();
  }

  const requireRoom = () => requireSpace(disk.database);
  return { committer, siteKeys, visitors, availability, spool, disk, metrics, registry, requireRoom, stop };
}

async function appendGuarded(spool: Spool, disk: DiskGuard, record: Buffer): Promise<void> {
  requireSpace(disk.spool);
  await spool.append(record);
}
