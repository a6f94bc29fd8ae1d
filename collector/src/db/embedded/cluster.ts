import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../start-error.js';
import type { Binaries } from './binaries.js';
import { isFilled } from './data-directory.js';
import { undefinedIfMissing } from './errno.js';
import { type Passwords, passwordsFile } from './passwords.js';
import type { Place } from './place.js';

/** A complete database directory and what it takes to start a server in it. */
export type Cluster = Place & { binaries: Binaries; passwords: Passwords };

/** Without pg_control no server starts; without the passwords nobody gets in. */
const required = ['PG_VERSION', join('global', 'pg_control'), passwordsFile];

/**
 * Whether the database exists. Throws when something is there that is not a complete database of this version:
 * it may be all that is left of somebody's data, so nothing is touched.
 */
export async function hasCluster({
  place,
  binaries,
}: {
  place: Place;
  binaries: Binaries;
}): Promise<boolean> {
  const { directory } = place;
  if (!(await isFilled(directory))) return false;
  await expectVersion({ directory, binaries });
  for (const name of required) await expectFile({ directory, name });
  return true;
}

async function expectVersion({
  directory,
  binaries,
}: {
  directory: string;
  binaries: Binaries;
}): Promise<void> {
  const written = await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(undefinedIfMissing);
  const found = written?.trim();
  const major = binaries.version.split('.', 1).join('');
  if (found === undefined || found === major) return;
  throw new StartError(
    `${directory} was created by PostgreSQL ${found}: expected PostgreSQL ${major}; run footfall backup with the ` +
      'release that created it, move the directory away, then run footfall restore with this one',
  );
}

async function expectFile({ directory, name }: { directory: string; name: string }): Promise<void> {
  if (await stat(join(directory, name)).catch(undefinedIfMissing)) return;
  throw new StartError(
    `${directory} is not a complete database: expected a file ${name} in it; restore what is missing, or move the ` +
      'directory away to begin with an empty database (nothing was changed)',
  );
}
