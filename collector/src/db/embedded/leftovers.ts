import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from './errno.js';
import { isAlive } from './is-alive.js';

const inProgress = new Set<string>();
const namePattern = /\.unfinished-(\d+)-[0-9a-f]{8}$/;

/**
 * Runs `build` with the name of a sibling of `path` to work in, and removes what is left of it afterwards.
 * `path` itself comes into being by the one rename at the end of `build`, so that it is complete or absent.
 */
export async function buildBeside<T>(path: string, build: (unfinished: string) => Promise<T>): Promise<T> {
  const unfinished = `${path}.unfinished-${process.pid}-${randomBytes(4).toString('hex')}`;
  inProgress.add(unfinished);
  try {
    return await build(unfinished);
  } finally {
    await remove(unfinished);
    inProgress.delete(unfinished);
  }
}

/** Removes what a killed `buildBeside` of the same path left; work of a process that still lives is left alone. */
export async function removeLeftovers(path: string, log: (line: string) => void): Promise<void> {
  const names = await readdir(dirname(path));
  const paths = names
    .filter((name) => name.startsWith(`${basename(path)}.`))
    .map((name) => join(dirname(path), name));
  for (const leftover of paths.filter(isAbandoned)) {
    log(`removing ${leftover}, left by a start that was interrupted before it was complete`);
    await remove(leftover).catch((error) => log(`${leftover} cannot be removed: ${reasonOf(error)}`));
  }
}

function isAbandoned(path: string): boolean {
  const pid = Number(namePattern.exec(path)?.[1] ?? 0);
  if (pid === 0 || inProgress.has(path)) return false;
  // In a container the next start often has the process id of the last one: our own number proves nothing.
  return pid === process.pid || !isAlive(pid);
}

function remove(path: string): Promise<void> {
  // An initdb that outlived its killed parent may still write there for a moment (ENOTEMPTY): rm tries again.
  return rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
