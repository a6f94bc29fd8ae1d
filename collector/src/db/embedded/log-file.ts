import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from './errno.js';
import type { Place } from './place.js';

const maxBytes = 10 * 1024 * 1024;
const keptBytes = 1024 * 1024;

/** The server's log; in the database's directory, because only its owner may read it. */
export function logFileOf({ directory }: Place): string {
  return join(directory, 'server.log');
}

/** Opens the log to append to it. Never through a link: the directory belongs to a less privileged user than root. */
export async function openLog(place: Place): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await open(logFileOf(place), flags, 0o600);
  if (place.account) await file.chown(place.account.uid, place.account.gid);
  return file;
}

/**
 * Cuts a log of more than 10 MiB down to its last MiB, in place: the running server has the file open and appends.
 * Lines that it writes between the reading and the cut are lost.
 */
export async function boundLog(place: Place): Promise<void> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW;
  const file = await open(logFileOf(place), flags).catch(undefinedIfMissing);
  if (!file) return;
  try {
    const { size } = await file.stat();
    if (size > maxBytes) await keepEnd(file, size);
  } finally {
    await file.close();
  }
}

async function keepEnd(file: FileHandle, size: number): Promise<void> {
  const { buffer } = await file.read({ buffer: Buffer.alloc(keptBytes), position: size - keptBytes });
  await file.truncate(0);
  await file.write(buffer.subarray(buffer.indexOf('\n') + 1));
}

/** What the server wrote since the log had that size. */
export async function readLogFrom(place: Place, position: number): Promise<string> {
  const file = await open(logFileOf(place), 'r');
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(64 * 1024), position });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
