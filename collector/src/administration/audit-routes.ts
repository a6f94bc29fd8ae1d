import { siteSlug } from '@footfall/schema';
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { z } from 'zod';
import { writeAudit } from '../access/audit.js';
import { readPlace, writePlace } from '../page-cursor.js';
import { csvTexts } from '../query/write-csv.js';
import { parseInput } from '../read-input.js';
import { momentSchema } from './moment.js';
import { type AuditFilter, type AuditRow, readAudit } from './read-audit.js';
import {
  type AdministrationDeps,
  type Administrator,
  requireAdministrator,
} from './require-administrator.js';

const part = z.string().min(1).max(200);

/** What `GET /api/v1/audit` takes. */
export const auditQuery = z.strictObject({
  site: siteSlug.optional(),
  from: momentSchema.optional(),
  to: momentSchema.optional(),
  actor: part.optional(),
  action: part.optional(),
  format: z.enum(['json', 'ndjson', 'csv']).default('json'),
  limit: z.coerce.number().min(1).max(1_000).int().default(100),
  cursor: z.string().max(200).optional(),
});

const rowsAtOnce = 1_000;
const noStore = { 'cache-control': 'no-store' };

/**
 * `GET /api/v1/audit`: who changed or read what, the newest first. An owner of everything sees all lines, others those of
 * their sites. JSON comes in pages, NDJSON and CSV whole.
 */
export function auditRoutes(deps: AdministrationDeps): Hono {
  const routes = new Hono();
  routes.get('/api/v1/audit', async (c) => {
    const query = parseInput(auditQuery, c.req.query(), 'bad_query');
    const { site, format, limit, cursor, from, to, actor, action } = query;
    const who = await requireAdministrator(deps, c, site === undefined ? {} : { site });
    const sites = site === undefined ? await reachOf(deps, who) : [site];
    const filter: AuditFilter = { sites, from, to, actor, action };
    const after = readPlace(cursor);
    if (format !== 'json') return exportRows(deps, c, { filter, format, who, site });
    const rows = await readAudit(deps.database, filter, { after, limit });
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return c.json({ entries: rows, next: last ? writePlace(last) : null }, 200, noStore);
  });
  return routes;
}

// What concerns no single site is for owners of everything.
async function reachOf({ database }: AdministrationDeps, { role, sites }: Administrator) {
  if (sites !== null || role === 'owner') return sites;
  const rows = await database.asOwner((tx) =>
    tx.query<{ site: string }>('/* audit-routes.reachOf */ select site from footfall.sites'),
  );
  return rows.map((row) => row.site);
}

type Export = { filter: AuditFilter; format: 'ndjson' | 'csv'; who: Administrator; site: string | undefined };

const columns = ['at', 'site', 'actor', 'action', 'target', 'detail'] as const;

async function exportRows(
  { database }: AdministrationDeps,
  c: Context,
  { filter, format, who, site = '' }: Export,
): Promise<Response> {
  const entry = { ...who.by, site, action: 'audit.export', target: format };
  await database.asOwner((tx) => writeAudit(tx, entry));
  const write = format === 'csv' ? csvRow : (row: AuditRow) => `${JSON.stringify(row)}\n`;
  c.header(
    'content-type',
    format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
  );
  c.header('cache-control', 'no-store');
  let rows = await readAudit(database, filter, { after: undefined, limit: rowsAtOnce });
  return stream(c, async (out) => {
    if (format === 'csv') await out.write(csvTexts(columns));
    for (let last = rows.at(-1); last && !out.aborted; last = rows.at(-1)) {
      await out.write(rows.map(write).join(''));
      rows = await readAudit(database, filter, { after: last, limit: rowsAtOnce });
    }
  });
}

function csvRow(row: AuditRow): string {
  return csvTexts(columns.map((name) => (name === 'detail' ? JSON.stringify(row.detail) : row[name])));
}
