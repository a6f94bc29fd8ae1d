import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import type { KeyHolder, Role } from './keys.js';
import { requireKnownSite } from './known-site.js';
import { findPrincipal, type Principal, requireKey } from './principal.js';

type Reach = { allowed: readonly Role[]; site?: string };
type Demand = Reach & { header: string | undefined };

/**
 * Finds who sends a request, by a key or by the session of a person, and checks that they may do this on the site.
 *
 * @throws Refusal 401 without either in force, 403 where the role or the sites do not reach, 404 where there is no such site
 */
export async function authorize(database: Database, { header, ...reach }: Demand): Promise<Principal> {
  const principal = await findPrincipal(database, header);
  requireReach(principal, reach, principal.kind === 'key' ? 'this key' : 'this account');
  const { site } = reach;
  // What somebody was given by name is there.
  if (site !== undefined && principal.sites === null)
    await database.asOwner((tx) => requireKnownSite(tx, site));
  return principal;
}

/** The same for servers with a secret key alone, with a lookup of the caller's. */
export async function authorizeBy(
  find: (key: string) => Promise<KeyHolder | undefined>,
  { header, ...reach }: Demand,
): Promise<KeyHolder> {
  const holder = await requireKey(find, header);
  requireReach(holder, reach, 'this key');
  return holder;
}

function requireReach(
  { role, sites }: { role: Role; sites: string[] | null },
  { allowed, site }: Reach,
  what: string,
): void {
  if (!allowed.includes(role)) {
    const expected = `expected the role ${allowed.join(' or ')}`;
    throw new Refusal(403, 'role', `authorization: ${expected}, ${what} has ${role}`);
  }
  if (site !== undefined && sites && !sites.includes(site))
    throw new Refusal(403, 'site', `authorization: ${what} may not touch the site "${site}"`, {
      path: 'site',
    });
}
