import type { Parameters } from '../parameters.js';

/**
 * What is counted before anything is divided. Each belongs to a population:
 * hits: events that happened in the range; visits: visits that started in it; depths: visits with the deepest scroll of
 * their events; exits: visits with a page that they viewed; base: hits without the conditions on goals.
 */
export type Population = 'hits' | 'visits' | 'depths' | 'exits' | 'base';

export type Measure = {
  population: Population;
  /** An aggregate over rows `e` of footfall.events, or `s` of footfall.sessions. */
  sql(parameters: Parameters): string;
  /** The column of footfall.rollup_days, `d`; of pages and of days there are no visits apart from visitors. */
  rollup?: string;
  /** Whether a group in which it is 0 has nothing to tell. Others do not keep a group. */
  isCount: boolean;
};

const sum = (column: string) => `coalesce(sum(d.${column}), 0)`;
const number = (key: string) =>
  `case when jsonb_typeof(e.props -> '${key}') = 'number' then (e.props ->> '${key}')::numeric end`;

function count(population: Population, sql: string, rollup?: string): Measure {
  return { population, sql: () => sql, isCount: true, ...(rollup !== undefined && { rollup }) };
}

function amount(population: Population, sql: string, rollup?: string): Measure {
  return { ...count(population, sql, rollup), isCount: false };
}

/** All measures but those of aggregates, by name. */
export const measures = {
  visitors: count('hits', 'count(distinct e.visitor_id)', 'visitors'),
  page_visitors: count('hits', `count(distinct e.visitor_id) filter (where e.type = 'pageview')`, 'visitors'),
  visit_visitors: count('visits', 'count(distinct s.visitor_id)', 'visitors'),
  visit_pageviews: count('visits', 'sum(s.pageview_count)'),
  visit_events: count('visits', 'sum(s.event_count)'),
  base_visitors: count('base', 'count(distinct e.visitor_id)'),
  pageviews: count('hits', `count(*) filter (where e.type = 'pageview')`, sum('pageviews')),
  events: count('hits', 'count(*)', sum('events')),
  visits: count('visits', 'count(*)', sum('sessions')),
  bounces: amount('visits', 'count(*) filter (where s.is_bounce)', sum('bounces')),
  strict_bounces: amount('visits', 'count(*) filter (where s.pageview_count = 1 and s.event_count = 1)'),
  duration_us: amount(
    'visits',
    'sum((extract(epoch from s.last_seen_at - s.started_at) * 1000000)::bigint)',
    sum('duration_us'),
  ),
  median_duration: amount(
    'visits',
    'percentile_cont(0.5) within group (order by extract(epoch from s.last_seen_at - s.started_at)::float8)',
  ),
  engaged_ms: amount('hits', `sum(${number('engagedMs')}) filter (where e.type = 'engagement')`),
  engaged_visits: count('hits', `count(distinct e.session_id) filter (where e.type = 'engagement')`),
  revenue: amount('hits', 'sum(e.value) filter (where e.currency is not null)'),
  paid_events: count('hits', 'count(e.value) filter (where e.currency is not null)'),
  currencies: amount('hits', 'count(distinct e.currency) filter (where e.value is not null)'),
  currency: amount('hits', 'max(e.currency) filter (where e.value is not null)'),
  deepest_scroll: amount('depths', 'sum(e.depth)'),
  scrolled_visits: count('depths', 'count(*)'),
  viewing_visits: count('exits', 'count(distinct s.session_id)'),
  ending_visits: amount(
    'exits',
    'count(distinct s.session_id) filter (where s.exit_path is not distinct from m.page)',
  ),
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;

/** How far a visitor has scrolled, in percent, as an event `e` tells. */
export const scrollDepth = `case e.type when 'engagement' then ${number('scrollPercent')}
  when 'scroll_depth' then ${number('percent')} end`;
