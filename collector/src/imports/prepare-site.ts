import { addSite, keepImportSecret } from '../access/sites.js';
import type { Database } from '../db/database.js';

export type ImportSite = {
  site: string;
  isNew: boolean;
  /** Keys the visitors. */
  secret: Buffer;
  /** Its own hosts, as the command or its origins name them: links from there are no referrals. */
  hosts: string[];
  /** Reasons for taking a client for a bot that do not hold on this site. */
  humanReasons: string[];
  retentionDays: number | null;
};

/**
 * Finds the site of an import, or creates it: in UTC and without an end of retention, since logs are older than the
 * retention of a site that counts from today.
 *
 * @throws StartError when the slug is not one
 */
export async function prepareSite(
  database: Database,
  { site, hosts }: { site: string; hosts: string[] },
): Promise<ImportSite> {
  const isNew = (await addSite(database, { site, retentionDays: null })) !== undefined;
  const { secret, allowedOrigins, humanReasons, retentionDays } = await keepImportSecret(database, site);
  const known = hosts.length > 0 ? hosts : allowedOrigins.flatMap(hostOf);
  return { site, isNew, secret, hosts: known, humanReasons, retentionDays };
}

// "*" and "null" are origins as well.
function hostOf(origin: string): string[] {
  return URL.canParse(origin) ? [new URL(origin).hostname] : [];
}
