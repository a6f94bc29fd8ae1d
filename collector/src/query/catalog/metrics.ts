import type { MeasureName } from './measures.js';

/** A number of the answer. One entry makes a metric: query, schema, meta and documentation read it. */
export type Metric = {
  definition: string;
  /** Changes with the definition. */
  version: number;
  unit: 'count' | 'percent' | 'seconds' | 'number' | 'money';
  /** The measures that it is made of. Which visitors, pageviews and events are meant depends on the subject of the query. */
  measures: readonly MeasureName[];
  /** SQL over the measures `g`, and over the totals `t` where it has some. */
  sql: string;
  /** What the query has to name. */
  needs?: Need;
  /** The total of visitors that it is a part of: all that the filters leave, or those without the conditions on goals. */
  total?: 'visitors' | 'base_visitors';
  /** Change against another period: relative in percent, or in points. */
  change: 'relative' | 'points';
  /** Null, not 0, where there is nothing to make it of. */
  isNullable?: true;
};

export type Need = 'dimensions' | 'page' | 'goal';

const percent = (part: string, whole: string) =>
  `coalesce(round(100.0 * ${part} / nullif(${whole}, 0), 2), 0)`;

/** All metrics, by name. */
export const metrics = {
  visitors: {
    definition:
      'distinct visitor ids. Grouped or filtered by what belongs to visits alone: of visits that started in the range; by event:page alone: of visitors who viewed the page; otherwise of events in the range',
    version: 1,
    unit: 'count',
    measures: ['visitors'],
    sql: 'coalesce(g.visitors, 0)',
    change: 'relative',
  },
  visits: {
    definition:
      'visits that started in the range: a gap of more than 30 minutes or 24 hours ends one. With an event dimension or filter: those with such an event in the range',
    version: 1,
    unit: 'count',
    measures: ['visits'],
    sql: 'coalesce(g.visits, 0)',
    change: 'relative',
  },
  pageviews: {
    definition:
      'pageview events in the range. Grouped or filtered by what belongs to visits alone: those of visits that started in the range',
    version: 1,
    unit: 'count',
    measures: ['pageviews'],
    sql: 'coalesce(g.pageviews, 0)',
    change: 'relative',
  },
  events: {
    definition:
      'events of any type in the range; with a goal, those that reach it. Grouped or filtered by what belongs to visits alone: those of visits that started in the range',
    version: 1,
    unit: 'count',
    measures: ['events'],
    sql: 'coalesce(g.events, 0)',
    change: 'relative',
  },
  views_per_visit: {
    definition: 'pageviews divided by visits',
    version: 1,
    unit: 'number',
    measures: ['pageviews', 'visits'],
    sql: 'coalesce(round(g.pageviews / nullif(g.visits, 0)::numeric, 2), 0)',
    change: 'relative',
  },
  bounce_rate: {
    definition: 'percent of visits with one pageview, no interaction and less than 10 s engaged',
    version: 1,
    unit: 'percent',
    measures: ['bounces', 'visits'],
    sql: 'coalesce(round(100.0 * g.bounces / nullif(g.visits, 0), 1), 0)',
    change: 'points',
  },
  bounce_rate_strict: {
    definition: 'percent of visits with one pageview and no other event at all',
    version: 1,
    unit: 'percent',
    measures: ['strict_bounces', 'visits'],
    sql: 'coalesce(round(100.0 * g.strict_bounces / nullif(g.visits, 0), 1), 0)',
    change: 'points',
  },
  visit_duration: {
    definition: 'mean whole seconds from the first to the last event of a visit, zeros included',
    version: 1,
    unit: 'seconds',
    measures: ['duration_us', 'visits'],
    sql: 'coalesce(round(g.duration_us / 1000000.0 / nullif(g.visits, 0)), 0)',
    change: 'relative',
  },
  mean_visit_duration: {
    definition: 'mean seconds from the first to the last event of a visit with one decimal, zeros included',
    version: 1,
    unit: 'seconds',
    measures: ['duration_us', 'visits'],
    sql: 'coalesce(round(g.duration_us / 1000000.0 / nullif(g.visits, 0), 1), 0)',
    change: 'relative',
  },
  median_visit_duration: {
    definition: 'median seconds from the first to the last event of a visit, zeros included',
    version: 1,
    unit: 'seconds',
    measures: ['median_duration', 'visits'],
    sql: 'g.median_duration',
    change: 'relative',
    isNullable: true,
  },
  scroll_depth: {
    definition: 'mean, over visits, of the deepest scroll in percent of the page',
    version: 1,
    unit: 'percent',
    measures: ['deepest_scroll', 'scrolled_visits'],
    sql: 'round(g.deepest_scroll / nullif(g.scrolled_visits, 0))',
    needs: 'page',
    change: 'points',
    isNullable: true,
  },
  time_on_page: {
    definition:
      'whole seconds that the page was visible and focused, divided by visits with an engagement record',
    version: 1,
    unit: 'seconds',
    measures: ['engaged_ms', 'engaged_visits'],
    sql: 'round(g.engaged_ms / 1000.0 / nullif(g.engaged_visits, 0))',
    needs: 'page',
    change: 'relative',
    isNullable: true,
  },
  exit_rate: {
    definition: 'percent of the visits that viewed the page which ended on it',
    version: 1,
    unit: 'percent',
    measures: ['ending_visits', 'viewing_visits'],
    sql: 'round(100.0 * g.ending_visits / nullif(g.viewing_visits, 0), 1)',
    needs: 'page',
    change: 'points',
    isNullable: true,
  },
  percentage: {
    definition: 'percent of the visitors that the same query counts without dimensions',
    version: 1,
    unit: 'percent',
    measures: ['visitors'],
    sql: percent('g.visitors', 't.visitors'),
    needs: 'dimensions',
    total: 'visitors',
    change: 'points',
  },
  conversion_rate: {
    definition:
      'percent: distinct visitors who reached the goal, divided by distinct visitors with any event in the range that fits the other filters',
    version: 1,
    unit: 'percent',
    measures: ['visitors'],
    sql: percent('g.visitors', 't.base_visitors'),
    needs: 'goal',
    total: 'base_visitors',
    change: 'points',
  },
  group_conversion_rate: {
    definition:
      'percent: distinct visitors who reached the goal, divided by distinct visitors with any event in the same group that fits the other filters',
    version: 1,
    unit: 'percent',
    measures: ['visitors', 'base_visitors'],
    sql: percent('g.visitors', 'g.base_visitors'),
    needs: 'goal',
    change: 'points',
  },
  total_revenue: {
    definition: 'sum of the values of events with a currency; null where there are several currencies',
    version: 1,
    unit: 'money',
    measures: ['revenue', 'paid_events', 'currencies', 'currency'],
    sql: 'case when g.currencies = 1 then g.revenue end',
    change: 'relative',
    isNullable: true,
  },
  average_revenue: {
    definition:
      'mean value of the events that have one and a currency; null where there are several currencies',
    version: 1,
    unit: 'money',
    measures: ['revenue', 'paid_events', 'currencies', 'currency'],
    sql: 'case when g.currencies = 1 then round(g.revenue / g.paid_events, 2) end',
    change: 'relative',
    isNullable: true,
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as [MetricName, ...MetricName[]];
