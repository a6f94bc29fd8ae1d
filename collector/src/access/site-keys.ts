import type { Availability } from '../db/availability.js';
import type { Database } from '../db/database.js';
import { createKeyCache } from './key-cache.js';
import { readSite, type Site, type SiteRow, siteColumns } from './sites.js';

export type SiteKeys = {
  /** The site that a key stands for, or nothing. */
  find(siteKey: string): Promise<Site | undefined>;
};

export type KeyCacheDeps = {
  database: Database;
  now: () => number;
  availability: Pick<Availability, 'isUp' | 'lose'>;
};

const lookMs = 2_000;

/** As the table demands it. What does not match needs no lookup, and no place in memory. */
const siteKeyPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Looks up site keys, each answer remembered for five seconds: a rotated key takes effect within them. */
export async function createSiteKeys({ database, now, availability }: KeyCacheDeps): Promise<SiteKeys> {
  const bounded = database.within(lookMs);
  const find = createKeyCache({
    name: 'site',
    look: (siteKey) => findSiteByKey(bounded, siteKey),
    loaded: await loadSiteKeys(database),
    now,
    availability,
  });
  return { find: async (siteKey) => (siteKeyPattern.test(siteKey) ? find(siteKey) : undefined) };
}

async function loadSiteKeys(database: Database): Promise<[string, Site][]> {
  const rows = await database.asIngest((tx) =>
    tx.query<SiteRow & { site_key: string }>(
      `/* sites.loadSiteKeys */
       select k.site_key, ${siteColumns}
       from footfall.site_keys k join footfall.sites s on s.site = k.site
       where k.expires_at is null or k.expires_at > now()`,
    ),
  );
  return rows.map((row) => [row.site_key, readSite(row)]);
}

async function findSiteByKey(database: Database, siteKey: string): Promise<Site | undefined> {
  const rows = await database.asIngest((tx) =>
    tx.query<SiteRow>(
      `/* sites.findSiteByKey */
       select ${siteColumns}
       from footfall.site_keys k join footfall.sites s on s.site = k.site
       where k.site_key = $1::text and (k.expires_at is null or k.expires_at > now())`,
      [siteKey],
    ),
  );
  return rows[0] && readSite(rows[0]);
}
