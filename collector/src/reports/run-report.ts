import type { Transaction } from '../db/database.js';
import { openScope } from './open-scope.js';
import type { Common } from './read-request.js';
import type { Report, Scope } from './report.js';

/**
 * Runs a report in the transaction of a reader of its site: its answer, and its meta.
 *
 * @throws Refusal 400 where a filter does not parse or names a segment that is not there, 404 without the site
 */
export async function runReport(
  tx: Transaction,
  report: Report,
  { common, parameters, now }: { common: Common; parameters: Record<string, unknown>; now: number },
): Promise<object> {
  const scope = await openScope(tx, common, now);
  return { ...(await report.read(tx, scope, parameters)), meta: describe(report, scope) };
}

function describe({ definitions }: Report, { site, from, to, timezone }: Scope) {
  return { site, from, to, timezone, source: 'events', bots: 'left out', definitions };
}
