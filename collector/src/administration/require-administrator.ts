import type { Context } from 'hono';
import type { By } from '../access/audit.js';
import { authorize } from '../access/authorize.js';
import type { Role } from '../access/keys.js';
import { actorOf } from '../access/principal.js';
import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';

/** Who administers: what of, and by which name the audit log knows them. */
export type Administrator = { role: Role; sites: string[] | null; by: By };

export type AdministrationDeps = { database: Database; now: () => number };

const administrators = ['owner', 'admin'] as const;

/**
 * Checks that a request comes from an owner or admin, or from one of the roles that are given.
 *
 * @param site one that they must reach
 * @throws Refusal 401 and 403
 */
export async function requireAdministrator(
  { database, now }: AdministrationDeps,
  c: Context,
  { site, allowed = administrators }: { site?: string; allowed?: readonly Role[] } = {},
): Promise<Administrator> {
  const header = c.req.header('authorization');
  const principal = await authorize(database, { header, allowed, ...(site !== undefined && { site }) });
  const { role, sites } = principal;
  return { role, sites, by: { actor: actorOf(principal), at: now() } };
}

/** The refusal of a site that is not there, or that nobody has told the caller of. */
export function unknownSite(site: string): Refusal {
  return new Refusal(404, 'unknown_site', `site: there is no site "${site}"`, { path: 'site' });
}
