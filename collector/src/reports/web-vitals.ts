import { z } from 'zod';
import { dimensionName } from '../query/filters/filter-schema.js';
import { joinDimension } from './join-dimension.js';
import { rate } from './rate.js';
import { defineReport } from './report.js';

/** Good up to the first, poor above the second (https://web.dev/articles/defining-core-web-vitals-thresholds). */
const thresholds: Record<string, [number, number]> = {
  LCP: [2_500, 4_000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1_800, 3_000],
  TTFB: [800, 1_800],
};

const maxDimensions = 2;
const parameters = z.strictObject({
  dimensions: z.array(dimensionName).max(maxDimensions).default(['event:page', 'visit:device']),
});

type Row = {
  metric: string;
  value_1: string | null;
  value_2: string | null;
  is_total: boolean;
  page_loads: number;
  p75: number;
  median: number;
  good: number;
  poor: number;
};

const summary = {
  metric: z.string(),
  page_loads: z.int(),
  p75: z.number(),
  median: z.number(),
  rating: z.enum(['good', 'needs-improvement', 'poor']),
  good: z.number(),
  poor: z.number(),
};
const answer = z.object({
  dimensions: z.array(z.string()),
  totals: z.array(z.object(summary)),
  results: z.array(z.object({ dimensions: z.array(z.string().nullable()), ...summary })),
  thresholds: z.record(z.string(), z.tuple([z.number(), z.number()])),
});

/** Core Web Vitals: the 75th percentile by page and device, or by any one or two dimensions. */
export const webVitals = defineReport({
  path: 'web-vitals',
  parameters,
  answer,
  definitions: {
    p75: '75th percentile, interpolated, over page loads; milliseconds, CLS without a unit',
    page_loads: 'page loads with a value; of several values of one load the last counts',
    rating: 'of p75: good up to the first threshold, poor above the second (web.dev)',
    good: 'percent of the page loads that are good; poor likewise',
  },
  async read(tx, scope, { dimensions }) {
    const joined = dimensions.map((name) => joinDimension(scope, name));
    const { bind } = scope.parameters;
    const names = Object.keys(thresholds);
    const limits = (place: 0 | 1) => names.map((name) => (thresholds[name] ?? [0, 0])[place]);
    const values = [0, 1].map((place) => `${joined[place]?.sql ?? 'null::text'} as value_${place + 1}`);
    const rows = await tx.query<Row>(
      `/* web-vitals.read */
       with loads as (
         select distinct on (e.page_id, e.metric_name, case when e.page_id is null then e.event_id end)
           e.metric_name as metric, e.value::float8 as value, e.value_1, e.value_2
         from (
           select e.page_id, e.event_id, e.occurred_at, e.value, ${values.join(', ')},
             upper(coalesce(e.props ->> 'metric', e.name)) as metric_name
           from ${scope.events('e')} ${[...new Set(joined.map(({ join }) => join))].join(' ')}
           where ${scope.eventIn('e')} and e.type = 'web_vital' and e.value is not null
         ) e
         order by e.page_id, e.metric_name, case when e.page_id is null then e.event_id end, e.occurred_at desc, e.event_id desc
       )
       select metric, value_1, value_2, grouping(value_1, value_2) = 3 as is_total, count(*) as page_loads,
         percentile_cont(0.75) within group (order by value) as p75,
         percentile_cont(0.5) within group (order by value) as median,
         count(*) filter (where value <= t.good_to) as good, count(*) filter (where value > t.poor_above) as poor
       from loads join unnest(${bind(names, 'text[]')}, ${bind(limits(0), 'numeric[]')}, ${bind(limits(1), 'numeric[]')})
         as t (name, good_to, poor_above) on t.name = metric
       group by grouping sets ((metric), (metric, value_1, value_2))
       order by is_total desc, page_loads desc, metric, value_1, value_2
       limit ${bind(scope.limit + names.length, 'integer')}`,
      scope.parameters.values,
    );
    const isSplit = dimensions.length > 0;
    return {
      dimensions,
      totals: rows.filter(({ is_total }) => is_total).map((row) => describe(row)),
      results: isSplit
        ? rows
            .filter(({ is_total }) => !is_total)
            .map((row) => ({
              dimensions: [row.value_1, row.value_2].slice(0, dimensions.length),
              ...describe(row),
            }))
        : [],
      thresholds,
    };
  },
});

function describe({ metric, page_loads, p75, median, good, poor }: Row) {
  const [goodTo = 0, poorAbove = 0] = thresholds[metric] ?? [];
  const rating = p75 <= goodTo ? 'good' : p75 <= poorAbove ? 'needs-improvement' : 'poor';
  return {
    metric,
    page_loads,
    p75,
    median,
    rating,
    good: rate(good, page_loads),
    poor: rate(poor, page_loads),
  };
}
