import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import { findClientAddress, type ProxyTrust } from '../access/client-address.js';
import { isPlainLoopback } from '../access/origin.js';
import { requireSameOrigin } from '../access/require-same-origin.js';
import { readSessionToken, sessionCookie } from '../access/session-cookie.js';
import type { Database } from '../db/database.js';
import { parseInput, readInput } from '../read-input.js';
import { Refusal } from '../refusal.js';
import { createLoginThrottle } from './login-throttle.js';
import type { OidcSettings } from './oidc-provider.js';
import { hasNoOperator } from './operators.js';
import {
  type Client,
  changePassword,
  type SignedIn,
  setPasswordByToken,
  signInByPassword,
  signOut,
} from './sign-in.js';
import { describeOperator, emailSchema } from './user-input.js';

export type SignInDeps = ProxyTrust & {
  database: Database;
  now: () => number;
  publicUrl?: string | undefined;
  oidc?: OidcSettings | undefined;
};
export type Environment = { Bindings: HttpBindings };

const noStore = { 'cache-control': 'no-store' };
const secret = z
  .string({ error: 'expected a text' })
  .max(1_024, { error: 'expected at most 1024 characters' });
/** The body of `POST /api/v1/login`. */
export const loginSchema = z.strictObject({ email: emailSchema, password: secret });
/** The body of `POST /api/v1/password`. */
export const passwordSchema = z.union(
  [
    z.strictObject({ token: secret, password: secret }),
    z.strictObject({ currentPassword: secret, password: secret }),
  ],
  { error: 'expected {token, password} or {currentPassword, password}' },
);

/** `/api/v1/login`, `/logout` and `/password`: sessions of the dashboard, in a cookie that no script can read. */
export function signInRoutes(deps: SignInDeps): Hono<Environment> {
  const routes = new Hono<Environment>();
  const oidc = deps.oidc ? { name: deps.oidc.name } : null;
  const all = { ...deps, throttle: createLoginThrottle(deps) };

  routes.get('/api/v1/login/methods', async (c) =>
    c.json({ password: true, oidc, firstOwner: await hasNoOperator(deps.database) }, 200, noStore),
  );
  routes.post('/api/v1/login', async (c) => {
    requireOwnPage(c, deps);
    const { email, password } = parseInput(loginSchema, await readInput(c.env.incoming), 'bad_login');
    return answerSignedIn(
      c,
      deps,
      await signInByPassword(all, { email, password, client: clientOf(c, deps) }),
    );
  });
  routes.post('/api/v1/logout', async (c) => {
    requireOwnPage(c, deps);
    const token = readSessionToken(c);
    if (token !== undefined) await signOut(deps, token);
    for (const cookie of sessionCookie.clear()) c.header('set-cookie', cookie, { append: true });
    return c.body(null, 204);
  });
  routes.post('/api/v1/password', async (c) => {
    requireOwnPage(c, deps);
    const given = parseInput(passwordSchema, await readInput(c.env.incoming), 'bad_password');
    if ('token' in given)
      return c.json({ operator: describeOperator(await setPasswordByToken(deps, given)) }, 200, noStore);
    const email = await requireOperator(c, deps);
    const { currentPassword: current, password } = given;
    return answerSignedIn(
      c,
      deps,
      await changePassword(all, { email, current, password, client: clientOf(c, deps) }),
    );
  });
  return routes;
}

async function requireOperator(c: Context<Environment>, { database }: SignInDeps): Promise<string> {
  const header = c.req.header('authorization');
  const { kind, name } = await authorize(database, { header, allowed: ['owner', 'admin', 'analyst'] });
  if (kind === 'operator') return name;
  throw new Refusal(403, 'role', 'authorization: expected the session of a person, got a key', {
    path: 'authorization',
  });
}

// A page of others must not sign anybody in either: what he then did would be in the account of another.
function requireOwnPage(c: Context<Environment>, { publicUrl }: SignInDeps): void {
  requireSameOrigin(c, { publicUrl, mustTell: false });
  const origin = c.req.header('origin');
  if (origin === undefined || origin.startsWith('https:') || isPlainLoopback(origin)) return;
  throw new Refusal(
    403,
    'insecure',
    `origin: expected HTTPS or this machine, got "${origin.slice(0, 200)}"`,
    {
      path: 'origin',
      hint: 'browsers keep the cookie of a session only where the connection is encrypted; docs/access.md',
    },
  );
}

/** Where a person sits who signs in. */
export function clientOf(c: Context<Environment>, deps: ProxyTrust): Client {
  const { socket } = c.env.incoming;
  return {
    address: findClientAddress(socket.remoteAddress, (name) => c.req.header(name), deps),
    userAgent: c.req.header('user-agent') ?? '',
    previous: readSessionToken(c),
  };
}

function answerSignedIn(c: Context, { publicUrl }: SignInDeps, { operator, token }: SignedIn): Response {
  c.header('set-cookie', sessionCookie.write(token, c.req.header('origin') ?? publicUrl));
  return c.json({ operator: describeOperator(operator) }, 200, noStore);
}
