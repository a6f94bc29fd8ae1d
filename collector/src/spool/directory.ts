import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../start-error.js';

export type SegmentFile = { path: string; bytes: number; createdAt: number };

const segmentPattern = /^(\d{14})-[0-9a-f]{12}\.spool$/;
const damagedPattern = /\.damaged$/;
const damagedKeptMs = 14 * 86_400_000;

/** Creates the directory of the spool, which only this user may enter: it holds visitors' data. */
export async function makeSpoolDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`FOOTFALL_SPOOL_DIR "${directory}": expected a directory of one's own, ${reason}`, {
      cause,
    });
  }
}

/** A new path; names sort by the time in them. */
export function newSegmentPath(directory: string, createdAt: number): string {
  const time = String(createdAt).padStart(14, '0');
  return join(directory, `${time}-${randomBytes(6).toString('hex')}.spool`);
}

/** The segments of the directory, oldest first. */
export async function listSegments(directory: string): Promise<SegmentFile[]> {
  const names = (await readdir(directory)).filter((name) => segmentPattern.test(name)).sort();
  const found = await Promise.all(names.map((name) => describe(join(directory, name), name)));
  return found.filter((file) => file !== undefined);
}

async function describe(path: string, name: string): Promise<SegmentFile | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && { path, bytes: found.size, createdAt: Number(name.slice(0, 14)) };
}

/**
 * Takes a segment for reading by giving it a new name. Whoever still writes to it, here or in another collector on the
 * same directory, sees that it is gone before it acknowledges anything.
 */
export async function claimSegment(directory: string, file: SegmentFile): Promise<SegmentFile | undefined> {
  const path = newSegmentPath(directory, file.createdAt);
  try {
    await rename(file.path, path);
    return { ...file, path };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps a segment with damaged lines for a person to look at. A rename needs no free space. */
export async function keepDamaged(file: SegmentFile): Promise<void> {
  await rename(file.path, `${file.path}.damaged`);
}

/** The segments that were kept for a person to look at. */
export async function listDamaged(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => damagedPattern.test(name)).sort();
  return names.map((name) => join(directory, name));
}

/** Deletes damaged segments after as long as dead letters are kept. */
export async function removeOldDamaged(directory: string, now: number): Promise<void> {
  for (const name of (await readdir(directory)).filter((found) => damagedPattern.test(found))) {
    const { mtimeMs } = await stat(join(directory, name));
    if (mtimeMs < now - damagedKeptMs) await rm(join(directory, name), { force: true });
  }
}
