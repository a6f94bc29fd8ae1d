import type { Database } from '../db/database.js';
import { StartError } from '../start-error.js';

/** @throws StartError where there is no such site */
export async function requireSite(database: Database, site: string): Promise<void> {
  const rows = await database.asOwner((tx) =>
    tx.query('select 1 from footfall.sites where site = $1::text', [site]),
  );
  if (rows.length === 0) throw unknownSite(site);
}

/** What a command says of a site that is not there. */
export function unknownSite(site: string): StartError {
  return new StartError(`site: there is no site "${site}"; footfall site list shows them`);
}
