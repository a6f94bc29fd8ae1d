import type { Availability } from '../db/availability.js';
import type { Database } from '../db/database.js';
import { createKeyCache, type Held } from './key-cache.js';
import { readSite, type Site, type SiteRow, siteColumns } from './sites.js';

export type SiteKeys = {
  /** The site that a key in force stands for, or nothing. */
  find(siteKey: string): Promise<Site | undefined>;
  /** After a change of a site or its keys by this collector: it takes effect here at once. */
  renew(): void;
};

export type KeyCacheDeps = {
  database: Database;
  now: () => number;
  availability: Pick<Availability, 'isUp' | 'lose'>;
};

const lookMs = 2_000;

/** As the table demands it. What does not match needs no lookup, and no place in memory. */
const siteKeyPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Looks up site keys, each answer remembered for five seconds: a new one takes effect within them, an end at its time. */
export async function createSiteKeys({ database, now, availability }: KeyCacheDeps): Promise<SiteKeys> {
  const bounded = database.within(lookMs);
  const { find, renew } = createKeyCache({
    name: 'site',
    look: (siteKey) => findSiteByKey(bounded, siteKey),
    loaded: await loadSiteKeys(database),
    now,
    availability,
  });
  return { find: async (siteKey) => (siteKeyPattern.test(siteKey) ? find(siteKey) : undefined), renew };
}

type Row = SiteRow & { site_key: string; expires_at: Date | null };

// By the clock of the collector, which has told the end: the cache judges whether it has come.
function readHeld(row: Row): Held<Site> {
  return { holder: readSite(row), endsAt: row.expires_at?.getTime() ?? null };
}

async function loadSiteKeys(database: Database): Promise<[string, Held<Site>][]> {
  const rows = await database.asIngest((tx) =>
    tx.query<Row>(
      `/* sites.loadSiteKeys */
       select k.site_key, k.expires_at, ${siteColumns}
       from footfall.site_keys k join footfall.sites s on s.site = k.site
       where k.expires_at is null or k.expires_at > now()`,
    ),
  );
  return rows.map((row) => [row.site_key, readHeld(row)]);
}

async function findSiteByKey(database: Database, siteKey: string): Promise<Held<Site> | undefined> {
  const rows = await database.asIngest((tx) =>
    tx.query<Row>(
      `/* sites.findSiteByKey */
       select k.site_key, k.expires_at, ${siteColumns}
       from footfall.site_keys k join footfall.sites s on s.site = k.site
       where k.site_key = $1::text`,
      [siteKey],
    ),
  );
  return rows[0] && readHeld(rows[0]);
}
