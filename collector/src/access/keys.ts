import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../db/database.js';

export const roles = ['owner', 'admin', 'analyst', 'assign', 'ingest'] as const;
export type Role = (typeof roles)[number];

/** Who holds a key. `sites` null means all of them. */
export type KeyHolder = { keyId: string; role: Role; name: string; sites: string[] | null };

type KeyRow = { key_id: string; role: Role; name: string; sites: string[] | null };

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

/** Stores a key by its SHA-256. Storing the same key twice changes nothing. */
export async function addKey(
  database: Database,
  { key, role, name, sites = null }: { key: string; role: Role; name: string; sites?: string[] | null },
): Promise<void> {
  await database.asOwner((tx) =>
    tx.query(
      `/* keys.addKey */
       insert into footfall.api_keys (key_hash, role, name, sites)
       values ($1::bytea, $2::text, $3::text, $4::text[]) on conflict do nothing`,
      [hashOf(key), role, name, sites],
    ),
  );
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
       where key_hash = $1::bytea and revoked_at is null
       returning key_id, role, name, sites`,
      [hash],
    ),
  );
  return rows[0] && readHolder(rows[0]);
}

function readHolder({ key_id, role, name, sites }: KeyRow): KeyHolder {
  return { keyId: key_id, role, name, sites };
}

/** The holders of all keys in force, each with the hash of its key. */
export async function loadKeyHolders(database: Database): Promise<{ hash: Buffer; holder: KeyHolder }[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<KeyRow & { key_hash: Buffer }>(
      `/* keys.loadKeyHolders */
       select key_hash, key_id, role, name, sites from footfall.api_keys where revoked_at is null`,
    ),
  );
  return rows.map(({ key_hash, ...row }) => ({ hash: key_hash, holder: readHolder(row) }));
}

/** Whether any key of the role owner is in force: the first start makes one. */
export async function hasOwnerKey(database: Database): Promise<boolean> {
  const rows = await database.asOwner((tx) =>
    tx.query(`select 1 from footfall.api_keys where role = 'owner' and revoked_at is null limit 1`),
  );
  return rows.length > 0;
}

export type ListedKey = KeyHolder & { createdAt: Date; lastUsedAt: Date | null; revokedAt: Date | null };

/** All keys, the newest last, without their secrets. */
export async function listKeys(database: Database): Promise<ListedKey[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<KeyRow & { created_at: Date; last_used_at: Date | null; revoked_at: Date | null }>(
      `/* keys.listKeys */
       select key_id, role, name, sites, created_at, last_used_at, revoked_at
       from footfall.api_keys order by created_at`,
    ),
  );
  return rows.map((row) => ({
    keyId: row.key_id,
    role: row.role,
    name: row.name,
    sites: row.sites,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }));
}

/** Ends a key at once. False where no key in force has the id. */
export async function revokeKey(database: Database, keyId: string): Promise<boolean> {
  const rows = await database.asOwner((tx) =>
    tx.query(
      `/* keys.revokeKey */
       update footfall.api_keys set revoked_at = now()
       where key_id::text = $1::text and revoked_at is null returning key_id`,
      [keyId],
    ),
  );
  return rows.length > 0;
}
