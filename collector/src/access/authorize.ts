import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { findKeyHolder, type KeyHolder, type Role } from './keys.js';

/**
 * Finds who sends a request and checks that the key may do this on the site.
 *
 * @throws Refusal 401 without a valid key, 403 where its role or its sites do not reach
 */
export function authorize(database: Database, demand: Demand): Promise<KeyHolder> {
  return authorizeBy((key) => findKeyHolder(database, key), demand);
}

type Demand = { header: string | undefined; allowed: readonly Role[]; site?: string };

/** The same with a lookup of the caller's. */
export async function authorizeBy(
  find: (key: string) => Promise<KeyHolder | undefined>,
  { header, allowed, site }: Demand,
): Promise<KeyHolder> {
  const key = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (!key) {
    throw new Refusal(401, 'no_key', 'authorization: expected "Bearer ff_…"', {
      path: 'authorization',
      hint: 'create a key with: footfall key create --role analyst',
    });
  }
  const holder = await find(key);
  if (!holder)
    throw new Refusal(401, 'unknown_key', 'authorization: this key is unknown or revoked', {
      path: 'authorization',
    });
  if (!allowed.includes(holder.role)) {
    throw new Refusal(
      403,
      'role',
      `authorization: expected a key of role ${allowed.join(' or ')}, got ${holder.role}`,
    );
  }
  if (site !== undefined && holder.sites && !holder.sites.includes(site)) {
    throw new Refusal(403, 'site', `authorization: this key may not touch the site "${site}"`, {
      path: 'site',
    });
  }
  return holder;
}
