import type { Database } from '../db/database.js';
import { findSessionHolder } from '../people/sessions.js';
import { Refusal } from '../refusal.js';
import { findKeyHolder, type KeyHolder, type Role } from './keys.js';

/** Who asks: a program with a key, or a person who is signed in. `sites` null means all of them. */
export type Principal = {
  kind: 'key' | 'operator';
  /** Of the key or the operator. */
  id: string;
  role: Role;
  /** Of the key, or the e-mail address of the operator. */
  name: string;
  sites: string[] | null;
};

/** The scheme of an Authorization header that admitSessions made of a cookie. It is never taken from a client. */
export const sessionScheme = 'Footfall-Session';

const credential = /^(\S+)\s+(\S+)$/;

/**
 * Finds out who sends a request, from its Authorization header. This is the one place that does for the API.
 *
 * @throws Refusal 401 without a credential in force
 */
export async function findPrincipal(database: Database, header: string | undefined): Promise<Principal> {
  const [, scheme = '', secret = ''] = credential.exec(header ?? '') ?? [];
  if (scheme === sessionScheme) return findOperator(database, secret);
  return describeKey(await requireKey((key) => findKeyHolder(database, key), header));
}

async function findOperator(database: Database, token: string): Promise<Principal> {
  const holder = await findSessionHolder(database, token);
  if (holder) {
    const { operatorId: id, email: name, role, sites } = holder;
    return { kind: 'operator', id, role, name, sites };
  }
  throw new Refusal(401, 'no_session', 'cookie: this session is over; sign in again', { path: 'cookie' });
}

function describeKey({ keyId: id, role, name, sites }: KeyHolder): Principal {
  return { kind: 'key', id, role, name, sites };
}

/**
 * The holder of the key in an Authorization header.
 *
 * @throws Refusal 401 without a key in force
 */
export async function requireKey(
  find: (key: string) => Promise<KeyHolder | undefined>,
  header: string | undefined,
): Promise<KeyHolder> {
  const key = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (!key) {
    throw new Refusal(401, 'no_key', 'authorization: expected "Bearer ff_…"', {
      path: 'authorization',
      hint: 'create a key with: footfall key create --role analyst',
    });
  }
  const holder = await find(key);
  if (holder) return holder;
  throw new Refusal(401, 'unknown_key', 'authorization: this key is unknown or revoked', {
    path: 'authorization',
  });
}

/** The words of the audit log for who asks. */
export function actorOf({
  kind,
  id,
  name,
}: Omit<Principal, 'kind' | 'role'> & { kind: string; role: string }): string {
  return `${name} (${kind} ${id})`;
}
