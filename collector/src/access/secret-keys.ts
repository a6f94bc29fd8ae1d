import { createKeyCache } from './key-cache.js';
import { findHolderByHash, hashOf, type KeyHolder, loadKeyHolders } from './keys.js';
import type { KeyCacheDeps } from './site-keys.js';

export type SecretKeys = {
  /** The holder of a secret key, or nothing. */
  find(key: string): Promise<KeyHolder | undefined>;
};

const lookMs = 5_000;

/**
 * Looks up the keys of servers that send events, each answer remembered for five seconds: a revoked key is refused within
 * them, and its last use is as exact. Kept by hash, as in the table.
 */
export async function createSecretKeys({ database, now, availability }: KeyCacheDeps): Promise<SecretKeys> {
  const bounded = database.within(lookMs);
  const holders = await loadKeyHolders(database);
  const find = createKeyCache({
    name: 'authorization',
    look: (hash) => findHolderByHash(bounded, Buffer.from(hash, 'hex')),
    loaded: holders.map(({ hash, holder }): [string, KeyHolder] => [hash.toString('hex'), holder]),
    now,
    availability,
  });
  return { find: (key) => find(hashOf(key).toString('hex')) };
}
