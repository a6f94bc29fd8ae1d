import type { Context } from 'hono';
import type { By } from '../access/audit.js';
import { authorize } from '../access/authorize.js';
import type { Role } from '../access/keys.js';
import { actorOf } from '../access/principal.js';
import type { Database } from '../db/database.js';

/** Who administers: what of, and by which name the audit log knows them. */
export type Administrator = { role: Role; sites: string[] | null; by: By };

export type AdministrationDeps = { database: Database; now: () => number };

const administrators = ['owner', 'admin'] as const;

/**
 * Checks that a request comes from an owner or admin, or from one of the roles that are given.
 *
 * @param site one that they must reach
 * @throws Refusal 401, 403, and 404 where there is no such site
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
