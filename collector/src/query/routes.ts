import { siteSlug } from '@footfall/schema';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorizeReader } from '../access/authorize-reader.js';
import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { refuseIssues } from './explain-issue.js';
import type { Filter } from './filters/filter-schema.js';
import { parseFilters } from './filters/parse-filters.js';
import { type DayRange, readOverview } from './overview.js';
import { addDays } from './period/calendar.js';
import { checkLength, daySchema } from './period/date-range.js';
import { readCalendar } from './period/resolve-period.js';
import { checkPatterns, runGuarded } from './run-guarded.js';

export type OverviewDeps = { database: Database; now: () => number; queryTimeoutMs?: number };

/** What `GET /api/v1/overview` takes. */
export const overviewQuery = z
  .object({
    site: siteSlug,
    from: daySchema.optional(),
    to: daySchema.optional(),
    filters: z.string().optional().describe('The filters of POST /api/v2/query, as JSON'),
  })
  .refine(({ from, to }) => !from || !to || from <= to, {
    path: ['to'],
    error: 'expected a day not before from',
  });

type OverviewQuery = z.infer<typeof overviewQuery>;

const defaultDays = 30;
/** How long one statement of a query may run, unless the collector is told otherwise. */
export const defaultTimeoutMs = 20_000;

/**
 * `GET /api/v1/overview?site=&from=&to=&filters=`: the last 30 days of the site's calendar, unless from and to say
 * otherwise, beside the same number of days before.
 */
export function overviewRoutes({ database, now, queryTimeoutMs = defaultTimeoutMs }: OverviewDeps): Hono {
  const routes = new Hono();
  const limited = database.within(queryTimeoutMs);
  routes.get('/api/v1/overview', async (c) => {
    const query = parseQuery(c.req.query());
    const { site } = query;
    const header = c.req.header('authorization');
    await authorizeReader(database, { header, site });
    const filters = readFilters(query.filters);
    const overview = await runGuarded(async () => {
      await checkPatterns(limited, site, filters);
      const calendar = await limited.withSite(site, (tx) =>
        readCalendar(tx, { site, timezone: undefined, now: now() }),
      );
      return readOverview(limited, { calendar, days: chooseDays(query, calendar.today), filters });
    });
    return c.json(overview, 200, { 'cache-control': 'no-store' });
  });
  return routes;
}

function chooseDays({ from: first, to: last }: OverviewQuery, today: string): DayRange {
  const to = last ?? today;
  const from = first ?? addDays(to, 1 - defaultDays);
  checkLength(from, to, 'from');
  return { from, to };
}

function parseQuery(input: Record<string, string>): OverviewQuery {
  const parsed = overviewQuery.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refuseIssues(parsed.error.issues, input);
}

function readFilters(text: string | undefined): Filter[] {
  if (text === undefined || text === '') return [];
  try {
    return parseFilters(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal(400, 'bad_json', `filters: expected JSON: ${error.message}`, { path: 'filters' });
  }
}
