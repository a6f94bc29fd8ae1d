import type { Context, MiddlewareHandler } from 'hono';
import { sessionScheme } from './principal.js';
import { requireSameOrigin } from './require-same-origin.js';
import { readSessionToken } from './session-cookie.js';

/**
 * Makes of the cookie of a session an Authorization header, so that routes ask for roles and sites as they do of keys. A
 * browser sends a cookie whichever page asks, so that what changes something must come from our own; a key it does not
 * send by itself.
 *
 * @throws Refusal 403 and 415 for a request that another page may have sent
 */
export function admitSessions({ publicUrl }: { publicUrl?: string | undefined }): MiddlewareHandler {
  return async function admit(c, next) {
    const { headers } = c.req.raw;
    if (headers.get('authorization')?.startsWith(sessionScheme)) headers.delete('authorization');
    if (headers.has('authorization')) return next();
    const token = readSessionToken(c);
    if (token === undefined) return next();
    if (isUnsafe(c)) requireSameOrigin(c, { publicUrl, mustTell: true });
    headers.set('authorization', `${sessionScheme} ${token}`);
    return next();
  };
}

function isUnsafe(c: Context): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(c.req.method);
}
