import { readFileSync } from 'node:fs';
import { Hono } from 'hono';

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

const pages = [
  { route: '/dashboard', file: 'overview.html', type: 'text/html; charset=utf-8' },
  { route: '/dashboard/overview.css', file: 'overview.css', type: 'text/css; charset=utf-8' },
  { route: '/dashboard/overview.js', file: 'overview.js', type: 'text/javascript; charset=utf-8' },
];

/** `GET /dashboard`: the overview as a page. It asks for a key and uses the public API alone. */
export function dashboardRoutes(): Hono {
  const routes = new Hono();
  for (const { route, file, type } of pages) {
    const text = readFileSync(new URL(`../../dist/assets/dashboard/${file}`, import.meta.url), 'utf8');
    routes.get(route, (c) => c.body(text, 200, { ...securityHeaders, 'content-type': type }));
  }
  return routes;
}
