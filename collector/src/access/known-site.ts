import type { Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';

/** The refusal of a site that is not there, or that nobody has told the caller of. */
export function unknownSite(site: string): Refusal {
  return new Refusal(404, 'unknown_site', `site: there is no site "${site}"`, {
    path: 'site',
    hint: 'footfall site list',
  });
}

/** @throws Refusal 404 where there is no such site */
export async function requireKnownSite(tx: Transaction, site: string): Promise<void> {
  const rows = await tx.query(
    '/* known-site.requireKnownSite */ select from footfall.sites where site = $1::text',
    [site],
  );
  if (rows.length === 0) throw unknownSite(site);
}
