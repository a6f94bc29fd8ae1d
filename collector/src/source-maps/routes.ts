import { siteSlug } from '@footfall/schema';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../access/authorize.js';
import type { Database } from '../db/database.js';
import { readText } from '../ingest/read-body.js';
import { safeText } from '../query/filters/filter-schema.js';
import { Refusal } from '../refusal.js';
import { parseWith } from '../reports/read-request.js';
import { findProblem, maxMapBytes } from './check-map.js';
import { saveMaps } from './store.js';

export type SourceMapDeps = { database: Database };

/** The parameters of an upload. */
export const uploadQuery = z.strictObject({
  site: siteSlug,
  release: safeText.min(1).max(100),
  file: safeText
    .min(1)
    .max(1_000)
    .regex(/^(?!\/)(?!.*\\)(?!(?:.*\/)?\.\.?\/)/, {
      error:
        'expected the path of the minified file from the folder that the site serves, like assets/app.js',
    })
    .describe('Path of the minified file from the folder that the site serves: assets/app.js'),
});

const limits = { maxWireBytes: 16 * 1024 * 1024, maxInflatedBytes: maxMapBytes };
// Each may hold a map as bytes, as text and as what it parses to.
const maxUploads = 1;

/** `POST /api/v1/source-maps?site=&release=&file=`: the body is the map, best as gzip. Stored again it takes the place of the one before. */
export function sourceMapRoutes({ database }: SourceMapDeps): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>();
  let uploads = 0;
  routes.post('/api/v1/source-maps', async (c) => {
    const { site, release, file } = parseWith(uploadQuery, c.req.query());
    await authorize(database, { header: c.req.header('authorization'), allowed: ['owner', 'admin'], site });
    if (uploads >= maxUploads)
      throw new Refusal(429, 'busy', 'another source map is being stored', { retryAfterSeconds: 1 });
    uploads += 1;
    try {
      const { text, bytes } = await readText(c.env.incoming, limits);
      const problem = findProblem(text);
      if (problem !== undefined) throw new Refusal(400, 'bad_map', `body: ${problem}`, { path: 'body' });
      await saveMaps(database, { site, release, maps: [{ file, map: text }] });
      return c.json({ site, release, file, bytes }, 201);
    } finally {
      uploads -= 1;
    }
  });
  return routes;
}
