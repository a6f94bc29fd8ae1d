import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './errno.js';
import { findServer } from './find-server.js';
import { logFileOf } from './log-file.js';
import { readPidFile } from './pid-file.js';
import type { Place } from './place.js';

const fastMs = 30_000;
const immediateMs = 10_000;
const pollMs = 20;

/**
 * Stops a server and waits until it is gone: fast (connections end, everything is written), and when that takes
 * too long immediate, which loses nothing that was committed but lets the next start recover.
 */
export async function stopServer(
  place: Place,
  { pid, log }: { pid: number; log: (line: string) => void },
): Promise<void> {
  signal(pid, 'SIGINT');
  if (await isGone(place, { pid, waitMs: fastMs })) return;
  log(`the database server (process ${pid}) did not stop within ${fastMs / 1000} s: stopping it immediately`);
  signal(pid, 'SIGQUIT');
  if (await isGone(place, { pid, waitMs: immediateMs })) return;
  log(`the database server (process ${pid}) still runs: expected it to stop; see ${logFileOf(place)}`);
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** By its file, which it removes last: a dead process that nobody waits for still answers to its number. */
async function isGone(place: Place, { pid, waitMs }: { pid: number; waitMs: number }): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (performance.now() < deadline) {
    const file = await readPidFile(place.directory);
    if (file?.pid !== pid || (await isDead(place))) return true;
    await delay(pollMs);
  }
  return false;
}

async function isDead(place: Place): Promise<boolean> {
  const { state } = await findServer(place);
  return state === 'absent' || state === 'stale';
}
