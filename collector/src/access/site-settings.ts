import { z } from 'zod';
import type { Database, Transaction } from '../db/database.js';
import { timezoneSchema } from '../query/period/timezone.js';
import { maxDays, minSessionDays, type Retention } from '../retention/settings.js';
import { type By, writeAudit } from './audit.js';
import { parseNetwork } from './networks.js';

const maxEntries = 200;
const maxPathChars = 2_048;
const hostPattern = /^[\p{L}\p{N}*._:[\]-]{1,253}$/u;

const text = (accepts: (value: string) => boolean, error: string) =>
  z
    .string()
    .refine(accepts, { error: ({ input }) => `${error}, got ${JSON.stringify(input)}` })
    .meta({ description: error });
const list = (entry: z.ZodType<string>) =>
  z.array(entry).max(maxEntries, { error: `expected at most ${maxEntries} entries` });

/** What can be changed of a site. What is absent stays. */
export const siteChangesSchema = z.strictObject({
  name: z.string().trim().min(1, { error: 'expected a name' }).max(200).optional(),
  allowedOrigins: list(
    text(isOrigin, 'expected an origin like https://example.com, * for any, or null'),
  ).optional(),
  timezone: timezoneSchema.optional(),
  currency: text((code) => /^[A-Z]{3}$/.test(code), 'expected a currency of ISO 4217 like EUR').optional(),
  weekStart: z
    .int({ error: 'expected 1 (Monday) to 7 (Sunday)' })
    .min(1, { error: 'expected 1 (Monday) to 7 (Sunday)' })
    .max(7, { error: 'expected 1 (Monday) to 7 (Sunday)' })
    .optional(),
  excludedAddresses: list(
    text(
      (entry) => parseNetwork(entry) !== undefined,
      'expected an address or a network like 192.0.2.7 or 10.0.0.0/8',
    ),
  ).optional(),
  excludedHosts: list(
    text((host) => hostPattern.test(host), 'expected a host like intern.example.com or *.example.com'),
  ).optional(),
  excludedPaths: list(
    text(isPathPattern, 'expected a path like /admin/*, which begins with / or *'),
  ).optional(),
  retention: z
    .strictObject({
      events: z.int().min(1).max(maxDays).nullable().optional(),
      sessions: z.int().min(minSessionDays).max(maxDays).nullable().optional(),
    })
    .optional(),
});

export type SiteChanges = z.infer<typeof siteChangesSchema>;

/** A site as its administrators see it. */
export type SiteSettings = {
  site: string;
  name: string;
  /** Those in force, the newest last; a rotated one until it ends. */
  siteKeys: { siteKey: string; createdAt: string; expiresAt: string | null }[];
  allowedOrigins: string[];
  timezone: string;
  currency: string;
  weekStart: number;
  excludedAddresses: string[];
  excludedHosts: string[];
  excludedPaths: string[];
  retention: Retention;
  createdAt: Date;
};

/** The settings of some sites, null for all, in the order of their slugs. */
export async function listSiteSettings(
  database: Database,
  { sites, now }: { sites: string[] | null; now: number },
): Promise<SiteSettings[]> {
  return database.asOwner((tx) =>
    tx.query<SiteSettings>(
      `/* site-settings.listSiteSettings */
       select s.site, s.name, s.allowed_origins as "allowedOrigins", s.timezone, s.currency, s.week_start as "weekStart",
         s.excluded_addresses as "excludedAddresses", s.excluded_hosts as "excludedHosts",
         s.excluded_paths as "excludedPaths", s.created_at as "createdAt",
         jsonb_build_object('events', s.retention_days, 'sessions', s.session_retention_days) as retention,
         coalesce((
           select jsonb_agg(jsonb_build_object('siteKey', k.site_key, 'createdAt', k.created_at,
             'expiresAt', k.expires_at) order by k.created_at, k.expires_at)
           from footfall.site_keys k
           where k.site = s.site and (k.expires_at is null or k.expires_at > $2::timestamptz)
         ), '[]') as "siteKeys"
       from footfall.sites s where $1::text[] is null or s.site = any ($1::text[]) order by s.site`,
      [sites, new Date(now).toISOString()],
    ),
  );
}

/** Changes a site, with a line in the audit log. False where there is no such site. */
export async function changeSite(
  database: Database,
  { site, changes }: { site: string; changes: SiteChanges },
  by: By,
): Promise<boolean> {
  return database.asOwner(async (tx) => {
    if (!(await writeSettings(tx, site, changes))) return false;
    await writeAudit(tx, { ...by, site, action: 'site.change', target: site, detail: tellable(changes) });
    return true;
  });
}

const columns: { column: string; type: string; of: (changes: SiteChanges) => unknown }[] = [
  { column: 'name', type: 'text', of: ({ name }) => name },
  { column: 'allowed_origins', type: 'text[]', of: ({ allowedOrigins }) => allowedOrigins },
  { column: 'timezone', type: 'text', of: ({ timezone }) => timezone },
  { column: 'currency', type: 'text', of: ({ currency }) => currency },
  { column: 'week_start', type: 'smallint', of: ({ weekStart }) => weekStart },
  { column: 'excluded_addresses', type: 'text[]', of: ({ excludedAddresses }) => excludedAddresses },
  { column: 'excluded_hosts', type: 'text[]', of: ({ excludedHosts }) => excludedHosts },
  { column: 'excluded_paths', type: 'text[]', of: ({ excludedPaths }) => excludedPaths },
  { column: 'retention_days', type: 'integer', of: ({ retention }) => retention?.events },
  { column: 'session_retention_days', type: 'integer', of: ({ retention }) => retention?.sessions },
];

/** Writes what is given in the row of a site. False where there is none. */
export async function writeSettings(tx: Transaction, site: string, changes: SiteChanges): Promise<boolean> {
  const given = columns.filter(({ of }) => of(changes) !== undefined);
  const assignments = given.map(({ column, type }, at) => `${column} = $${at + 2}::${type}`);
  const rows = await tx.query(
    `/* site-settings.writeSettings */
     update footfall.sites set ${['site = site', ...assignments].join(', ')} where site = $1::text returning 1`,
    [site, ...given.map(({ of }) => of(changes))],
  );
  return rows.length > 0;
}

/** What the audit log tells of settings: of addresses, which may be somebody's, only how many. */
export function tellable({ excludedAddresses, ...rest }: SiteChanges): object {
  return { ...rest, ...(excludedAddresses && { excludedAddresses: excludedAddresses.length }) };
}

function isOrigin(origin: string): boolean {
  if (origin === '*' || origin === 'null') return true;
  return URL.canParse(origin) && new URL(origin).origin === origin;
}

function isPathPattern(path: string): boolean {
  return /^[/*]/.test(path) && path.length <= maxPathChars && !/\s/.test(path);
}
