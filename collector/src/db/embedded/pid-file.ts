import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from './errno.js';

/**
 * What a server writes about itself into its directory, line by line while it starts.
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h
 */
export type PidFile = {
  pid: number;
  directory: string;
  port: number;
  status: string;
  text: string;
  ageMs: number;
};

const pathIn = (directory: string) => join(directory, 'postmaster.pid');

/** Reads postmaster.pid; parts that are not written yet are 0 or empty. */
export async function readPidFile(directory: string): Promise<PidFile | undefined> {
  const path = pathIn(directory);
  const written = await stat(path).catch(undefinedIfMissing);
  const text = await readFile(path, 'utf8').catch(undefinedIfMissing);
  if (!written || text === undefined) return undefined;
  const [pid = '', data = '', , port = '', , , , status = ''] = text.split('\n');
  return {
    // A single-user server writes its process id as a negative number.
    pid: Math.abs(Number.parseInt(pid, 10)) || 0,
    directory: data,
    port: Number.parseInt(port, 10) || 0,
    status: status.trim(),
    text,
    ageMs: Date.now() - written.mtimeMs,
  };
}

/**
 * Takes a stale postmaster.pid away, because a server refuses to start while the number in it belongs to any
 * process of its user. By a rename: if a server started in this moment, the file is its own, and goes back.
 */
export async function takeAway(directory: string, stale: PidFile): Promise<void> {
  const aside = `${pathIn(directory)}.stale-${process.pid}`;
  await rename(pathIn(directory), aside).catch(undefinedIfMissing);
  const taken = await readFile(aside, 'utf8').catch(undefinedIfMissing);
  if (taken === undefined) return;
  if (taken === stale.text) await rm(aside, { force: true });
  else await rename(aside, pathIn(directory));
}
