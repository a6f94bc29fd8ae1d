import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { matchesEtag } from './match-etag.js';

const hourSeconds = 3_600;
const yearSeconds = 31_536_000;
const hashChars = 12;

/**
 * `GET /sdk.js`, the same with experiments as `/sdk-experiments.js`, and the chunk that they load, `/vitals.js`, revalidated by
 * their ETags; and `/sdk-<hash>.js`, which never changes.
 */
export function sdkRoutes(): Hono {
  const routes = new Hono();
  const { script, hash, etag } = readScript('sdk.js');
  serveRevalidated(routes, 'sdk.js');
  serveRevalidated(routes, 'sdk-experiments.js');
  serveRevalidated(routes, 'vitals.js');
  routes.get(`/sdk-${hash}.js`, (c) =>
    c.body(script, 200, scriptHeaders(`public, max-age=${yearSeconds}, immutable`, etag)),
  );
  return routes;
}

function readScript(name: string) {
  const script = readFileSync(new URL(`../dist/assets/${name}`, import.meta.url), 'utf8');
  const hash = createHash('sha256').update(script).digest('hex').slice(0, hashChars);
  return { script, hash, etag: `"${hash}"` };
}

function serveRevalidated(routes: Hono, name: string): void {
  const { script, etag } = readScript(name);
  routes.get(`/${name}`, (c) => {
    const headers = scriptHeaders(`public, max-age=${hourSeconds}`, etag);
    return matchesEtag(c.req.header('if-none-match'), etag)
      ? c.body(null, 304, headers)
      : c.body(script, 200, headers);
  });
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
