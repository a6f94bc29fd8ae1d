import { siteSlug } from '@footfall/schema';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorizeReader } from '../access/authorize-reader.js';
import type { Database, Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { chooseSource } from './choose-source.js';
import type { DayRange } from './day-range.js';
import { readOverview } from './overview.js';

export type OverviewDeps = { database: Database; now: () => number };

const day = z.iso.date({ error: 'expected a day as yyyy-mm-dd' });
const querySchema = z
  .object({ site: siteSlug, from: day.optional(), to: day.optional() })
  .refine(({ from, to }) => !from || !to || from <= to, {
    path: ['to'],
    error: 'expected a day not before from',
  });

type Query = z.infer<typeof querySchema>;

const defaultDays = 30;
const dayMs = 86_400_000;

/** `GET /api/v1/overview?site=&from=&to=`: the last 30 days of the site's calendar, unless from and to say otherwise. */
export function overviewRoutes({ database, now }: OverviewDeps): Hono {
  const routes = new Hono();
  routes.get('/api/v1/overview', async (c) => {
    const query = parseQuery(c.req.query());
    const header = c.req.header('authorization');
    await authorizeReader(database, { header, site: query.site });
    const timezone = await database.withSite(query.site, (tx) => readTimezone(tx, query.site));
    const days = chooseDays(query, { timezone, now: now() });
    const source = await chooseSource(database, days);
    const overview = await database.withSite(query.site, (tx) => readOverview(tx, days, source));
    return c.json(overview, 200, { 'cache-control': 'no-store' });
  });
  return routes;
}

function chooseDays(query: Query, { timezone, now }: { timezone: string; now: number }): DayRange {
  const to = query.to ?? localDay(now, timezone);
  const from = query.from ?? localDay(Date.parse(to) - (defaultDays - 1) * dayMs, 'UTC');
  if (from <= to) return { site: query.site, from, to, timezone };
  throw new Refusal(400, 'bad_query', 'from: expected a day not after to', { path: 'from' });
}

function parseQuery(input: Record<string, string>): Query {
  const parsed = querySchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join('.') ?? 'query';
  throw new Refusal(400, 'bad_query', `${path}: ${issue?.message ?? 'does not fit'}`, { path });
}

async function readTimezone(tx: Transaction, site: string): Promise<string> {
  const rows = await tx.query<{ timezone: string }>(
    'select timezone from footfall.sites where site = $1::text',
    [site],
  );
  if (rows[0]) return rows[0].timezone;
  throw new Refusal(404, 'unknown_site', `site: there is no site "${site}"`, {
    path: 'site',
    hint: 'footfall site list',
  });
}

function localDay(unixMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(unixMs);
}
