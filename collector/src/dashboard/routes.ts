import { type Context, Hono } from 'hono';
import { type PageFile, readPageFiles } from './files.js';

const yearSeconds = 31_536_000;

function policyOf(frameAncestors: "'none'" | '*'): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
}

const common = {
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  vary: 'accept-encoding',
};

/**
 * `GET /dashboard`: the page for people, which uses the public API alone. `GET /share/<token>` is the same page for who has
 * the link; with `?embed` it may stand in a frame of another site. Its files have their hash in their name.
 */
export function dashboardRoutes(): Hono {
  const routes = new Hono();
  const files = readPageFiles();
  for (const file of files.filter(({ name }) => name !== 'index.html'))
    routes.get(`/dashboard/${file.name}`, (c) =>
      answer(c, file, `public, max-age=${yearSeconds}, immutable`),
    );
  const page = files.find(({ name }) => name === 'index.html');
  if (!page) throw new Error('dashboard: expected dist/assets/dashboard/index.html: npm run build');
  routes.get('/dashboard', (c) => answerPage(c, page, "'none'"));
  routes.get('/share/:token', (c) =>
    answerPage(c, page, c.req.query('embed') === undefined ? "'none'" : '*'),
  );
  return routes;
}

function answerPage(c: Context, page: PageFile, frameAncestors: "'none'" | '*'): Response {
  c.header('content-security-policy', policyOf(frameAncestors));
  return answer(c, page, 'no-cache');
}

function answer(c: Context, { type, bytes, gzipped }: PageFile, cacheControl: string): Response {
  const headers = { ...common, 'content-type': type, 'cache-control': cacheControl };
  const takesGzip = /\bgzip\b(?!;q=0(?:\.0+)?(?:,|$))/.test(c.req.header('accept-encoding') ?? '');
  if (!takesGzip) return c.body(bytes, 200, headers);
  return c.body(gzipped, 200, { ...headers, 'content-encoding': 'gzip' });
}
