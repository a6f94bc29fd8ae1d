import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { startExperiment, stopExperiment } from './change-experiment.js';

type Due = { site: string; experiment: string; status: 'draft' | 'running' };

/** Starts the drafts and stops the experiments whose time has come. */
export async function followSchedule(
  database: Database,
  now: number,
  log: (line: string) => void,
): Promise<void> {
  const due = await database.asOwner((tx) =>
    tx.query<Due>(
      `/* follow-schedule.followSchedule */
       select site, experiment, status from footfall.experiments
       where (status = 'draft' and starts_at <= $1::timestamptz and (ends_at is null or ends_at > $1::timestamptz))
         or (status = 'running' and ends_at <= $1::timestamptz)`,
      [new Date(now).toISOString()],
    ),
  );
  for (const one of due) await follow(database, one, { now, log });
}

async function follow(
  database: Database,
  { site, experiment: key, status }: Due,
  { now, log }: { now: number; log: (line: string) => void },
): Promise<void> {
  const change = status === 'draft' ? startExperiment : stopExperiment;
  try {
    await change(database, { site, key }, { actor: 'schedule', now });
  } catch (error) {
    // Another collector was faster, or its layer is taken: the next run tries again.
    if (!(error instanceof Refusal)) throw error;
    if (error.code !== 'wrong_state') log(`experiment ${key} of site ${site}: ${error.message}`);
  }
}
