import { stat } from 'node:fs/promises';
import { StartError } from '../../start-error.js';
import { reasonOf } from './errno.js';
import { type Account, type Ran, reasonOfFailure, run } from './run.js';

const preferredNames = ['footfall', 'postgres'];

/** Whether the collector runs as root, which PostgreSQL refuses to run as. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The account for a new database: the collector's own, or for root an unprivileged one, created when none exists. */
export async function accountForNew(): Promise<Account | undefined> {
  if (!isRoot()) return undefined;
  for (const name of preferredNames) {
    const account = await lookUp(name);
    if (account) return account;
  }
  return createAccount('footfall');
}

/** The account that an existing database belongs to: PostgreSQL starts only as the owner of the directory. */
export async function accountOwning(directory: string): Promise<Account | undefined> {
  const { uid, gid } = await statOwned(directory);
  if (!isRoot()) return refuseForeign({ directory, uid });
  return uid === 0 ? accountForNew() : { uid, gid, name: `uid ${uid}` };
}

/** A database restored with `cp` or `tar` by root belongs to root, and no server could ever open it. */
export async function giveToAccount(directory: string, account: Account | undefined): Promise<void> {
  if (!account || (await statOwned(directory)).uid !== 0) return;
  const changed = await run('chown', ['-hR', `${account.uid}:${account.gid}`, directory]);
  if (changed.code === 0) return;
  throw new StartError(`${directory} cannot be given to user ${account.name}: ${reasonOfFailure(changed)}`);
}

async function statOwned(directory: string): Promise<{ uid: number; gid: number }> {
  try {
    return await stat(directory);
  } catch (cause) {
    throw new StartError(`${directory}: expected a directory that this user can read, ${reasonOf(cause)}`, {
      cause,
    });
  }
}

function refuseForeign({ directory, uid }: { directory: string; uid: number }): undefined {
  if (uid === process.getuid?.()) return undefined;
  throw new StartError(
    `${directory} belongs to uid ${uid}: expected uid ${process.getuid?.()}; run footfall as that user or as root`,
  );
}

async function lookUp(name: string): Promise<Account | undefined> {
  const uid = await run('id', ['-u', name]);
  const gid = await run('id', ['-g', name]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout), name };
}

async function createAccount(name: string): Promise<Account> {
  const failed = await addUser(name);
  const account = await lookUp(name);
  if (account) return account;
  throw new StartError(
    `PostgreSQL does not run as root, and no user ${preferredNames.join(' or ')} exists or could be created ` +
      `(${failed}): expected to run as an ordinary user, such a user, or DATABASE_URL`,
  );
}

async function addUser(name: string): Promise<string> {
  const nowhere = '/nonexistent';
  const shadow = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    nowhere,
    '--shell',
    '/bin/false',
  ];
  const added: Ran = await run('useradd', [...shadow, name]);
  if (added.code === 0) return '';
  // BusyBox has no useradd; its adduser takes short options only and needs the group to exist.
  await run('addgroup', ['-S', name]);
  await run('adduser', ['-S', '-D', '-H', '-h', nowhere, '-s', '/bin/false', '-G', name, name]);
  return reasonOfFailure(added);
}
