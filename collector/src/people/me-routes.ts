import { Hono } from 'hono';
import { authorizeReader, type Reader } from '../access/authorize-reader.js';
import type { Database } from '../db/database.js';
import { findOperator } from './operators.js';
import { describeOperator } from './user-input.js';

type ReadableSite = { site: string; name: string; timezone: string; currency: string; weekStart: number };

/** `GET /api/v1/me`: who asks, and the sites that may be read, whatever the credential. */
export function meRoutes({ database }: { database: Database }): Hono {
  const routes = new Hono();
  routes.get('/api/v1/me', async (c) => {
    const reader = await authorizeReader(database, { header: c.req.header('authorization') });
    const sites = await listReadableSites(database, reader.sites);
    return c.json({ ...(await describeReader(database, reader)), role: reader.role, sites }, 200, {
      'cache-control': 'no-store',
    });
  });
  return routes;
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
