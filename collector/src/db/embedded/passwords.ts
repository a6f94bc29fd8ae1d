import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../start-error.js';
import { reasonOf } from './errno.js';
import type { Account } from './run.js';

/** The passwords of the superuser postgres and of the collector's login footfall. */
export type Passwords = { superuser: string; login: string };

/** Kept inside the database's directory, so that both come into being, move and are deleted together. */
export const passwordsFile = 'footfall-passwords.json';

/** New random passwords; hexadecimal, so that they need quoting neither in SQL nor in a URL. */
export function drawPasswords(): Passwords {
  return { superuser: randomBytes(24).toString('hex'), login: randomBytes(24).toString('hex') };
}

/** Reads the passwords that were drawn when the database was created. */
export async function readPasswords(directory: string): Promise<Passwords> {
  const path = join(directory, passwordsFile);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Passwords;
  } catch (cause) {
    throw new StartError(`${path}: expected the passwords of the database, ${reasonOf(cause)}`, { cause });
  }
}

/** Writes a file that only the server's user can read, and waits until it is on the disk. */
export async function writePrivately({
  path,
  text,
  account,
}: {
  path: string;
  text: string;
  account: Account | undefined;
}): Promise<void> {
  // wx: root must not follow a link that the server's user could have put there.
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (account) await file.chown(account.uid, account.gid);
    await file.sync();
  } finally {
    await file.close();
  }
}
