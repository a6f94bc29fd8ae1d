import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../start-error.js';
import { reasonOf } from './errno.js';
import { type Account, run } from './run.js';

/** Where root puts what an unprivileged server cannot reach below root's own home. */
export const systemDirectory = '/var/lib/footfall';

/** Creates the system directory, or a folder in it, so that the server's user can enter it whatever the umask is. */
export async function makeSystemDirectory(name = ''): Promise<void> {
  for (const path of name === '' ? [systemDirectory] : [systemDirectory, join(systemDirectory, name)]) {
    try {
      if (await mkdir(path, { recursive: true })) await chmod(path, 0o755);
    } catch (cause) {
      throw new StartError(
        `${path} cannot be created: ${reasonOf(cause)}; expected to keep the database there`,
        {
          cause,
        },
      );
    }
  }
}

/** Tries as that user: permissions, access lists, mounts and sandboxes are then all taken into account. */
export async function canEnter(account: Account | undefined, directory: string): Promise<boolean> {
  if (!account) return true;
  const tried = await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { account });
  return tried.code === 0;
}
