import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

/**
 * `GET /demo/…`: a folder of static files. Where it holds a `200.html`, as single-page apps do on static hosts, that
 * file answers for every unknown path.
 */
export function demoRoutes(folder: string): Hono {
  const routes = new Hono();
  routes.get('/', (c) => c.redirect('/demo/'));
  routes.get('/demo', (c) => c.redirect('/demo/'));
  routes.get(
    '/demo/*',
    serveStatic({ root: folder, rewriteRequestPath: (path) => path.replace(/^\/demo/, '') }),
  );
  const fallback = join(folder, '200.html');
  if (existsSync(fallback)) {
    const page = readFileSync(fallback, 'utf8');
    routes.get('/demo/*', (c) => c.html(page));
  }
  return routes;
}
