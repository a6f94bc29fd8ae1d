import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { authorize } from './authorize.js';
import type { Principal } from './principal.js';
import { findShare, isShareToken } from './shares.js';

/** Who reads: a key, a person, or whoever has a share link. */
export type Reader = Principal | { kind: 'share'; id: string; name: string; role: 'share'; sites: string[] };

/**
 * Checks that a request may read: with a key that reads, or with a share link of the site.
 *
 * @param personal the answer tells of single people, which no share link shows
 * @returns who reads; `sites` null means all of them
 * @throws Refusal 401 without a key or link in force, 403 where it does not reach
 */
export async function authorizeReader(
  database: Database,
  { header, site, personal = false }: { header: string | undefined; site?: string; personal?: boolean },
): Promise<Reader> {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined || !isShareToken(token)) {
    const allowed = ['owner', 'admin', 'analyst'] as const;
    return authorize(database, { header, allowed, ...(site !== undefined && { site }) });
  }
  const shared = await findShare(database, token);
  if (shared === undefined)
    throw new Refusal(401, 'unknown_share', 'authorization: this share link is unknown, expired or revoked', {
      path: 'authorization',
    });
  if (personal || (site !== undefined && shared.site !== site))
    throw new Refusal(403, 'share', 'authorization: this share link does not show that', {
      path: personal ? 'authorization' : 'site',
    });
  return { kind: 'share', id: shared.id, name: 'share link', role: 'share', sites: [shared.site] };
}
