import {
  createRateLimits,
  defaultRateLimits,
  type RateLimitSettings,
  type RateLimits,
} from '../access/rate-limits.js';
import { createSecretKeys, type SecretKeys } from '../access/secret-keys.js';
import { createSiteKeys, type SiteKeys } from '../access/site-keys.js';
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
  secretKeys: SecretKeys;
  visitors: VisitorHasher;
  availability: Availability;
  spool: Spool;
  disk: DiskGuard;
  metrics: IngestMetrics;
  registry: Registry;
  requireRoom: () => void;
  limits: RateLimits;
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
  rateLimits?: RateLimitSettings;
  now: () => number;
  log: (line: string) => void;
};

// What the database has not taken by then goes to the spool, which takes milliseconds.
const patienceMs = 2_500;
const replayStopMs = 1_000;
const saltMs = 5_000;
const prepareEveryMs = 3_600_000;

/** Puts together what stands between an accepted batch and the disk, and replays what an earlier run left in the spool. */
export async function startIngest(options: Options): Promise<Ingest> {
  const storage = await openStorage(options);
  const { availability, disk, registry, metrics, spool, replay } = storage;
  const hurry = new AbortController();
  const write = createDurableWrite({ ...storage, database: options.database, hurry: hurry.signal });
  const committer = createCommitter(write);
  const { stopPreparing, ...lookups } = await prepareLookups(options, availability);
  watchIngest(registry, { ...options, ...storage, committer });
  replay.start();

  async function stop(answered: Promise<void>): Promise<void> {
    const impatient = setTimeout(() => hurry.abort(), patienceMs);
    stopPreparing();
    await answered;
    await committer.drain();
    clearTimeout(impatient);
    availability.stop();
    disk.stop();
    await waitAtMost(replayStopMs, replay.stop());
    await spool.close();
  }

  const { rateLimits = defaultRateLimits, now } = options;
  const limits = createRateLimits(rateLimits, { now, unread: metrics.unread });
  const requireRoom = () => requireSpace(disk.database);
  const stored = { committer, availability, spool, disk, metrics, registry };
  return { ...lookups, ...stored, requireRoom, limits, stop };
}

async function openStorage(options: Options) {
  const registry = createRegistry();
  const metrics = createIngestMetrics(registry);
  const { spoolDir: directory, spoolMaxBytes: maxBytes } = options;
  const unguarded = await openSpool({ ...options, directory, maxBytes });
  const disk = await startDiskGuard(options);
  const spool: Spool = {
    ...unguarded,
    async append(record) {
      requireSpace(disk.spool);
      await unguarded.append(record);
    },
  };
  const availability = createAvailability(options);
  const replay = createReplay({ ...options, spool, availability, metrics, databaseSpace: disk.database });
  return { registry, metrics, spool, disk, availability, replay };
}

/** What a request needs to know before its events can be spooled: loaded ahead, while there is a database. */
async function prepareLookups({ database, now }: Options, availability: Availability) {
  const siteKeys = await createSiteKeys({ database, now, availability });
  const secretKeys = await createSecretKeys({ database, now, availability });
  const visitors = createVisitorHasher({ database: database.within(saltMs), now });
  await visitors.prepare();
  const timer = setInterval(() => void visitors.prepare().catch(availability.lose), prepareEveryMs).unref();
  return { siteKeys, secretKeys, visitors, stopPreparing: () => clearInterval(timer) };
}
