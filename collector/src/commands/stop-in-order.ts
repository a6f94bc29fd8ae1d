import type { Store } from '../db/open-store.js';
import type { Ingest } from '../ingest/start-ingest.js';
import type { RunningServer } from '../server.js';
import { waitAtMost } from '../wait-at-most.js';

/** What runs in a collector. */
export type Parts = {
  stopping: AbortController;
  server: RunningServer;
  jobs: { stop(): Promise<void> };
  ingest: Ingest;
  store: Store;
  log: (line: string) => void;
};

// In sum, with what ingest allows itself, below the ten seconds that supervisors give.
const jobsStopMs = 4_000;
const storeCloseMs = 3_000;

/** Backwards: nothing new comes in, what is under way is stored or spooled and answered, then all is closed. */
export async function stopInOrder({ stopping, server, jobs, ingest, store, log }: Parts): Promise<void> {
  stopping.abort();
  const answered = server.stop();
  await Promise.all([ingest.stop(answered), waitAtMost(jobsStopMs, jobs.stop())]);
  await closeStore(store, log);
}

/** Closes the database. A server of ours that takes long over it ends by itself: it has its signal. */
export async function closeStore(store: Store, log: (line: string) => void): Promise<void> {
  const closed = await waitAtMost(storeCloseMs, store.close());
  if (closed === 'late') log(`the database is still closing after ${storeCloseMs / 1000} s: left to itself`);
}
