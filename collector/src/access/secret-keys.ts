import { createKeyCache, type Held } from './key-cache.js';
import { findHolderByHash, hashOf, type KeyHolder, loadKeyHolders } from './keys.js';
import type { KeyCacheDeps } from './site-keys.js';

export type SecretKeys = {
  /** The holder of a secret key in force, or nothing. */
  find(key: string): Promise<KeyHolder | undefined>;
  /** After a change of a key by this collector: it takes effect here at once. */
  renew(): void;
};

const lookMs = 5_000;

/**
 * Looks up the keys of servers that send events, each answer remembered for five seconds: a revoked key is refused within
 * them, and its last use is as exact. Kept by hash, as in the table.
 */
export async function createSecretKeys({ database, now, availability }: KeyCacheDeps): Promise<SecretKeys> {
  const bounded = database.within(lookMs);
  const holders = await loadKeyHolders(database);
  const { find, renew } = createKeyCache({
    name: 'authorization',
    async look(hash) {
      const holder = await findHolderByHash(bounded, Buffer.from(hash, 'hex'));
      return holder && toHeld(holder);
    },
    loaded: holders.map(({ hash, holder }): [string, Held<KeyHolder>] => [
      hash.toString('hex'),
      toHeld(holder),
    ]),
    now,
    availability,
  });
  return { find: (key) => find(hashOf(key).toString('hex')), renew };
}

function toHeld(holder: KeyHolder): Held<KeyHolder> {
  return { holder, endsAt: holder.expiresAt?.getTime() ?? null };
}
