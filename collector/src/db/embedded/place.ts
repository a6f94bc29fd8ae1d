import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../../start-error.js';
import { accountForNew, accountOwning } from './account.js';
import { isFilled, makeDataDirectory } from './data-directory.js';
import { expectNoForeignNote, hasNote, noteName, writeNote } from './elsewhere-note.js';
import type { Account } from './run.js';
import { canEnter, makeSystemDirectory, systemDirectory } from './system-directory.js';

/** Where a database is or is to be created, and the account that it belongs to. */
export type Place = { directory: string; account: Account | undefined };

/**
 * Decides where the database of a data directory is kept: in its folder postgres, or, when root starts the
 * collector and the server's user cannot enter that, in the system directory. Data that exists decides first.
 */
export async function findPlace({
  dataDir,
  log,
}: {
  dataDir: string;
  log: (line: string) => void;
}): Promise<Place> {
  const home = await makeDataDirectory(dataDir);
  const local = join(home, 'postgres');
  const elsewhere = join(systemDirectory, folderFor(home), 'postgres');
  await expectNoForeignNote(home);
  if (await isFilled(local)) return existingPlace(local);
  if (await isFilled(elsewhere)) return tell({ place: await existingPlace(elsewhere), home, log });
  await expectNoNote({ home, elsewhere });
  return newPlace({ home, log });
}

/** Two checkouts below /root both have a directory called data: the hash of the path keeps them apart. */
function folderFor(home: string): string {
  return `${basename(home)}-${createHash('sha256').update(home).digest('hex').slice(0, 10)}`;
}

async function existingPlace(directory: string): Promise<Place> {
  const account = await accountOwning(directory);
  if (await canEnter(account, dirname(directory))) return { directory, account };
  throw new StartError(
    `user ${account?.name} cannot enter ${dirname(directory)}, where the database is: expected every directory ` +
      'above the database to be open to that user (chmod o+x)',
  );
}

async function newPlace({ home, log }: { home: string; log: (line: string) => void }): Promise<Place> {
  const account = await accountForNew();
  if (await canEnter(account, home)) return { directory: join(home, 'postgres'), account };
  const folder = folderFor(home);
  await makeSystemDirectory(folder);
  const parent = join(systemDirectory, folder);
  if (!(await canEnter(account, parent)))
    throw new StartError(
      `user ${account?.name} can enter neither ${home} nor ${parent}: expected one of the two`,
    );
  return tell({ place: { directory: join(parent, 'postgres'), account }, home, log });
}

function tell({ place, home, log }: { place: Place; home: string; log: (line: string) => void }): Place {
  log(
    `PostgreSQL cannot run as root, and its user cannot enter ${home}: the database is in ${place.directory}`,
  );
  return place;
}

async function expectNoNote({ home, elsewhere }: { home: string; elsewhere: string }): Promise<void> {
  if (!(await hasNote(home))) return;
  throw new StartError(
    `${join(home, noteName)} says that the database is in ${elsewhere}, which is gone: ` +
      'restore it there, or delete that file to begin with an empty database',
  );
}

/** Leaves a note in the data directory when the database is elsewhere. Called once the database exists there. */
export async function notePlace({ dataDir, place }: { dataDir: string; place: Place }): Promise<void> {
  const home = await makeDataDirectory(dataDir);
  if (place.directory === join(home, 'postgres') || (await hasNote(home))) return;
  await writeNote({ home, directory: place.directory });
}
