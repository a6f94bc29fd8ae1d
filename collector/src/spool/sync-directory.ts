import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the names in the directory of a file durable: fsync of the file alone may leave it without a name. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
