import { createHash } from 'node:crypto';
import type { ExperimentConfig } from '@footfall/schema';
import { type Context, Hono } from 'hono';
import { isOriginAllowed } from '../access/origin.js';
import type { SiteKeys } from '../access/site-keys.js';
import type { Site } from '../access/sites.js';
import type { Database } from '../db/database.js';
import { matchesEtag } from '../match-etag.js';
import { Refusal } from '../refusal.js';
import type { Configs } from './configs.js';
import { readPreview } from './preview.js';

export type ConfigDeps = { database: Database; now: () => number; siteKeys: SiteKeys; configs: Configs };

/** What browsers assign by. `overrides` only with a preview link. */
type Answer = { experiments: ExperimentConfig[]; overrides?: Record<string, string> };

const cacheControl = 'public, max-age=10, stale-while-revalidate=60';

/** `GET /v1/experiments?site=<site key>[&preview=<token>]`: what runs, for assignment in the browser. */
export function configRoutes(deps: ConfigDeps): Hono {
  const routes = new Hono();
  routes.get('/v1/experiments', async (c) => {
    const site = await requireSite(deps, c);
    const token = c.req.query('preview');
    const answer = await describe(deps, site.site, token);
    // Servers write it into pages: nothing in it may end the script element that it stands in.
    const body = JSON.stringify(answer).replaceAll('<', '\\u003c');
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
    const headers = {
      ...corsHeaders(c),
      etag,
      'content-type': 'application/json',
      'cache-control': token === undefined ? cacheControl : 'no-store',
    };
    if (matchesEtag(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
    return c.body(body, 200, headers);
  });
  return routes;
}

async function describe(
  { database, now, configs }: ConfigDeps,
  site: string,
  token?: string,
): Promise<Answer> {
  const { all } = await configs.of(site);
  const preview = token === undefined ? undefined : await readPreview(database, { token, site, now: now() });
  const isNeeded = ({ isRunning, winner, key }: ExperimentConfig) =>
    isRunning || winner !== undefined || key === preview?.experiment;
  const experiments = [...all.values()].filter(isNeeded);
  return preview ? { experiments, overrides: { [preview.experiment]: preview.variation } } : { experiments };
}

/**
 * The site of a public key, for a page of an origin that may use it.
 *
 * @throws Refusal 401 unknown key, 403 foreign origin
 */
export async function requireSite(
  { siteKeys }: Pick<ConfigDeps, 'siteKeys'>,
  c: Pick<Context, 'req'>,
  siteKey = c.req.query('site') ?? '',
): Promise<Site> {
  const site = await siteKeys.find(siteKey);
  if (!site) {
    throw new Refusal(401, 'unknown_site_key', `site: expected a site key, got "${siteKey.slice(0, 64)}"`, {
      path: 'site',
      hint: 'footfall site list shows the keys',
    });
  }
  const origin = c.req.header('origin');
  if (isOriginAllowed(site, { origin, host: c.req.header('host') })) return site;
  throw new Refusal(403, 'origin', `origin: "${origin}" is not allowed for the site "${site.site}"`, {
    path: 'origin',
  });
}

/** What lets a page of another origin read an answer. The origin was checked before. */
export function corsHeaders(c: Pick<Context, 'req'>): Record<string, string> {
  const origin = c.req.header('origin');
  if (origin === undefined) return { vary: 'Origin' };
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'etag, retry-after',
    vary: 'Origin',
  };
}
