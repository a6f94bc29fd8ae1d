import { chown, mkdir, open, rename } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { StartError } from '../../start-error.js';
import type { Binaries } from './binaries.js';
import { errorCode, reasonOf } from './errno.js';
import { buildBeside } from './leftovers.js';
import { drawPasswords, type Passwords, passwordsFile, writePrivately } from './passwords.js';
import type { Place } from './place.js';
import { type Ran, reasonOfFailure, run } from './run.js';
import { initialSettings } from './settings.js';

type Site = { place: Place; binaries: Binaries; passwords: Passwords; unfinished: string; data: string };

/**
 * Creates the database beside its final place and renames it there when it is complete, so that a kill at any
 * moment leaves no database or a whole one. False: another process was faster, and its database is the one.
 */
export async function createCluster({
  place,
  binaries,
  log,
}: {
  place: Place;
  binaries: Binaries;
  log: (line: string) => void;
}): Promise<boolean> {
  log(`creating the database in ${place.directory} (first start, a few seconds)`);
  return buildBeside(place.directory, async (unfinished) => {
    const site = { place, binaries, passwords: drawPasswords(), unfinished, data: join(unfinished, 'data') };
    await prepare(site);
    await initialise(site);
    await addLoginAndDatabase(site);
    await keepPasswords(site);
    return moveIntoPlace(site);
  });
}

async function prepare({ place, unfinished }: Site): Promise<void> {
  try {
    await mkdir(unfinished, { mode: 0o700 });
    if (place.account) await chown(unfinished, place.account.uid, place.account.gid);
  } catch (cause) {
    throw new StartError(
      `${dirname(place.directory)}: expected a directory that can be written, ${reasonOf(cause)}`,
      { cause },
    );
  }
}

async function initialise({ place, binaries, passwords, unfinished, data }: Site): Promise<void> {
  const { account } = place;
  const passwordFile = join(unfinished, 'password');
  await writePrivately({ path: passwordFile, text: `${passwords.superuser}\n`, account });
  const encoding = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const settings = initialSettings(usableMemory()).flatMap((setting) => ['-c', setting]);
  const args = ['-D', data, ...encoding, ...access, '--data-checksums', '--no-instructions', ...settings];
  expectSuccess({ place, ran: await run(join(binaries.directory, 'bin', 'initdb'), args, { account }) });
}

// What a container may use is less than what the machine has; without a limit it is 0, or more than any machine has.
function usableMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/** In a single-user server: nothing can connect before the login has a password, and no port is needed. */
async function addLoginAndDatabase({ place, binaries, passwords, data }: Site): Promise<void> {
  const args = ['--single', '-D', data, '-c', 'exit_on_error=on', '-c', 'log_checkpoints=off', 'postgres'];
  const statements = [
    `create role footfall login createdb createrole password '${passwords.login}'`,
    'create database footfall owner footfall',
  ];
  const postgres = join(binaries.directory, 'bin', 'postgres');
  const input = `${statements.join('\n')}\n`;
  expectSuccess({ place, ran: await run(postgres, args, { account: place.account, input }) });
}

function expectSuccess({ place, ran }: { place: Place; ran: Ran }): void {
  if (ran.code === 0) return;
  throw new StartError(`the database in ${place.directory} could not be created: ${reasonOfFailure(ran)}`);
}

async function keepPasswords({ place, passwords, data }: Site): Promise<void> {
  const text = `${JSON.stringify(passwords)}\n`;
  await writePrivately({ path: join(data, passwordsFile), text, account: place.account });
}

async function moveIntoPlace({ place, data }: Site): Promise<boolean> {
  try {
    await rename(data, place.directory);
  } catch (cause) {
    if (errorCode(cause) === 'ENOTEMPTY' || errorCode(cause) === 'EEXIST') return false;
    throw new StartError(`the database cannot be moved to ${place.directory}: ${reasonOf(cause)}`, { cause });
  }
  await syncDirectory(dirname(place.directory));
  return true;
}

/** The new name is on the disk only when the directory that holds it is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}
