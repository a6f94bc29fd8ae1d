import { siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { roles } from '../access/keys.js';
import { createKey, listManagedKeys, revokeManagedKey, rotateKey } from '../access/manage-keys.js';
import type { SecretKeys } from '../access/secret-keys.js';
import { parseInput, readInput } from '../read-input.js';
import { Refusal } from '../refusal.js';
import { type AdministrationDeps, requireAdministrator } from './require-administrator.js';
import { overlapSchema } from './site-routes.js';

export type KeyDeps = AdministrationDeps & { secretKeys: Pick<SecretKeys, 'renew'> };

/** What `POST /api/v1/keys` takes. */
export const newKeySchema = z.strictObject({
  role: z.enum(roles, { error: `expected one of ${roles.join(', ')}` }),
  name: z.string({ error: 'expected a name' }).trim().min(1, { error: 'expected a name' }).max(200),
  sites: z
    .array(siteSlug, { error: 'expected a list of sites, or null for all of them' })
    .min(1, { error: 'expected a site, or null for all of them' })
    .max(200)
    .nullable(),
  expiresAt: z.iso
    .datetime({ offset: true, error: 'expected a time like 2027-01-31T12:00:00Z, or null' })
    .nullable()
    .default(null),
});

const base = '/api/v1/keys';
const noStore = { 'cache-control': 'no-store' };

/** `/api/v1/keys`: list, create, revoke and rotate secret keys, as far as the own role and sites reach. */
export function keyRoutes(deps: KeyDeps): Hono<{ Bindings: HttpBindings }> {
  const { database, secretKeys } = deps;
  const routes = new Hono<{ Bindings: HttpBindings }>();

  routes.get(base, async (c) => {
    const own = await requireAdministrator(deps, c);
    return c.json({ keys: await listManagedKeys(database, own) }, 200, noStore);
  });

  routes.post(base, async (c) => {
    const { by, ...own } = await requireAdministrator(deps, c);
    const { sites, ...rest } = parseInput(newKeySchema, await readInput(c.env.incoming), 'bad_key');
    const request = { ...rest, sites: sites && [...new Set(sites)] };
    requireFuture(request.expiresAt, deps.now());
    const made = await createKey(database, { request, own }, by);
    return c.json(made, 201, noStore);
  });

  routes.delete(`${base}/:id`, async (c) => {
    const { by, ...own } = await requireAdministrator(deps, c);
    await revokeManagedKey(database, { keyId: c.req.param('id'), own }, by);
    secretKeys.renew();
    return c.body(null, 204);
  });

  routes.post(`${base}/:id/rotate`, async (c) => {
    const { by, ...own } = await requireAdministrator(deps, c);
    const { overlapHours } = parseInput(overlapSchema, await readInput(c.env.incoming), 'bad_key');
    const made = await rotateKey(database, { keyId: c.req.param('id'), overlapHours, own }, by);
    secretKeys.renew();
    return c.json(made, 201, noStore);
  });
  return routes;
}

function requireFuture(expiresAt: string | null, now: number): void {
  if (expiresAt === null || Date.parse(expiresAt) > now) return;
  throw new Refusal(400, 'bad_key', `expiresAt: expected a time to come, got ${expiresAt}`, {
    path: 'expiresAt',
  });
}
