import { isIPv6 } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { authorizeReader, type Reader } from '../access/authorize-reader.js';
import { findClientAddress, type ProxyTrust } from '../access/client-address.js';
import { isPublic, networkOf } from '../access/network.js';
import type { Database } from '../db/database.js';
import { findOperator } from './operators.js';
import { describeOperator } from './user-input.js';

type ReadableSite = { site: string; name: string; timezone: string; currency: string; weekStart: number };

/**
 * `GET /api/v1/me`: who asks, and the sites that may be read, whatever the credential. A person is told their own address,
 * so that they can have it excluded; it is kept nowhere.
 */
export function meRoutes(deps: ProxyTrust & { database: Database }): Hono<{ Bindings: HttpBindings }> {
  const { database } = deps;
  const routes = new Hono<{ Bindings: HttpBindings }>();
  routes.get('/api/v1/me', async (c) => {
    const reader = await authorizeReader(database, { header: c.req.header('authorization') });
    const sites = await listReadableSites(database, reader.sites);
    const { remoteAddress } = c.env.incoming.socket;
    const address = findClientAddress(remoteAddress, (name) => c.req.header(name), deps);
    const body = {
      ...(await describeReader(database, reader)),
      role: reader.role,
      allSites: reader.sites === null,
      sites,
      client: reader.kind === 'operator' ? describeAddress(address) : null,
    };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });
  return routes;
}

function describeAddress(address: string) {
  const network = isIPv6(address) ? `${networkOf(address)}::/64` : address;
  return { address, network, isPublic: isPublic(address) };
}

async function describeReader(database: Database, reader: Reader) {
  if (reader.kind === 'share') return { operator: null, key: null };
  if (reader.kind === 'key') return { operator: null, key: { id: reader.id, name: reader.name } };
  const operator = await database.asOwner((tx) => findOperator(tx, reader.id));
  return { operator: operator ? describeOperator(operator) : null, key: null };
}

function listReadableSites(database: Database, sites: string[] | null): Promise<ReadableSite[]> {
  return database.asOwner((tx) =>
    tx.query<ReadableSite>(
      `/* me-routes.listReadableSites */
       select site, name, timezone, currency, week_start as "weekStart" from footfall.sites
       where $1::text[] is null or site = any ($1::text[]) order by name, site`,
      [sites],
    ),
  );
}
