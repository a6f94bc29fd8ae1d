import { type Context, Hono } from 'hono';
import { authorizeReader } from '../access/authorize-reader.js';
import type { Database } from '../db/database.js';
import { smallBody } from '../limit-body.js';
import { runGuarded } from '../query/run-guarded.js';
import { reports } from './all-reports.js';
import { readInput, splitInput } from './read-request.js';
import type { Report } from './report.js';
import { runReport } from './run-report.js';

export type ReportDeps = { database: Database; now: () => number };

/** `GET` and `POST /api/v1/<report>`: the parameters are in the query or, as JSON, in the body. */
export function reportRoutes(deps: ReportDeps): Hono {
  const routes = new Hono();
  for (const report of reports) {
    const answer = (c: Context) => answerReport(c, report, deps);
    routes.get(`/api/v1/${report.path}`, answer);
    routes.post(`/api/v1/${report.path}`, smallBody, answer);
  }
  return routes;
}

async function answerReport(c: Context, report: Report, { database, now }: ReportDeps): Promise<Response> {
  const { common, parameters } = splitInput(await readInput(c), report.parameters);
  await authorizeReader(database, { header: c.req.header('authorization'), site: common.site });
  const body = await runGuarded(() =>
    database
      .scanning()
      .withSite(common.site, (tx) => runReport(tx, report, { common, parameters, now: now() })),
  );
  return c.json(body, 200, { 'cache-control': 'no-store' });
}
