import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { createKey, listManagedKeys, revokeManagedKey, rotateKey } from '../access/manage-keys.js';
import type { SecretKeys } from '../access/secret-keys.js';
import { parseInput, readInput } from '../read-input.js';
import { readKeyRequest } from './key-request.js';
import { type AdministrationDeps, requireAdministrator } from './require-administrator.js';
import { overlapSchema } from './site-routes.js';

export type KeyDeps = AdministrationDeps & { secretKeys: Pick<SecretKeys, 'renew'> };

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
    const request = readKeyRequest(await readInput(c.env.incoming), deps.now());
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
