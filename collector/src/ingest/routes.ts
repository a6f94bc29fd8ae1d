import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { authorizeBy } from '../access/authorize.js';
import { findClientAddress, type ProxyTrust } from '../access/client-address.js';
import { isOriginAllowed } from '../access/origin.js';
import type { RateLimits } from '../access/rate-limits.js';
import type { SecretKeys } from '../access/secret-keys.js';
import type { SiteKeys } from '../access/site-keys.js';
import type { Site } from '../access/sites.js';
import { Refusal } from '../refusal.js';
import { type CollectDeps, collect } from './collect.js';
import { readClientHintHeaders } from './enrich/client-hint-headers.js';
import type { Client } from './enrich.js';
import { readBody } from './read-body.js';

export type IngestDeps = CollectDeps &
  ProxyTrust & {
    siteKeys: SiteKeys;
    secretKeys: SecretKeys;
    now: () => number;
    /** Throws a Refusal where the disk takes no more events. */
    requireRoom: () => void;
    limits: RateLimits;
  };

type Environment = { Bindings: HttpBindings };
type Headers = (name: string) => string | undefined;

const preflightSeconds = 86_400;

/** `POST /v1/events?site=<site key>` and its preflight. */
export function ingestRoutes(deps: IngestDeps): Hono<Environment> {
  const routes = new Hono<Environment>();

  routes.post('/v1/events', async (c) => {
    deps.requireRoom();
    const receivedAt = deps.now();
    const { incoming } = c.env;
    const readHeader = headersOf(incoming);
    const site = await findSite(deps, c.req.query('site'), readHeader);
    const origin = requireOrigin(site.site, readHeader);
    const address = findClientAddress(incoming.socket.remoteAddress, readHeader, deps);
    const client = describeClient({ ...site, address }, readHeader);
    deps.limits.requireQuiet(client);
    const answer = await collect(deps, { client, receivedAt, ...(await readBody(incoming)) });
    deps.metrics.ackSeconds.observe((deps.now() - receivedAt) / 1000);
    return c.json(answer, 200, corsHeaders(origin));
  });

  routes.options('/v1/events', async (c) => {
    const readHeader = headersOf(c.env.incoming);
    const site = await deps.siteKeys.find(c.req.query('site') ?? '');
    const origin = readHeader('origin');
    const isAllowed = site && isOriginAllowed(site, { origin, host: readHeader('host') });
    return c.body(null, 204, isAllowed ? preflightHeaders(origin) : {});
  });

  routes.all('/v1/events', (c) => {
    c.header('allow', 'POST, OPTIONS');
    throw new Refusal(405, 'method', `expected POST, got ${c.req.method}`);
  });
  return routes;
}

// Node's own request: the one of the Fetch standard is made anew for its headers and its body, at a tenth of the whole cost.
function headersOf({ headers }: HttpBindings['incoming']): Headers {
  return (name) => {
    const value = headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  };
}

type Sender = { site: Site; isServer: boolean };

async function findSite(deps: IngestDeps, siteKey: string | undefined, readHeader: Headers): Promise<Sender> {
  const site = siteKey ? await deps.siteKeys.find(siteKey) : undefined;
  if (!site) {
    throw new Refusal(
      401,
      'unknown_site_key',
      `site: expected a site key, got "${(siteKey ?? '').slice(0, 64)}"`,
      {
        path: 'site',
        hint: 'footfall site list shows the keys',
      },
    );
  }
  const header = readHeader('authorization');
  if (header === undefined) return { site, isServer: false };
  await authorizeBy(deps.secretKeys.find, {
    header,
    allowed: ['ingest', 'owner', 'admin'],
    site: site.site,
  });
  return { site, isServer: true };
}

function requireOrigin(site: Site, readHeader: Headers): string | undefined {
  const origin = readHeader('origin');
  if (isOriginAllowed(site, { origin, host: readHeader('host') })) return origin;
  throw new Refusal(403, 'origin', `origin: "${origin}" is not allowed for the site "${site.site}"`, {
    path: 'origin',
    hint: 'footfall site add … --origin https://example.com',
  });
}

function describeClient(
  { site, isServer, address }: Sender & { address: string },
  readHeader: Headers,
): Client {
  return {
    site,
    isServer,
    address,
    userAgent: readHeader('user-agent') ?? '',
    clientHints: readClientHintHeaders(readHeader),
    language: /^[A-Za-z0-9-]{2,35}/.exec(readHeader('accept-language') ?? '')?.[0] ?? null,
  };
}

function corsHeaders(origin: string | undefined): Record<string, string> {
  return origin === undefined ? {} : { 'access-control-allow-origin': origin, vary: 'Origin' };
}

function preflightHeaders(origin: string | undefined): Record<string, string> {
  return {
    ...corsHeaders(origin),
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, content-encoding, authorization',
    'access-control-max-age': String(preflightSeconds),
  };
}
