import { momentText } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import type { By } from '../access/audit.js';
import { authorize } from '../access/authorize.js';
import { findClientAddress, type ProxyTrust } from '../access/client-address.js';
import { deriveShareToken, lockedPrefix, makeLockedToken, unlockShare } from '../access/locked-shares.js';
import { actorOf } from '../access/principal.js';
import { addShare, listShares, makeShareToken, revokeShare } from '../access/shares.js';
import type { Database } from '../db/database.js';
import { smallBody } from '../limit-body.js';
import { createLoginThrottle } from '../people/login-throttle.js';
import { safeText } from '../query/filters/filter-schema.js';
import { Refusal } from '../refusal.js';
import { parseWith, readInput } from '../reports/read-request.js';
import { siteOnly, writers } from './routes.js';

type Environment = { Bindings: HttpBindings };

export type ShareDeps = ProxyTrust & { database: Database; now: () => number };

const maxPasswordChars = 1_024;
const password = safeText.min(1).max(maxPasswordChars);

/** The body of `POST /api/v1/shares`, beside the site. */
export const shareSchema = z.strictObject({
  name: safeText.trim().min(1).max(200),
  expires_at: momentText('expected a time like 2026-01-31T12:00:00Z').nullable().default(null),
  password: password.nullable().default(null),
});

/** The body of `POST /api/v1/shares/unlock`. */
export const unlockSchema = z.strictObject({
  token: z
    .string()
    .startsWith(lockedPrefix, { error: `expected ${lockedPrefix}…` })
    .max(200),
  password,
});

const noStore = { 'cache-control': 'no-store' };

/**
 * `/api/v1/shares`: the links that read a site, made and ended by its admins. A link with a password is read by the token that
 * `POST /api/v1/shares/unlock {token, password}` gives for both.
 */
export function shareRoutes(deps: ShareDeps): Hono<Environment> {
  const { database } = deps;
  const routes = new Hono<Environment>();
  const throttle = createLoginThrottle(deps);

  async function authorizeWriter(header: string | undefined, site: string): Promise<By> {
    const principal = await authorize(database, { header, allowed: writers, site });
    return { actor: actorOf(principal), at: deps.now() };
  }

  routes.get('/api/v1/shares', async (c) => {
    const { site } = parseWith(siteOnly, c.req.query());
    await authorizeWriter(c.req.header('authorization'), site);
    return c.json({ shares: await listShares(database, site) }, 200, noStore);
  });
  routes.post('/api/v1/shares', smallBody, async (c) => {
    const { site, ...given } = parseWith(siteOnly, await readInput(c));
    const by = await authorizeWriter(c.req.header('authorization'), site);
    const { name, expires_at: expiresAt, password: secret } = parseWith(shareSchema, given);
    const { link, token } = await makeTokens(database, secret);
    const share = await addShare(database, { site, name, expiresAt, token }, by);
    return c.json({ ...share, token: link }, 201, noStore);
  });
  routes.post('/api/v1/shares/unlock', smallBody, async (c) => {
    const given = parseWith(unlockSchema, await readInput(c));
    const { socket } = c.env.incoming;
    const address = findClientAddress(socket.remoteAddress, (name) => c.req.header(name), deps);
    const attempt = { account: given.token, address };
    const token = await throttle.check(attempt, async () => (await unlockShare(database, given)) ?? false);
    if (token === false) throw refuseUnlock();
    return c.json({ token }, 200, noStore);
  });
  routes.delete('/api/v1/shares/:id', async (c) => {
    const { site } = parseWith(siteOnly, c.req.query());
    const by = await authorizeWriter(c.req.header('authorization'), site);
    const id = c.req.param('id');
    if (await revokeShare(database, { site, id }, by)) return c.body(null, 204);
    throw new Refusal(404, 'not_found', `id: there is no share link in force "${id}"`, { path: 'id' });
  });
  return routes;
}

/** What is in the link, and what reads: the same, unless a password stands between them. */
async function makeTokens(
  database: Database,
  secret: string | null,
): Promise<{ link: string; token: string }> {
  if (secret === null) {
    const token = makeShareToken();
    return { link: token, token };
  }
  const link = makeLockedToken();
  return { link, token: await deriveShareToken(database, link, secret) };
}

// Which of them it is, is not known either.
function refuseUnlock(): Refusal {
  return new Refusal(401, 'not_unlocked', 'password: it is wrong, or the link has expired or was revoked', {
    path: 'password',
  });
}
