import type { Context } from 'hono';
import { createHostCookie } from './cookie.js';

/** The cookie of a session. It ends with the browser; how long the session lasts is known to the database. */
export const sessionCookie = createHostCookie('footfall');

/** The token of the session in the cookies of a request. */
export function readSessionToken(c: Context): string | undefined {
  return sessionCookie.read({ cookie: c.req.header('cookie'), host: c.req.header('host') });
}
