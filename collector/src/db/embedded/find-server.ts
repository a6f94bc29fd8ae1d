import { stat } from 'node:fs/promises';
import { StartError } from '../../start-error.js';
import { undefinedIfMissing } from './errno.js';
import { isAlive } from './is-alive.js';
import { type PidFile, readPidFile } from './pid-file.js';
import type { Place } from './place.js';
import { run } from './run.js';

/** absent: none runs; stale: none runs, and its file is in the way; busy: one is starting or shutting down. */
export type Found =
  | { state: 'absent' | 'busy' }
  | { state: 'stale'; file: PidFile }
  | { state: 'ready'; pid: number; port: number };

/** A server writes its process id in the moment in which it creates the file; one still empty is a torn write. */
const emptyFileMs = 10_000;

/** Looks whether a server runs in the directory of the database, whoever started it. */
export async function findServer(place: Place): Promise<Found> {
  const file = await readPidFile(place.directory);
  if (!file) return { state: 'absent' };
  if (file.pid === 0) return file.ageMs > emptyFileMs ? { state: 'stale', file } : { state: 'busy' };
  // The next server removes the file of a dead process by itself, after making sure that its children are gone.
  if (!isAlive(file.pid)) return { state: 'absent' };
  if (await runsIn({ ...place, pid: file.pid })) return describe(file);
  await expectNoCopy({ place, file });
  return { state: 'stale', file };
}

function describe({ pid, port, status }: PidFile): Found {
  return status === 'ready' ? { state: 'ready', pid, port } : { state: 'busy' };
}

/**
 * Whether that process is a server of the directory, and not a program that got the number after a power loss.
 * A server works in its directory. Asked as its own user: root in a container may not look at other users' processes.
 */
async function runsIn({ directory, account, pid }: Place & { pid: number }): Promise<boolean> {
  if (process.platform === 'linux') {
    const question = '[ "/proc/$1/cwd" -ef "$2" ]';
    return (await run('/bin/sh', ['-c', question, 'sh', String(pid), directory], { account })).code === 0;
  }
  return (await run('ps', ['-p', String(pid), '-o', 'command='])).stdout.includes(directory);
}

/** A directory copied while its server ran is torn, and its postmaster.pid is that of the original. */
async function expectNoCopy({ place, file }: { place: Place; file: PidFile }): Promise<void> {
  if (file.directory === '' || (await isSameDirectory(file.directory, place.directory))) return;
  if (!(await runsIn({ ...place, directory: file.directory, pid: file.pid }))) return;
  throw new StartError(
    `${place.directory} is a copy of ${file.directory} taken while its server (process ${file.pid}) ran: ` +
      'expected a copy of a stopped database; stop that one and copy again',
  );
}

/** Whether two paths lead to the same directory. */
export async function isSameDirectory(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => stat(path).catch(undefinedIfMissing)));
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}
