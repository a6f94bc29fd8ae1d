import type { Database } from '../db/database.js';
import { type By, toTime, writeAudit } from './audit.js';
import { generateSiteKey } from './sites.js';

/** How long the old key stays in force, unless somebody says otherwise: pages in caches still have it. */
export const defaultOverlapHours = 24;
/** A quarter of a year: an overlap that lasts longer is no rotation. */
export const maxOverlapHours = 2_160;

/** `previous` are the keys that stay in force for a while. */
export type Rotated = { siteKey: string; previous: { siteKey: string; expiresAt: Date }[] };

/**
 * Gives a site a new public key. The keys in force stay so for the overlap, or for as long as they had left; 0 ends them
 * at once. Undefined where there is no such site.
 */
export async function rotateSiteKey(
  database: Database,
  { site, overlapHours }: { site: string; overlapHours: number },
  by: By,
): Promise<Rotated | undefined> {
  const siteKey = generateSiteKey();
  return database.asOwner(async (tx) => {
    // Of two rotations at the same time the second finds the key of the first.
    const found = await tx.query('select 1 from footfall.sites where site = $1::text for update', [site]);
    if (found.length === 0) return undefined;
    const ended = await tx.query<{ site_key: string; expires_at: Date }>(
      `/* rotate-site-key.endKeys */
       update footfall.site_keys set expires_at = coalesce($2::timestamptz, now()) + $3::float8 * interval '1 hour'
       where site = $1::text
         and coalesce(expires_at, 'infinity') > coalesce($2::timestamptz, now()) + $3::float8 * interval '1 hour'
       returning site_key, expires_at`,
      [site, toTime(by.at), overlapHours],
    );
    await tx.query(
      `/* rotate-site-key.rotateSiteKey */
       insert into footfall.site_keys (site_key, site) values ($1::text, $2::text)`,
      [siteKey, site],
    );
    await writeAudit(tx, {
      ...by,
      site,
      action: 'site.rotate_key',
      target: site,
      detail: { overlapHours, ended: ended.length },
    });
    const previous = ended.map(({ site_key, expires_at }) => ({ siteKey: site_key, expiresAt: expires_at }));
    return { siteKey, previous: overlapHours > 0 ? previous : [] };
  });
}
