import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

const niceness = 10;
const attempts = 3;
// The kernel takes one change of a group's priority in a tenth of a second (kernel/sched/autogroup.c).
const pauseMs = 150;

/**
 * Lets a process of this machine run after all others that want the same core. Where Linux groups processes by session, the
 * niceness of the group counts and not that of the process (sched(7), autogroup): both are set. What the system refuses
 * stays as it is.
 */
export async function giveWay(processId: number): Promise<void> {
  try {
    setPriority(processId, niceness);
  } catch {
    return; // It has ended, or is another user's.
  }
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (await setGroupPriority(processId)) return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
  }
}

/** @returns false where it is worth another try */
async function setGroupPriority(processId: number): Promise<boolean> {
  try {
    await writeFile(`/proc/${processId}/autogroup`, String(niceness));
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EAGAIN');
  }
}
