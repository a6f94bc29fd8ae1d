import { createHash, randomBytes } from 'node:crypto';
import type { Database, Transaction } from '../db/database.js';
import { type By, byCollector, writeAudit } from './audit.js';

export const roles = ['owner', 'admin', 'analyst', 'assign', 'ingest'] as const;
export type Role = (typeof roles)[number];

/** Who holds a key. `sites` null means all of them, `expiresAt` null no end. */
export type KeyHolder = {
  keyId: string;
  role: Role;
  name: string;
  sites: string[] | null;
  expiresAt: Date | null;
};

type KeyRow = { key_id: string; role: Role; name: string; sites: string[] | null; expires_at: Date | null };

const holderColumns = 'key_id, role, name, sites, expires_at';
const inForce = 'revoked_at is null and (expires_at is null or expires_at > now())';

const secretBytes = 32;
const checksumChars = 6;

/** Makes a secret key: `ff_<role>_`, 32 random bytes in hex, and a checksum that tells a typing error from a wrong key. */
export function generateKey(role: Role): string {
  const body = `ff_${role}_${randomBytes(secretBytes).toString('hex')}`;
  return body + checksumOf(body);
}

function checksumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, checksumChars);
}

/** What is stored of a key. */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export type NewKey = {
  key: string;
  role: Role;
  name: string;
  sites?: string[] | null;
  expiresAt?: string | null;
};

/** Stores a key by its SHA-256. Storing the same key twice changes nothing. */
export async function addKey(database: Database, key: NewKey, by: By = byCollector): Promise<void> {
  await database.asOwner((tx) => insertKey(tx, key, { ...by, action: 'key.create' }));
}

/** The same in a transaction. Undefined where the key is there already. */
export async function insertKey(
  tx: Transaction,
  { key, role, name, sites = null, expiresAt = null }: NewKey,
  by: By & { action: string; detail?: object },
): Promise<ListedKey | undefined> {
  const rows = await tx.query<ListedRow>(
    `/* keys.insertKey */
     insert into footfall.api_keys (key_hash, role, name, sites, expires_at)
     values ($1::bytea, $2::text, $3::text, $4::text[], $5::timestamptz) on conflict do nothing
     returning ${listedColumns}`,
    [hashOf(key), role, name, sites, expiresAt],
  );
  const added = rows[0] && readListed(rows[0]);
  if (added) await auditKey(tx, added, by);
  return added;
}

// A line for each site that a key is for, so that the administrators of each find theirs and no other.
async function auditKey(
  tx: Transaction,
  { keyId, role, name, sites, expiresAt }: KeyHolder,
  { detail, ...by }: By & { action: string; detail?: object },
): Promise<void> {
  const about = { role, name, sites: sites?.length ?? 'all', expiresAt, ...detail };
  for (const site of sites ?? ['']) await writeAudit(tx, { ...by, site, target: keyId, detail: about });
}

/** The holder of a key that is neither unknown nor revoked. The lookup is by hash, so its time tells nothing of the key. */
export async function findKeyHolder(database: Database, key: string): Promise<KeyHolder | undefined> {
  return findHolderByHash(database, hashOf(key));
}

/** The same for a key of which only the hash is known. */
export async function findHolderByHash(database: Database, hash: Buffer): Promise<KeyHolder | undefined> {
  const rows = await database.asOwner((tx) =>
    tx.query<KeyRow>(
      `/* keys.findKeyHolder */
       update footfall.api_keys set last_used_at = now()
       where key_hash = $1::bytea and ${inForce}
       returning ${holderColumns}`,
      [hash],
    ),
  );
  return rows[0] && readHolder(rows[0]);
}

function readHolder({ key_id, role, name, sites, expires_at }: KeyRow): KeyHolder {
  return { keyId: key_id, role, name, sites, expiresAt: expires_at };
}

/** The holders of all keys in force, each with the hash of its key. */
export async function loadKeyHolders(database: Database): Promise<{ hash: Buffer; holder: KeyHolder }[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<KeyRow & { key_hash: Buffer }>(
      `/* keys.loadKeyHolders */
       select key_hash, ${holderColumns} from footfall.api_keys where ${inForce}`,
    ),
  );
  return rows.map(({ key_hash, ...row }) => ({ hash: key_hash, holder: readHolder(row) }));
}

/** Whether any key of the role owner is in force: the first start makes one. */
export async function hasOwnerKey(database: Database): Promise<boolean> {
  const rows = await database.asOwner((tx) =>
    tx.query(`select 1 from footfall.api_keys where role = 'owner' and ${inForce} limit 1`),
  );
  return rows.length > 0;
}

export type ListedKey = KeyHolder & { createdAt: Date; lastUsedAt: Date | null; revokedAt: Date | null };

type ListedRow = KeyRow & { created_at: Date; last_used_at: Date | null; revoked_at: Date | null };

const listedColumns = `${holderColumns}, created_at, last_used_at, revoked_at`;

function readListed({ created_at, last_used_at, revoked_at, ...row }: ListedRow): ListedKey {
  return { ...readHolder(row), createdAt: created_at, lastUsedAt: last_used_at, revokedAt: revoked_at };
}

/** All keys, the newest last, without their secrets. */
export async function listKeys(database: Database): Promise<ListedKey[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<ListedRow>(
      `/* keys.listKeys */ select ${listedColumns} from footfall.api_keys order by created_at, key_id`,
    ),
  );
  return rows.map(readListed);
}

/** The key of an id, held until the transaction ends, also where it is not in force any more. */
export async function lockKey(tx: Transaction, keyId: string): Promise<ListedKey | undefined> {
  const rows = await tx.query<ListedRow>(
    `/* keys.lockKey */ select ${listedColumns} from footfall.api_keys where key_id::text = $1::text for update`,
    [keyId],
  );
  return rows[0] && readListed(rows[0]);
}

/** Ends a key at once. False where no key in force has the id. */
export async function revokeKey(database: Database, keyId: string, by: By = byCollector): Promise<boolean> {
  return database.asOwner((tx) => endKey(tx, keyId, by));
}

/** The same in a transaction. */
export async function endKey(tx: Transaction, keyId: string, by: By): Promise<boolean> {
  const rows = await tx.query<KeyRow>(
    `/* keys.endKey */
     update footfall.api_keys set revoked_at = now()
     where key_id::text = $1::text and ${inForce} returning ${holderColumns}`,
    [keyId],
  );
  for (const row of rows) await auditKey(tx, readHolder(row), { ...by, action: 'key.revoke' });
  return rows.length > 0;
}
