import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { type By, toTime } from './audit.js';
import {
  endKey,
  generateKey,
  insertKey,
  type KeyHolder,
  type ListedKey,
  listKeys,
  lockKey,
  type Role,
} from './keys.js';

/** Whom somebody may give keys to: sites null is all of them. */
export type Reach = Pick<KeyHolder, 'role' | 'sites'>;

export type MadeKey = ListedKey & {
  /** Shown here alone. */
  key: string;
};

const rank: Record<Role, number> = { owner: 3, admin: 2, analyst: 1, assign: 1, ingest: 1 };
const keyLock = 0x6b657973;

/** Whether a key lies within what somebody may do: no role above the own one, and of the own sites only. */
export function isWithin({ role, sites }: Reach, own: Reach): boolean {
  if (rank[role] > rank[own.role]) return false;
  return own.sites === null || (sites?.every((site) => own.sites?.includes(site)) ?? false);
}

/** The keys that somebody may manage, the newest last. */
export async function listManagedKeys(database: Database, own: Reach): Promise<ListedKey[]> {
  return (await listKeys(database)).filter((key) => isWithin(key, own));
}

export type KeyRequest = { role: Role; name: string; sites: string[] | null; expiresAt: string | null };

/**
 * Makes a key.
 *
 * @throws Refusal 403 beyond the own reach, 404 for a site that is not there
 */
export async function createKey(
  database: Database,
  { request, own }: { request: KeyRequest; own: Reach },
  by: By,
): Promise<MadeKey> {
  if (rank[request.role] > rank[own.role])
    throw new Refusal(403, 'role', `role: a key of role ${own.role} makes none of role ${request.role}`, {
      path: 'role',
    });
  if (!isWithin(request, own))
    throw new Refusal(403, 'site', 'sites: expected some of the sites of this key', {
      path: 'sites',
      expected: own.sites?.join(', ') ?? '',
    });
  const key = generateKey(request.role);
  const added = await database.asOwner(async (tx) => {
    await requireSites(tx, request.sites ?? []);
    return insertKey(tx, { ...request, key }, { ...by, action: 'key.create' });
  });
  return withSecret(added, key);
}

function withSecret(added: ListedKey | undefined, key: string): MadeKey {
  if (!added) throw new Error('manage-keys: expected a new key');
  return { ...added, key };
}

async function requireSites(tx: Transaction, sites: string[]): Promise<void> {
  const rows = await tx.query<{ site: string }>(
    `/* manage-keys.requireSites */
     select named.site from unnest($1::text[]) as named (site)
     where not exists (select from footfall.sites s where s.site = named.site)`,
    [sites],
  );
  if (rows[0])
    throw new Refusal(404, 'unknown_site', `sites: there is no site "${rows[0].site}"`, { path: 'sites' });
}

/**
 * Ends a key at once.
 *
 * @throws Refusal 404 where nothing in force has the id, as far as one may know; 409 for the last that owns everything
 */
export async function revokeManagedKey(
  database: Database,
  { keyId, own }: { keyId: string; own: Reach },
  by: By,
): Promise<void> {
  await database.asOwner(async (tx) => {
    const key = await requireKey(tx, keyId, own);
    if (key.role === 'owner' && key.sites === null) await requireOtherOwner(tx, keyId);
    if (!(await endKey(tx, keyId, by))) throw missing(keyId);
  });
}

async function requireKey(tx: Transaction, keyId: string, own: Reach): Promise<ListedKey> {
  // Two owners who revoke each other's key come one after the other.
  await tx.query('select pg_advisory_xact_lock($1::bigint)', [keyLock]);
  const key = await lockKey(tx, keyId);
  if (!key || key.revokedAt !== null || !isWithin(key, own)) throw missing(keyId);
  return key;
}

function missing(keyId: string): Refusal {
  return new Refusal(404, 'not_found', `id: there is no key "${keyId}" in force`, { path: 'id' });
}

// One that ends by itself is no other: when it has ended nobody is left.
async function requireOtherOwner(tx: Transaction, keyId: string): Promise<void> {
  const others = await tx.query(
    `/* manage-keys.requireOtherOwner */
     select 1 from footfall.api_keys
     where role = 'owner' and sites is null and revoked_at is null and expires_at is null and key_id::text <> $1::text
     union all
     select 1 from footfall.operators where role = 'owner' and password_hash is not null and disabled_at is null
     limit 1`,
    [keyId],
  );
  if (others.length > 0) return;
  throw new Refusal(409, 'last_owner', 'id: without this key nobody could administer the collector', {
    path: 'id',
    hint: 'make another owner key first, or rotate this one',
  });
}

/**
 * Makes a key in the place of another, which stays in force for the overlap, or for as long as it had left; 0 ends it at
 * once.
 *
 * @throws Refusal 404 where nothing in force has the id, as far as one may know; 409 where it has a successor already, which
 * would end with the overlap
 */
export async function rotateKey(
  database: Database,
  { keyId, overlapHours, own }: { keyId: string; overlapHours: number; own: Reach },
  by: By,
): Promise<MadeKey & { previous: { keyId: string; expiresAt: Date | null } }> {
  return database.asOwner(async (tx) => {
    const { role, name, sites, expiresAt } = await requireKey(tx, keyId, own);
    await requireFirstRotation(tx, keyId);
    const ends = await shorten(tx, { keyId, overlapHours }, by);
    if (!ends) throw missing(keyId);
    const key = generateKey(role);
    const successor = { key, role, name, sites, expiresAt: expiresAt?.toISOString() ?? null };
    const detail = { replaces: keyId, overlapHours };
    const added = await insertKey(tx, successor, { ...by, action: 'key.rotate', detail });
    return { ...withSecret(added, key), previous: { keyId, expiresAt: ends.expires_at } };
  });
}

// What is left of its overlap is all that the row knows: when the key would have ended otherwise is gone.
async function requireFirstRotation(tx: Transaction, keyId: string): Promise<void> {
  const [successor] = await tx.query<{ key_id: string }>(
    `/* manage-keys.requireFirstRotation */
     select target as key_id from footfall.audit_log where action = 'key.rotate' and detail ->> 'replaces' = $1::text
     limit 1`,
    [keyId],
  );
  if (!successor) return;
  throw new Refusal(409, 'rotated', `id: the key has a successor already, ${successor.key_id}`, {
    path: 'id',
    hint: 'rotate that one, or make a new key',
  });
}

async function shorten(
  tx: Transaction,
  { keyId, overlapHours }: { keyId: string; overlapHours: number },
  { at }: By,
): Promise<{ expires_at: Date | null } | undefined> {
  const [row] = await tx.query<{ expires_at: Date | null }>(
    `/* manage-keys.shorten */
     update footfall.api_keys set
       expires_at = least(expires_at, coalesce($2::timestamptz, now()) + $3::float8 * interval '1 hour'),
       revoked_at = case when $3::float8 = 0 then now() end
     where key_id::text = $1::text and revoked_at is null and (expires_at is null or expires_at > now())
     returning expires_at`,
    [keyId, toTime(at), overlapHours],
  );
  return row;
}
