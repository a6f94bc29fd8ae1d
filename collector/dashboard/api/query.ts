import { toApiComparison } from '../state/comparison.js';
import { toApiFilter } from '../state/filters.js';
import { type Scope, toApiRange } from '../state/scope.js';
import { request, send } from './client.js';

export type Money = { value: number; currency: string; short: string; long: string };
export type MetricValue = number | Money | null;

/** A row of an answer. The comparison is there where one was asked for. */
export type Row = {
  dimensions: (string | null)[];
  metrics: MetricValue[];
  comparison?: { dimensions: (string | null)[]; metrics: MetricValue[]; change: (number | null)[] };
};

export type MetricMeta = { definition: string; unit: string; upper_bound?: true };

export type QueryAnswer = {
  results: Row[];
  meta: {
    source: string;
    as_of: string;
    metrics: Record<string, MetricMeta>;
    time_labels?: string[];
    total_rows?: number;
    comparison_date_range?: [string, string];
    bots?: { events?: number };
    metric_warnings?: Record<string, { warning: string }>;
  };
};

/** What a card asks, besides the site, the period and the filters of the page. */
export type Question = {
  metrics: readonly (string | { fn: string; of: string; as: string })[];
  dimensions?: readonly string[];
  /** More conditions, as the API takes them. */
  filters?: readonly unknown[];
  orderBy?: readonly (readonly [string, 'asc' | 'desc'])[];
  include?: object;
  limit?: number;
  offset?: number;
  /** Whether the comparison of the page is wanted beside each row. */
  isCompared?: boolean;
};

/** The body of `POST /api/v2/query`. It is also the key under which an answer is known: the same body, the same question. */
export function queryBody(scope: Scope, question: Question): string {
  const { dimensions = [], filters = [], orderBy, include = {}, limit, offset, isCompared } = question;
  const comparisons = isCompared ? toApiComparison(scope.comparison) : undefined;
  return JSON.stringify({
    site_id: scope.site.site,
    metrics: question.metrics,
    date_range: toApiRange(scope.period.range),
    dimensions,
    filters: [...scope.filters.map(toApiFilter), ...filters],
    ...(orderBy && { order_by: orderBy }),
    include: { ...include, ...(comparisons && { comparisons }) },
    ...(limit !== undefined && { pagination: { limit, offset: offset ?? 0 } }),
  });
}

/** Asks a query of queryBody. */
export function askQuery(body: string, signal?: AbortSignal): Promise<QueryAnswer> {
  return request<QueryAnswer>('/api/v2/query', { method: 'POST', body: JSON.parse(body), signal });
}

/** The same as CSV, without a limit of rows. */
export async function downloadQuery(body: string): Promise<Blob> {
  const response = await send('/api/v2/query', {
    method: 'POST',
    body: JSON.parse(body),
    accept: 'text/csv',
  });
  return response.blob();
}

/** The amount of a value, of money too. */
export function amountOf(value: MetricValue | undefined): number | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' ? value : value.value;
}
