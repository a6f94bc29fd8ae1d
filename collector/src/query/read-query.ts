import { z } from 'zod';
import { Refusal } from '../refusal.js';
import { propertyKey } from './catalog/dimensions.js';
import { type Metric, type MetricName, metrics, type Need } from './catalog/metrics.js';
import { numbers } from './catalog/numbers.js';
import { formatPath, quote, refuseIssues, refuseName } from './explain-issue.js';
import { leavesOf } from './filters/compile-filters.js';
import type { Filter } from './filters/filter-schema.js';
import { parseFilters } from './filters/parse-filters.js';
import { type AggregateMetric, type OrderBy, type QueryBody, querySchema } from './query-schema.js';

/** A query that has been read: all names are known, and what metrics need is there. */
export type Query = Omit<QueryBody, 'site_id' | 'filters' | 'order_by'> & {
  sites: string[];
  /** Of several sites, also of a list of one: then rows say which. */
  isList: boolean;
  filters: Filter[];
  order_by: OrderBy | undefined;
};

const shell = querySchema.extend({ filters: z.unknown().optional() });

/**
 * Reads the body of a query.
 *
 * @throws Refusal 400 with the path, what is allowed there and what was probably meant
 */
export function readQuery(body: unknown): Query {
  const filters = parseFilters(filtersOf(body));
  const parsed = shell.safeParse(body);
  if (!parsed.success) throw refuseIssues(parsed.error.issues, body);
  const { site_id, order_by, ...rest } = parsed.data;
  const query: Query = {
    ...rest,
    sites: [...new Set(Array.isArray(site_id) ? site_id : [site_id])],
    isList: Array.isArray(site_id),
    filters,
    order_by,
  };
  checkDimensions(query);
  query.metrics.forEach((metric, at) => {
    checkMetric(metric, at, query);
  });
  checkOrder(query);
  checkPaging(query);
  return query;
}

// Filters are read by themselves, before anything goes through them recursively.
function filtersOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal(400, 'bad_query', `body: expected a JSON object, got ${quote(body)}`, { path: 'body' });
  }
  return 'filters' in body ? body.filters : undefined;
}

/** The name that a metric has in the answer and in order_by. */
export function nameOfMetric(metric: MetricName | AggregateMetric): string {
  return typeof metric === 'string' ? metric : metric.as;
}

function checkDimensions({ dimensions, metrics: chosen }: Query): void {
  expectUnique(dimensions, 'dimensions');
  expectUnique(chosen.map(nameOfMetric), 'metrics');
  const times = dimensions.filter(isTime);
  if (times.length > 1)
    throw refuse(['dimensions'], `expected one dimension of time, got ${times.join(' and ')}`);
}

/** Whether a dimension is a bucket of time. */
export function isTime(name: string): boolean {
  return name === 'time' || name.startsWith('time:');
}

function expectUnique(names: string[], path: string): void {
  const at = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (at >= 0) throw refuse([path, at], `expected each name once, got ${quote(names[at])} again`);
}

function checkMetric(metric: MetricName | AggregateMetric, at: number, query: Query): void {
  if (typeof metric !== 'string') {
    checkAggregate(metric, at);
    return;
  }
  const { needs }: Metric = metrics[metric];
  if (needs !== undefined && !isMet(needs, query)) throw refuseNeed(needs, metric, at);
}

const needTexts: Record<Need, { text: string; hint: string }> = {
  dimensions: { text: 'at least one dimension', hint: 'add one to dimensions' },
  page: { text: 'event:page as a dimension or in a filter', hint: 'add "event:page" to dimensions' },
  goal: {
    text: 'event:goal as a dimension or in a filter',
    hint: 'add ["is", "event:goal", ["Signup"]] to filters',
  },
};

function isMet(need: Need, { dimensions, filters }: Query): boolean {
  if (need === 'dimensions') return dimensions.length > 0;
  const name = need === 'page' ? 'event:page' : 'event:goal';
  return dimensions.includes(name) || leavesOf(filters).some((leaf) => leaf[1] === name);
}

function refuseNeed(need: Need, metric: string, at: number): Refusal {
  const path = formatPath(['metrics', at]);
  const { text, hint } = needTexts[need];
  return new Refusal(400, 'bad_query', `${path}: ${metric} needs ${text}`, { path, hint });
}

function checkAggregate({ fn, of, as }: AggregateMetric, at: number): void {
  if (as in metrics)
    throw refuse(['metrics', at, 'as'], `expected another name than that of a metric, got "${as}"`);
  if (fn === 'count_distinct' || propertyKey(of) !== null || of in numbers) return;
  const path = formatPath(['metrics', at, 'of']);
  throw refuseName({ path, found: of, allowed: [...Object.keys(numbers), 'event:props:<name>'] });
}

function checkOrder({ order_by = [], metrics: chosen, dimensions }: Query): void {
  const allowed = [...chosen.map(nameOfMetric), ...dimensions];
  for (const [at, [name]] of order_by.entries()) {
    if (allowed.includes(name)) continue;
    throw refuseName({ path: formatPath(['order_by', at, 0]), found: name, allowed });
  }
}

function checkPaging({ pagination, include, dimensions, isList }: Query): void {
  const needsTime = include.time_labels ? 'time_labels' : include.zero_fill ? 'zero_fill' : undefined;
  if (needsTime !== undefined && !dimensions.some(isTime))
    throw refuse(['include', needsTime], 'expected a dimension of time beside it');
  if (pagination.cursor === undefined) return;
  if (pagination.offset !== undefined) throw refuse(['pagination', 'cursor'], 'expected no offset beside it');
  if (isList)
    throw refuse(['pagination', 'cursor'], 'expected one site beside it: each site has cursors of its own');
}

function refuse(path: PropertyKey[], text: string): Refusal {
  const at = formatPath(path);
  return new Refusal(400, 'bad_query', `${at}: ${text}`, { path: at });
}
