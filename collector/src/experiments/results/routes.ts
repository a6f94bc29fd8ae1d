import { type ExperimentResults, experimentKey, siteSlug } from '@footfall/schema';
import { Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../../access/authorize.js';
import type { Database, Transaction } from '../../db/database.js';
import { parseInput } from '../../read-input.js';
import { Refusal } from '../../refusal.js';
import { type Definition, readDefinition } from './definition.js';
import { readResults } from './read-results.js';
import { segmentDimensions } from './segments.js';

export type ResultsDeps = { database: Database; now: () => number };

/** The parameters of a question for results. */
export const resultsQuerySchema = z.strictObject({
  site: siteSlug,
  phase: z.coerce
    .number({ error: 'expected the number of a phase' })
    .int({ error: 'expected the number of a phase' })
    .min(1, { error: 'expected the number of a phase' })
    .max(1_000_000, { error: 'expected the number of a phase' })
    .optional(),
  metric: z.string().max(100).optional(),
  breakdown: z
    .enum(segmentDimensions, { error: `expected one of ${segmentDimensions.join(' ')}` })
    .optional(),
  completeWindows: z.enum(['true', 'false'], { error: 'expected true or false' }).default('false'),
  series: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .default('false')
    .describe('With every look of each comparison, for a chart'),
});
export type ResultsQuery = z.infer<typeof resultsQuerySchema>;

/**
 * `GET /api/v1/experiments/{key}/results?site=&phase=&metric=&breakdown=&completeWindows=&series=` for analysts: what the events
 * say of a phase now.
 */
export function resultsRoutes({ database, now }: ResultsDeps): Hono {
  const routes = new Hono();
  routes.get('/api/v1/experiments/:experiment/results', async (c) => {
    const query = parseInput(resultsQuerySchema, c.req.query(), 'bad_query');
    const header = c.req.header('authorization');
    await authorize(database, { header, allowed: ['owner', 'admin', 'analyst'], site: query.site });
    const answer = await answerResults(database, {
      ...query,
      experiment: c.req.param('experiment'),
      now: now(),
    });
    return c.json(answer, 200, { 'cache-control': 'no-store' });
  });
  return routes;
}

/**
 * The results as the route answers them.
 *
 * @throws Refusal 404 where there is no such experiment, phase or metric, 422 before the start
 */
export function answerResults(
  database: Database,
  question: ResultsQuery & { experiment: string; now: number },
): Promise<ExperimentResults> {
  return database.scanning().withSite(question.site, async (tx) => {
    const definition = await findDefinition(tx, question);
    return readResults(tx, {
      ...question,
      definition,
      completeWindows: question.completeWindows === 'true',
      series: question.series === 'true',
    });
  });
}

async function findDefinition(
  tx: Transaction,
  { site, experiment, phase, metric }: ResultsQuery & { experiment: string },
): Promise<Definition> {
  const isKey = experimentKey.safeParse(experiment).success;
  const definition = isKey ? await readDefinition(tx, { site, experiment, phase }) : 'unknown';
  const named = `experiment "${experiment}"${phase === undefined ? '' : `, phase ${phase}`}`;
  if (definition === 'unknown')
    throw new Refusal(404, 'unknown_experiment', `experiment: there is no ${named} on this site`, {
      path: 'experiment',
    });
  if (definition === 'not started')
    throw new Refusal(422, 'not_started', `experiment: ${named} has not started`, { path: 'experiment' });
  const keys = definition.metrics.map(({ key }) => key);
  if (metric === undefined || keys.includes(metric)) return definition;
  throw new Refusal(404, 'unknown_metric', `metric: there is no metric "${metric}" in ${named}`, {
    path: 'metric',
    expected: `one of ${keys.join(' ')}`,
  });
}
