import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../start-error.js';

/** The text file that stands in a data directory whose database is kept elsewhere. */
export const noteName = 'WHERE-IS-THE-DATABASE.txt';

/** Whether the data directory has such a note. One that cannot be read is taken as absent. */
export async function hasNote(home: string): Promise<boolean> {
  return (await readNote(home)) !== undefined;
}

/** A copied or moved checkout brings the note along; going on would begin an empty database without a word. */
export async function expectNoForeignNote(home: string): Promise<void> {
  const note = await readNote(home);
  const owner = note?.split('\n')[1];
  if (owner === undefined || owner === home) return;
  throw new StartError(
    `${join(home, noteName)} is about ${owner}: expected ${home}; delete that file to begin with an empty ` +
      `database here, or set FOOTFALL_DATA_DIR=${owner} to go on with that one`,
  );
}

/** Writes the note. A data directory that cannot be written does without: the database is found by its path. */
export async function writeNote({ home, directory }: { home: string; directory: string }): Promise<void> {
  const text = [
    'The database of this directory',
    home,
    'is kept in',
    directory,
    'because PostgreSQL does not run as root and its own user cannot enter this directory.',
    'Back up and delete both together.',
  ];
  await writeFile(join(home, noteName), `${text.join('\n')}\n`).catch(() => {});
}

async function readNote(home: string): Promise<string | undefined> {
  return readFile(join(home, noteName), 'utf8').catch(() => undefined);
}
