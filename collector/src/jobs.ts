import type { Database } from './db/database.js';
import { ensureRecentPartitions } from './db/partitions.js';
import { deleteOldSalts } from './ingest/visitor.js';
import { deleteOldLinks } from './sessions/links.js';
import { deleteOldWaiting } from './sessions/waiting.js';

export type Job = { name: string; everyMs: number; run: (database: Database, now: number) => Promise<void> };

const hourMs = 3_600_000;

/** What the collector does besides answering. Each job may run twice, or on several collectors at once. */
export const jobs: Job[] = [
  { name: 'partitions', everyMs: hourMs, run: ensureRecentPartitions },
  { name: 'visitor salts', everyMs: hourMs, run: deleteOldSalts },
  { name: 'visitor links', everyMs: hourMs, run: deleteOldLinks },
  { name: 'waiting events', everyMs: hourMs, run: deleteOldWaiting },
];

type Deps = { database: Database; now: () => number; log: (line: string) => void };

/** Runs every job once, so that a failure stops the start, and then at its interval. */
export async function startJobs({ database, now, log }: Deps): Promise<{ stop(): Promise<void> }> {
  for (const job of jobs) await job.run(database, now());
  const running = new Set<Promise<void>>();
  const timers = jobs.map((job) => setInterval(() => void track(job), job.everyMs).unref());

  async function track(job: Job): Promise<void> {
    const run = job.run(database, now()).catch((error: unknown) => log(`job ${job.name}: ${String(error)}`));
    running.add(run);
    await run;
    running.delete(run);
  }

  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
