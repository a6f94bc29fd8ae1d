import { randomBytes } from 'node:crypto';
import { siteSlug } from '@footfall/schema';
import type { Database } from '../db/database.js';
import { StartError } from '../start-error.js';
import { type By, byCollector, writeAudit } from './audit.js';
import { type SiteChanges, tellable, writeSettings } from './site-settings.js';

export type Site = {
  site: string;
  name: string;
  allowedOrigins: string[];
  timezone: string;
  excludedAddresses: string[];
  excludedHosts: string[];
  excludedPaths: string[];
  /** Reasons for taking a client for a bot that do not hold on this site. */
  humanReasons: string[];
  createdAt: Date;
};

export type SiteRow = {
  site: string;
  name: string;
  allowed_origins: string[];
  timezone: string;
  excluded_addresses: string[];
  excluded_hosts: string[];
  excluded_paths: string[];
  human_reasons: string[];
  created_at: Date;
};

/** What readSite needs, of `footfall.sites s`. */
export const siteColumns = `s.site, s.name, s.allowed_origins, s.timezone, s.excluded_addresses, s.excluded_hosts,
  s.excluded_paths, s.human_reasons, s.created_at`;

/** A public key of a site: it says which site, and proves nothing. */
export function generateSiteKey(): string {
  return randomBytes(12).toString('base64url');
}

/** The site that every first start creates. Its key is as public as its name. */
export const demoSite = 'demo';

/** The site of a row. */
export function readSite(row: SiteRow): Site {
  return {
    site: row.site,
    name: row.name,
    allowedOrigins: row.allowed_origins,
    timezone: row.timezone,
    excludedAddresses: row.excluded_addresses,
    excludedHosts: row.excluded_hosts,
    excludedPaths: row.excluded_paths,
    humanReasons: row.human_reasons,
    createdAt: row.created_at,
  };
}

/** All sites, in the order of their names. */
export async function listSites(database: Database): Promise<(Site & { siteKeys: string[] })[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<SiteRow & { site_keys: string[] }>(
      `/* sites.listSites */
       select ${siteColumns},
         array(select k.site_key from footfall.site_keys k
           where k.site = s.site and (k.expires_at is null or k.expires_at > now())
           order by k.created_at) as site_keys
       from footfall.sites s order by s.site`,
    ),
  );
  return rows.map((row) => ({ ...readSite(row), siteKeys: row.site_keys }));
}

export type NewSite = {
  site: string;
  name?: string;
  siteKey?: string;
  allowedOrigins?: string[];
  timezone?: string;
  retentionDays: number | null;
  /** Whatever else is not to be as it is by default. */
  changes?: SiteChanges;
};

/**
 * Creates a site with its key, unless the slug is taken.
 *
 * @returns the site key, or undefined when the site was there already
 * @throws StartError when the slug, the timezone or an origin is not one
 */
export async function addSite(
  database: Database,
  input: NewSite,
  by: By = byCollector,
): Promise<string | undefined> {
  const { site, allowedOrigins = [], timezone = 'UTC', retentionDays, changes = {} } = input;
  const siteKey = input.siteKey ?? generateSiteKey();
  checkSite({ site, allowedOrigins, timezone });
  return database.asOwner(async (tx) => {
    const created = await tx.query(
      `/* sites.addSite */
       insert into footfall.sites (site, name, allowed_origins, timezone, retention_days)
       values ($1::text, $2::text, $3::text[], $4::text, $5::integer)
       on conflict do nothing returning site`,
      [site, input.name ?? site, allowedOrigins, timezone, retentionDays],
    );
    if (created.length === 0) return undefined;
    await tx.query('insert into footfall.site_keys (site_key, site) values ($1::text, $2::text)', [
      siteKey,
      site,
    ]);
    await writeSettings(tx, site, changes);
    const detail = { allowedOrigins, timezone, ...tellable(changes) };
    await writeAudit(tx, { ...by, site, action: 'site.create', target: site, detail });
    return siteKey;
  });
}

/**
 * What an import must know of a site. The secret is made at the first one, and stays: the visitors of all imported logs
 * are keyed by it.
 */
export async function keepImportSecret(
  database: Database,
  site: string,
): Promise<{
  secret: Buffer;
  allowedOrigins: string[];
  humanReasons: string[];
  retentionDays: number | null;
}> {
  type Row = {
    import_secret: Buffer;
    allowed_origins: string[];
    human_reasons: string[];
    retention_days: number | null;
  };
  const [row] = await database.asOwner((tx) =>
    tx.query<Row>(
      `/* sites.keepImportSecret */
       update footfall.sites set import_secret = coalesce(import_secret, $2::bytea)
       where site = $1::text
       returning import_secret, allowed_origins, human_reasons, retention_days`,
      [site, randomBytes(32)],
    ),
  );
  if (!row) throw new Error(`sites: expected a row of ${site}`);
  return {
    secret: row.import_secret,
    allowedOrigins: row.allowed_origins,
    humanReasons: row.human_reasons,
    retentionDays: row.retention_days,
  };
}

function checkSite({
  site,
  allowedOrigins,
  timezone,
}: {
  site: string;
  allowedOrigins: string[];
  timezone: string;
}): void {
  if (!siteSlug.safeParse(site).success) {
    throw new StartError(`site: expected 1 to 32 of a-z, 0-9 and -, got "${site}"`, { exitCode: 2 });
  }
  for (const origin of allowedOrigins) {
    if (origin === '*' || origin === 'null' || (URL.canParse(origin) && new URL(origin).origin === origin))
      continue;
    throw new StartError(`--origin: expected an origin like https://example.com, got "${origin}"`, {
      exitCode: 2,
    });
  }
  if (!isTimezone(timezone)) {
    throw new StartError(`--timezone: expected an IANA timezone like Europe/Berlin, got "${timezone}"`, {
      exitCode: 2,
    });
  }
}

// The list of supportedValuesOf has one name a zone, often the old one: Asia/Kathmandu is not in it. Offsets like +05:45
// are no zone of the database, whose POSIX signs run the other way.
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
