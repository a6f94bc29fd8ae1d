import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A new directory for a spool. */
export function makeSpoolDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'footfall-spool-'));
}

/** The segments in it, oldest first, as paths. */
export async function listSpool(directory: string, pattern = /\.spool$/): Promise<string[]> {
  const names = await readdir(directory);
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** Everything that is written in the segments. */
export async function readSpool(directory: string): Promise<string> {
  const texts = await Promise.all((await listSpool(directory)).map((path) => readFile(path, 'utf8')));
  return texts.join('');
}

/** Flips one bit of a file, in the middle of where a text stands in it. */
export async function flipBit(path: string, text: string): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.indexOf(text) + Math.floor(text.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await writeFile(path, bytes);
}

export type SmallDisk = { directory: string; remove(): Promise<void> };

/** A file system of a few pages, or nothing where this user may not mount one. */
export async function mountSmallDisk(kibibytes: number): Promise<SmallDisk | undefined> {
  const directory = await makeSpoolDir();
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', directory]).then(
    () => true,
    () => false,
  );
  if (!mounted) return undefined;
  return {
    directory,
    async remove() {
      await run('umount', [directory]);
      await rm(directory, { recursive: true });
    },
  };
}
