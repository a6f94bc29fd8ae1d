import { z } from 'zod';

const money = z
  .object({ value: z.number(), currency: z.string(), short: z.string(), long: z.string() })
  .meta({ id: 'Money' });
const metricValues = z.array(z.union([z.number(), money, z.null()]));
const dimensionValues = z.array(z.string().nullable());
const row = z
  .object({
    site_id: z.string().optional().describe('Where several sites were asked'),
    dimensions: dimensionValues,
    metrics: metricValues,
    comparison: z
      .object({ dimensions: dimensionValues, metrics: metricValues, change: z.array(z.number().nullable()) })
      .optional(),
  })
  .meta({ id: 'Row' });

const entry = z.object({ definition: z.string(), version: z.int() });
const meta = z
  .object({
    source: z.enum(['rollups', 'events']),
    timezone: z.string(),
    as_of: z.iso.datetime(),
    metrics: z.record(
      z.string(),
      z.object({
        ...entry.shape,
        unit: z.string(),
        upper_bound: z
          .literal(true)
          .optional()
          .describe('Cookieless visitors have another id each UTC day: somebody may be counted on each'),
      }),
    ),
    dimensions: z.record(z.string(), entry),
    bots: z.object({ excluded: z.literal(true), events: z.int().optional() }),
    imports_included: z.boolean().optional(),
    metric_warnings: z.record(z.string(), z.object({ code: z.string(), warning: z.string() })).optional(),
    time_labels: z.array(z.string()).optional(),
    comparison_date_range: z.tuple([z.string(), z.string()]).optional(),
    total_rows: z.int().optional(),
    next_cursor: z.string().optional(),
  })
  .meta({ id: 'QueryMeta', description: 'How each number was made' });

/** The answer of `POST /api/v2/query`. */
export const answerSchema = z
  .object({
    results: z.array(row),
    meta: z
      .union([meta, z.object({ sites: z.record(z.string(), meta) })])
      .describe('Of a list of sites by site'),
    query: z.looseObject({}).describe('The query with its defaults and the moments of its range'),
  })
  .meta({ id: 'QueryAnswer' });
