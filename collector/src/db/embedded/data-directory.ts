import { mkdir, readdir, realpath } from 'node:fs/promises';
import { StartError } from '../../start-error.js';
import { errorCode, reasonOf } from './errno.js';

/** Creates FOOTFALL_DATA_DIR where it is missing; the answer is its absolute path without symbolic links. */
export async function makeDataDirectory(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true });
    return await realpath(dataDir);
  } catch (cause) {
    const code = errorCode(cause);
    const found = code === 'EEXIST' || code === 'ENOTDIR' ? 'found a file' : reasonOf(cause);
    throw new StartError(
      `FOOTFALL_DATA_DIR "${dataDir}": expected a directory that can be written, ${found}`,
      {
        cause,
      },
    );
  }
}

/** Whether there is anything in a directory. One that we may not look into counts as filled. */
export async function isFilled(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length > 0;
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return false;
    if (errorCode(cause) === 'EACCES') return true;
    throw new StartError(`${directory}: expected the directory of the database, ${reasonOf(cause)}`, {
      cause,
    });
  }
}
