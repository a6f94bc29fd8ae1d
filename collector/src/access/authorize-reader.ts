import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { authorize } from './authorize.js';
import { actorOf } from './principal.js';
import { findShare, isShareToken } from './shares.js';

/**
 * Checks that a request may read: with a key that reads, or with a share link of the site.
 *
 * @param personal the answer tells of single people, which no share link shows
 * @returns the sites that it may read, null for all of them, and how the audit log names who reads
 * @throws Refusal 401 without a key or link in force, 403 where it does not reach
 */
export async function authorizeReader(
  database: Database,
  { header, site, personal = false }: { header: string | undefined; site?: string; personal?: boolean },
): Promise<{ sites: string[] | null; actor: string }> {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined || !isShareToken(token)) {
    const allowed = ['owner', 'admin', 'analyst'] as const;
    const principal = await authorize(database, { header, allowed, ...(site !== undefined && { site }) });
    return { sites: principal.sites, actor: actorOf(principal) };
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
  return { sites: [shared.site], actor: `share link (share ${shared.id})` };
}
