import { evaluateAlerts } from './alerts/evaluate-alerts.js';
import type { Database } from './db/database.js';
import { keepPartitions } from './db/partitions.js';
import { followSchedule } from './experiments/follow-schedule.js';
import { recordSignificance } from './experiments/results/record-significance.js';
import { deleteOldSalts } from './ingest/visitor.js';
import { sendDueReports } from './mail-reports/send-due.js';
import {
  type DeliverySettings,
  deleteOldNotifications,
  deliverNotifications,
} from './notifications/deliver.js';
import { deleteEndedSessions } from './people/sessions.js';
import { deleteOldTombstones } from './privacy/tombstones.js';
import { applyRetention } from './retention/apply-retention.js';
import { deleteOldLetters } from './retention/delete-letters.js';
import { endSessions, rollUp } from './rollups/roll-up.js';
import { deleteOldLinks } from './sessions/links.js';
import { deleteOldWaiting } from './sessions/waiting.js';

/** What the operator of the installation has set. */
export type JobSettings = DeliverySettings & {
  /** Where rows are written before retention deletes them. */
  archiveDir?: string | undefined;
  publicUrl?: string | undefined;
};

export type Job = {
  name: string;
  everyMs: number;
  run: (database: Database, now: number, log: (line: string) => void, settings: JobSettings) => Promise<void>;
  /** Answering begins without it, as after a long pause it may take minutes: it runs a minute after the start. */
  canWait?: boolean;
  /** It mostly waits for others than the database, and needs no rest after that. */
  isIdle?: boolean;
};

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const firstWaitMs = 60_000;

// A job that ran for a second rests for nineteen: what runs beside the requests takes at most a twentieth of the time.
const restPerRun = 19;
// While the database is away, one line in the log is enough for a while.
const restAfterFailureMs = 30_000;

/** What the collector does besides answering. Each job may run twice, or on several collectors at once. */
export const jobs: Job[] = [
  { name: 'partitions', everyMs: hourMs, run: keepPartitions },
  { name: 'visitor salts', everyMs: hourMs, run: deleteOldSalts },
  { name: 'retention', everyMs: hourMs, run: applyRetention, canWait: true },
  { name: 'old dead letters', everyMs: hourMs, run: deleteOldLetters, canWait: true },
  { name: 'tombstones', everyMs: hourMs, run: deleteOldTombstones, canWait: true },
  { name: 'operator sessions', everyMs: hourMs, run: deleteEndedSessions, canWait: true },
  { name: 'rollups', everyMs: secondMs, run: rollUp },
  { name: 'session ends', everyMs: minuteMs, run: endSessions },
  { name: 'experiment schedule', everyMs: 10 * secondMs, run: followSchedule },
  { name: 'experiment significance', everyMs: minuteMs, run: recordSignificance, canWait: true },
  { name: 'alerts', everyMs: 15 * secondMs, run: evaluateAlerts, canWait: true },
  { name: 'mail reports', everyMs: minuteMs, run: sendDueReports, canWait: true },
  { name: 'notifications', everyMs: 5 * secondMs, run: deliverNotifications, canWait: true, isIdle: true },
  { name: 'old notifications', everyMs: hourMs, run: deleteOldNotifications, canWait: true },
  { name: 'visitor links', everyMs: hourMs, run: deleteOldLinks },
  { name: 'waiting events', everyMs: hourMs, run: deleteOldWaiting },
];

type Deps = JobSettings & { database: Database; now: () => number; log: (line: string) => void };

/** Runs every job once, so that the failure of one that answering needs stops the start, and then at its interval. */
export async function startJobs({
  database,
  now,
  log,
  ...settings
}: Deps): Promise<{ stop(): Promise<void> }> {
  for (const job of jobs) if (!job.canWait) await job.run(database, now(), log, settings);
  const running = new Set<Promise<void>>();
  const restingUntil = new Map<Job, number>();
  const timers = jobs.map((job) => setInterval(() => void track(job), job.everyMs).unref());

  const later = jobs.filter(({ canWait }) => canWait);
  timers.push(...later.map((job) => setTimeout(() => void track(job), firstWaitMs).unref()));

  async function track(job: Job): Promise<void> {
    const startedAt = performance.now();
    if (startedAt < (restingUntil.get(job) ?? 0)) return;
    restingUntil.set(job, Number.POSITIVE_INFINITY);
    let minRestMs = 0;
    const run = job.run(database, now(), log, settings).catch((error: unknown) => {
      log(`job ${job.name}: ${String(error)}`);
      minRestMs = restAfterFailureMs;
    });
    running.add(run);
    await run;
    running.delete(run);
    const endedAt = performance.now();
    const restMs = job.isIdle ? 0 : restPerRun * (endedAt - startedAt);
    restingUntil.set(job, endedAt + Math.max(minRestMs, restMs));
  }

  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
