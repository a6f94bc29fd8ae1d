import { siteSlug } from '@footfall/schema';
import { z } from 'zod';
import { dimensionNames } from './catalog/dimensions.js';
import { metricNames } from './catalog/metrics.js';
import { numberNames } from './catalog/numbers.js';
import { filtersSchema, nameOf } from './filters/filter-schema.js';
import { bucketNames } from './period/buckets.js';
import { dateRangeSchema } from './period/date-range.js';
import { timezoneSchema } from './period/timezone.js';

/** Limits of a query. */
export const maxMetrics = 40;
export const maxDimensions = 8;
export const maxSites = 20;
export const maxRows = 10_000;
const maxAliasChars = 60;
const maxCursorChars = 8_000;

export const aggregateFunctions = [
  'sum',
  'avg',
  'min',
  'max',
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
  'count_distinct',
] as const;

export const timeDimensions = ['time', ...bucketNames.map((name) => `time:${name}` as const)] as const;

const aggregate = z
  .strictObject({
    fn: z.enum(aggregateFunctions),
    of: nameOf([...numberNames, ...dimensionNames], {
      id: 'AggregateOf',
      description: 'A number; of count_distinct any dimension too',
    }),
    as: z
      .string()
      .regex(/^[a-z_][a-z0-9_]*$/i, { error: 'expected a name of letters, digits and _' })
      .max(maxAliasChars),
  })
  .meta({ id: 'Aggregate', description: 'A number made of a property of all events or visits' });

const metric = z.union([z.enum(metricNames), aggregate]);

const dimension = nameOf([...dimensionNames, 'event:goal', ...timeDimensions], {
  id: 'QueryDimension',
  description: 'What the rows of the answer are made by',
});

const comparison = z.union([
  z.strictObject({
    mode: z.enum(['previous_period', 'year_over_year']),
    match_day_of_week: z.boolean().optional().describe('Begin on the same weekday'),
  }),
  z.strictObject({
    mode: z.literal('custom'),
    date_range: dateRangeSchema,
    match_day_of_week: z.boolean().optional(),
  }),
]);

const include = z.strictObject({
  imports: z.boolean().optional().describe('Accepted for compatibility: imported events are events'),
  time_labels: z.boolean().optional().describe('All buckets of the range, in meta.time_labels'),
  total_rows: z.boolean().optional().describe('How many rows there are on all pages, in meta.total_rows'),
  zero_fill: z.boolean().optional().describe('A row for every bucket of time'),
  bots: z.boolean().optional().describe('How many events of bots were left out, in meta.bots.events'),
  comparisons: comparison.optional().describe('The same of another period, beside each row'),
});

const pagination = z.strictObject({
  limit: z.int().min(1).max(maxRows).optional(),
  offset: z.int().min(0).max(1_000_000_000).optional(),
  cursor: z.string().max(maxCursorChars).optional().describe('meta.next_cursor of the page before'),
});

/** The body of POST /api/v2/query: that of Plausible's Stats API v2, and more. */
export const querySchema = z
  .strictObject({
    site_id: z
      .union([siteSlug, z.array(siteSlug).min(1).max(maxSites)], {
        error: 'expected the slug of a site, or a list of them',
      })
      .describe('The slug of a site, or several: each is queried by itself'),
    metrics: z.array(metric).min(1).max(maxMetrics),
    date_range: dateRangeSchema,
    dimensions: z.array(dimension).max(maxDimensions).default([]),
    filters: filtersSchema.default([]),
    order_by: z
      .array(z.tuple([z.string(), z.enum(['asc', 'desc'])]))
      .max(maxMetrics)
      .optional()
      .describe('Names of metrics, aggregates and dimensions of this query'),
    include: include.default({}),
    pagination: pagination.default({}),
    timezone: timezoneSchema.optional().describe("The site's own unless given"),
    week_start: z.int().min(1).max(7).optional().describe('ISO 8601 day of the week, 1 is Monday'),
  })
  .meta({ description: "A question to a site: Plausible's Stats API v2, and more" });

export type QueryBody = z.infer<typeof querySchema>;
export type AggregateMetric = z.infer<typeof aggregate>;
export type Comparison = z.infer<typeof comparison>;
export type OrderBy = [string, 'asc' | 'desc'][];
