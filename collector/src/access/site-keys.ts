import type { Availability } from '../db/availability.js';
import type { Database } from '../db/database.js';
import { classifyFailure } from '../db/failure.js';
import { Refusal } from '../refusal.js';
import { readSite, type Site, type SiteRow, siteColumns } from './sites.js';

export type SiteKeys = {
  /** The site that a key stands for, or nothing. */
  find(siteKey: string): Promise<Site | undefined>;
};

const cacheMs = 5_000;
const lookMs = 2_000;
const maxUnknownKeys = 10_000;

/** As the table demands it. What does not match needs no lookup, and no place in memory. */
const siteKeyPattern = /^[A-Za-z0-9_-]{1,64}$/;

type Known = { site: Site; until: number };

/**
 * Looks up site keys, each answer remembered for five seconds: a rotated key takes effect within them. While the
 * database is away what was known stays known, however old.
 */
export async function createSiteKeys({
  database,
  now,
  availability,
}: {
  database: Database;
  now: () => number;
  availability: Pick<Availability, 'isUp' | 'lose'>;
}): Promise<SiteKeys> {
  // Apart from each other, so that made-up keys cannot drive out the real ones.
  const known = new Map<string, Known>(await loadSiteKeys(database, now()));
  const unknown = new Map<string, number>();
  const bounded = database.within(lookMs);

  async function look(siteKey: string): Promise<Site | undefined> {
    const site = await findSiteByKey(bounded, siteKey);
    const until = now() + cacheMs;
    if (unknown.size >= maxUnknownKeys) unknown.clear();
    if (site) known.set(siteKey, { site, until });
    else unknown.set(siteKey, until);
    (site ? unknown : known).delete(siteKey);
    return site;
  }

  return {
    async find(siteKey) {
      if (!siteKeyPattern.test(siteKey)) return undefined;
      const found = known.get(siteKey);
      if (found && found.until > now()) return found.site;
      if (!availability.isUp()) return found?.site ?? refuseUnknown();
      if ((unknown.get(siteKey) ?? 0) > now()) return undefined;
      try {
        return await look(siteKey);
      } catch (error) {
        if (classifyFailure(error) !== 'retry') throw error;
        availability.lose(error);
        return found?.site ?? refuseUnknown(error);
      }
    },
  };
}

function refuseUnknown(cause?: unknown): never {
  throw new Refusal(503, 'unavailable', 'site: the key is not known while the database is away', {
    path: 'site',
    retryAfterSeconds: 5,
    cause,
  });
}

// All of them, ahead: a site whose first event of the day comes while the database is away loses nothing.
async function loadSiteKeys(database: Database, now: number): Promise<[string, Known][]> {
  const rows = await database.asIngest((tx) =>
    tx.query<SiteRow & { site_key: string }>(
      `/* sites.loadSiteKeys */
       select k.site_key, ${siteColumns}
       from footfall.site_keys k join footfall.sites s on s.site = k.site
       where k.expires_at is null or k.expires_at > now()`,
    ),
  );
  return rows.map((row) => [row.site_key, { site: readSite(row), until: now }]);
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
