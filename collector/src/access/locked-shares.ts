import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Database } from '../db/database.js';
import { derivePassword } from '../people/password.js';
import { keepSubjectKey } from '../privacy/tombstones.js';
import { findShare, sharePrefix } from './shares.js';

/** Begins the token of a link that asks for a password. */
export const lockedPrefix = 'ff_locked_';

const tokenBytes = 32;
// No site begins like this, so that the key makes nothing here that it makes elsewhere.
const purpose = 'share link\0';

/** The token of a new link that asks for a password. */
export function makeLockedToken(): string {
  return lockedPrefix + randomBytes(tokenBytes).toString('hex');
}

/**
 * What the token of a locked link and its password make together: the token that reads. Neither is stored, nor is anything
 * that a guess could be tried on elsewhere, since a key of the installation is in it.
 */
export async function deriveShareToken(
  database: Database,
  locked: string,
  password: string,
): Promise<string> {
  const key = await database.asOwner(keepSubjectKey);
  const salt = createHash('sha256').update(locked).digest();
  const derived = await derivePassword(password, salt);
  return sharePrefix + createHmac('sha256', key).update(purpose).update(derived).digest('hex');
}

/** The token that reads, for a locked link and its password; undefined where they fit to no link in force. */
export async function unlockShare(
  database: Database,
  { token, password }: { token: string; password: string },
): Promise<string | undefined> {
  const derived = await deriveShareToken(database, token, password);
  return (await findShare(database, derived)) === undefined ? undefined : derived;
}
