import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { authorizeBy } from '../access/authorize.js';
import { findClientAddress, type ProxyTrust } from '../access/client-address.js';
import type { CountWindow } from '../access/count-window.js';
import { networkOf } from '../access/network.js';
import type { SecretKeys } from '../access/secret-keys.js';
import type { SiteKeys } from '../access/site-keys.js';
import { Refusal } from '../refusal.js';
import { requireSite } from './config-routes.js';

export type CallerDeps = ProxyTrust & { secretKeys: SecretKeys; siteKeys: SiteKeys };
export type OfrepContext = Context<{ Bindings: HttpBindings }>;

/** Who asks: a server with a secret key, whose units are assigned for good, or a page with the public key of its site. */
export type Caller = { site: string; isServer: boolean };

/**
 * Finds out for which site a client asks: by its secret key, or by the public one of the site.
 *
 * @throws Refusal 401, 403, 429
 */
export async function identifyCaller(deps: CallerDeps, c: OfrepContext, limit: CountWindow): Promise<Caller> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const key = bearer ?? c.req.header('x-api-key') ?? '';
  if (key.startsWith('ff_')) return identifyServer(deps, c, key);
  requireQuiet(
    limit,
    findClientAddress(c.env.incoming.socket.remoteAddress, (name) => c.req.header(name), deps),
  );
  const { site } = await requireSite(deps, c, key);
  return { site, isServer: false };
}

function requireQuiet(limit: CountWindow, address: string): void {
  const retryAfterSeconds = limit.take(networkOf(address), 1);
  if (retryAfterSeconds === undefined) return;
  throw new Refusal(429, 'rate_limited', 'this address asked for too many evaluations', {
    retryAfterSeconds,
  });
}

async function identifyServer({ secretKeys }: CallerDeps, c: OfrepContext, key: string): Promise<Caller> {
  const named = c.req.query('site') ?? c.req.header('x-footfall-site');
  const { sites } = await authorizeBy(secretKeys.find, {
    header: `Bearer ${key}`,
    allowed: ['assign', 'admin', 'owner'],
    ...(named !== undefined && { site: named }),
  });
  const site = named ?? (sites?.length === 1 ? sites[0] : undefined);
  if (site !== undefined) return { site, isServer: true };
  throw new Refusal(400, 'no_site', 'x-footfall-site: expected the site, since the key is for several', {
    path: 'x-footfall-site',
  });
}
