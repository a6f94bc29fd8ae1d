import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';

const hourSeconds = 3_600;
const yearSeconds = 31_536_000;
const hashChars = 12;

/** `GET /sdk.js`, revalidated by its ETag, and `/sdk-<hash>.js`, which never changes. */
export function sdkRoutes(): Hono {
  const script = readFileSync(new URL('../dist/assets/sdk.js', import.meta.url), 'utf8');
  const hash = createHash('sha256').update(script).digest('hex').slice(0, hashChars);
  const etag = `"${hash}"`;
  const routes = new Hono();
  routes.get('/sdk.js', (c) => {
    const headers = scriptHeaders(`public, max-age=${hourSeconds}`, etag);
    return c.req.header('if-none-match') === etag ? c.body(null, 304, headers) : c.body(script, 200, headers);
  });
  routes.get(`/sdk-${hash}.js`, (c) =>
    c.body(script, 200, scriptHeaders(`public, max-age=${yearSeconds}, immutable`, etag)),
  );
  return routes;
}

// Any page may load the script, also with crossorigin="anonymous" for subresource integrity.
function scriptHeaders(cacheControl: string, etag: string): Record<string, string> {
  return {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': cacheControl,
    etag,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  };
}
