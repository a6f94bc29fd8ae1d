import { setTimeout as delay } from 'node:timers/promises';
import { isPassing } from './failure.js';

// Deadlocks and serialisation failures pass at once; a server that was restarted needs a moment.
const pausesMs = [10, 40, 160];

/**
 * Repeats work that failed for a passing reason (SQLSTATE 40, 55, a connection that died), each time as a whole.
 * Where the COMMIT went through and only its answer was lost, the repetition finds its own rows: the work must bear it.
 */
export async function repeatPassing<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const pauseMs of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await delay(pauseMs);
  }
  return work();
}
