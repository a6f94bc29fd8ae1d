import { type Role, roles } from '../../src/access/keys.js';
import { addSession } from '../../src/people/sessions.js';
import { makeKey } from '../ask-query.js';
import type { TestCollector } from '../test-collector.js';
import type { Ground } from './plant-site.js';

/** Somebody who asks. `sites` null is all of them, undefined where there is no role. */
export type Principal = {
  name: string;
  kind: 'key' | 'operator' | 'share' | 'site key' | 'nobody';
  role?: Role;
  sites?: string[] | null;
  headers: Record<string, string>;
};

/** One of every kind: keys of each role for one site and for all, people, a share link, a site key, and who has nothing valid. */
export async function inventPrincipals(collector: TestCollector, own: Ground): Promise<Principal[]> {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const nobody = { kind: 'nobody' as const };
  const revoked = await makeKey(collector, 'owner', null, 'revoked');
  const expired = await makeKey(collector, 'owner', null, 'expired');
  await collector.query(`update footfall.api_keys set revoked_at = now() where name = 'revoked'`);
  await collector.query(`update footfall.api_keys set expires_at = now() where name = 'expired'`);
  return [
    ...(await inventKeys(collector, own.slug)),
    ...(await inventOperators(collector, own.slug)),
    { name: 'a share link', kind: 'share', sites: [own.slug], headers: bearer(own.shareToken) },
    { name: 'a site key', kind: 'site key', sites: [own.slug], headers: bearer(own.siteKey) },
    { name: 'nobody', ...nobody, headers: {} },
    { name: 'a revoked key', ...nobody, headers: bearer(revoked) },
    { name: 'an expired key', ...nobody, headers: bearer(expired) },
    { name: 'a made-up session', ...nobody, headers: { authorization: 'Footfall-Session abc' } },
  ];
}

async function inventKeys(collector: TestCollector, slug: string): Promise<Principal[]> {
  const principals: Principal[] = [];
  for (const role of roles)
    for (const sites of [[slug], null]) {
      const name = `a key of role ${role} for ${sites ? 'its site' : 'all sites'}`;
      const key = await makeKey(collector, role, sites, 'principal');
      principals.push({ name, kind: 'key', role, sites, headers: { authorization: `Bearer ${key}` } });
    }
  return principals;
}

async function inventOperators(collector: TestCollector, slug: string): Promise<Principal[]> {
  const people: { role: Role; sites: string[] | null }[] = [
    { role: 'owner', sites: null },
    { role: 'admin', sites: [slug] },
    { role: 'analyst', sites: [slug] },
  ];
  const principals: Principal[] = [];
  for (const { role, sites } of people) {
    const [row] = await collector.query<{ id: string }>(
      `insert into footfall.operators (email, name, role, sites) values ($1, $2, $2, $3) returning operator_id as id`,
      [`${role}@office.example`, role, sites],
    );
    const session = { operatorId: row?.id ?? '', userAgent: 'test' };
    const token = await collector.database.asOwner((tx) => addSession(tx, session));
    const headers = { cookie: `__Host-footfall=${token}`, origin: collector.origin };
    principals.push({ name: `an operator of role ${role}`, kind: 'operator', role, sites, headers });
  }
  return principals;
}
