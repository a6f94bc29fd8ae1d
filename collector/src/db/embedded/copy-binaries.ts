import { cp, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../start-error.js';
import type { Binaries } from './binaries.js';
import { errorCode, reasonOf, undefinedIfMissing } from './errno.js';
import { buildBeside, removeLeftovers } from './leftovers.js';
import { run } from './run.js';
import { makeSystemDirectory, systemDirectory } from './system-directory.js';

/** Copies PostgreSQL to the system directory, once for each version; complete, or not there at all. */
export async function copyBinaries(installed: Binaries, log: (line: string) => void): Promise<Binaries> {
  const name = `postgresql-${installed.version}-${process.platform}-${process.arch}`;
  const directory = join(systemDirectory, name);
  await makeSystemDirectory();
  await removeLeftovers(directory, log);
  if (!(await stat(directory).catch(undefinedIfMissing))) {
    log(`copying PostgreSQL to ${directory}, where a user other than root can run it`);
    await buildBeside(directory, (unfinished) => copyCompletely(installed.directory, unfinished, directory));
  }
  return { ...installed, directory };
}

async function copyCompletely(from: string, unfinished: string, to: string): Promise<void> {
  try {
    await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX', unfinished]);
    // Otherwise a power loss could leave empty files under the final name.
    await run('sync', []);
    await rename(unfinished, to);
  } catch (cause) {
    if (errorCode(cause) === 'ENOTEMPTY' || errorCode(cause) === 'EEXIST') return;
    throw new StartError(`PostgreSQL cannot be copied to ${to}: ${reasonOf(cause)}`, { cause });
  }
}
