import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { authorize } from './authorize.js';
import { findSharedSite, isShareToken } from './shares.js';

/**
 * Checks that a request may read the reports of a site: with a key that reads, or with a share link of that site.
 *
 * @param personal the report tells of single people, which no share link shows
 * @throws Refusal 401 without a key or link in force, 403 where it does not reach
 */
export async function authorizeReader(
  database: Database,
  { header, site, personal = false }: { header: string | undefined; site: string; personal?: boolean },
): Promise<void> {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined || !isShareToken(token)) {
    await authorize(database, { header, allowed: ['owner', 'admin', 'analyst'], site });
    return;
  }
  const shared = await findSharedSite(database, token);
  if (shared === undefined)
    throw new Refusal(401, 'unknown_share', 'authorization: this share link is unknown, expired or revoked', {
      path: 'authorization',
    });
  if (shared !== site || personal)
    throw new Refusal(403, 'share', 'authorization: this share link does not show that', {
      path: shared === site ? 'authorization' : 'site',
    });
}
