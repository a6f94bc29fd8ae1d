import { type Context, Hono } from 'hono';
import { createHostCookie } from '../access/cookie.js';
import { sessionCookie } from '../access/session-cookie.js';
import {
  classifyOidcFailure,
  createOidcProvider,
  type Identity,
  type PendingSignIn,
} from './oidc-provider.js';
import { findOperatorByEmail } from './operators.js';
import { auditFailure, beginSession } from './sign-in.js';
import { clientOf, type Environment, type SignInDeps } from './sign-in-routes.js';

export type OidcDeps = SignInDeps & { log: (line: string) => void };
type Problem = 'unavailable' | 'denied' | 'rejected' | 'unverified' | 'unknown';

const pendingCookie = createHostCookie('footfall-oidc');
const pendingSeconds = 600;

/**
 * `GET /login/oidc` sends a person to the provider, `GET /login/oidc/callback` takes the answer and begins a session. Who
 * has no account gets none: an owner invites. What went wrong is behind the # of the sign-in page, `#sign-in=<problem>`.
 */
export function oidcRoutes(deps: OidcDeps): Hono<Environment> {
  const routes = new Hono<Environment>();
  const { oidc: settings, publicUrl } = deps;
  if (!settings || publicUrl === undefined) return routes;
  const provider = createOidcProvider(settings, `${publicUrl}/login/oidc/callback`);

  function goHome(c: Context, problem?: Problem): Response {
    return c.redirect(`${publicUrl}/dashboard${problem === undefined ? '' : `#sign-in=${problem}`}`);
  }

  function explain(error: unknown): Problem {
    deps.log(`oidc: ${describe(error)}`);
    return classifyOidcFailure(error);
  }

  routes.get('/login/oidc', async (c) => {
    try {
      const { url, pending } = await provider.begin();
      c.header('set-cookie', pendingCookie.write(encode(pending), publicUrl, pendingSeconds));
      return c.redirect(url.href);
    } catch (error) {
      return goHome(c, explain(error));
    }
  });
  routes.get('/login/oidc/callback', async (c) => {
    const pending = decode(
      pendingCookie.read({ cookie: c.req.header('cookie'), host: c.req.header('host') }),
    );
    for (const cookie of pendingCookie.clear()) c.header('set-cookie', cookie, { append: true });
    if (!pending) return goHome(c, 'rejected');
    try {
      const identity = await provider.finish(new URL(c.req.url).search, pending);
      return goHome(c, await signIn(c, deps, { identity, publicUrl }));
    } catch (error) {
      return goHome(c, explain(error));
    }
  });
  return routes;
}

/** @returns why not */
async function signIn(
  c: Context<Environment>,
  deps: OidcDeps,
  { identity: { email, isVerified }, publicUrl }: { identity: Identity; publicUrl: string },
): Promise<Problem | undefined> {
  const now = deps.now();
  return deps.database.asOwner(async (tx) => {
    const operator = email === undefined ? undefined : await findOperatorByEmail(tx, email.toLowerCase());
    if (!isVerified || !operator || operator.disabledAt) {
      await auditFailure(tx, { operator, now, method: 'oidc' });
      return isVerified ? 'unknown' : 'unverified';
    }
    const token = await beginSession(tx, { operator, client: clientOf(c, deps), now, method: 'oidc' });
    c.header('set-cookie', sessionCookie.write(token, publicUrl), { append: true });
    return undefined;
  });
}

function encode(pending: PendingSignIn): string {
  return Buffer.from(JSON.stringify(pending)).toString('base64url');
}

function decode(text: string | undefined): PendingSignIn | undefined {
  if (text === undefined) return undefined;
  try {
    const { state, nonce, verifier } = JSON.parse(Buffer.from(text, 'base64url').toString());
    const isWhole = [state, nonce, verifier].every((value) => typeof value === 'string' && value !== '');
    return isWhole ? { state, nonce, verifier } : undefined;
  } catch {
    return undefined;
  }
}

// The reason, and the one behind it. Never the query of the callback, which holds the code.
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
