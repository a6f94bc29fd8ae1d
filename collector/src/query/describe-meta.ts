import { type Metric, metrics } from './catalog/metrics.js';
import { defineAggregate } from './compile/compile-aggregate.js';
import type { SourceName } from './compile/compile-query.js';
import { columnDimension, goalDimension } from './compile/core.js';
import { type AnswerRow, isMoney } from './format-answer.js';
import type { Prepared } from './prepare-query.js';
import { nameOfMetric, type Query } from './read-query.js';

type MetricMeta = {
  definition: string;
  version: number;
  unit: string;
  /** Cookieless visitors have another id each UTC day, so that somebody may be counted on each of them. */
  upper_bound?: true;
};

/** How the numbers of an answer were made. */
export type Meta = {
  source: SourceName;
  timezone: string;
  as_of: string;
  metrics: Record<string, MetricMeta>;
  dimensions: Record<string, { definition: string; version: number }>;
  bots: { excluded: true; events?: number };
  imports_included?: boolean;
  metric_warnings?: Record<string, { code: string; warning: string }>;
  time_labels?: string[];
  comparison_date_range?: [string, string];
  total_rows?: number;
  next_cursor?: string;
};

/** What is known of an answer without looking at its rows. */
export function describeMeta(query: Query, prepared: Prepared, source: SourceName): Meta {
  return {
    source,
    timezone: prepared.calendar.timezone,
    as_of: new Date(prepared.now).toISOString(),
    metrics: Object.fromEntries(
      query.metrics.map((metric) => [nameOfMetric(metric), describeMetric(metric, prepared)]),
    ),
    dimensions: Object.fromEntries(query.dimensions.map((name) => [name, describeDimension(name)])),
    bots: { excluded: true },
    ...(query.include.imports && { imports_included: true }),
  };
}

function describeMetric(metric: Query['metrics'][number], { question }: Prepared): MetricMeta {
  if (typeof metric !== 'string') return { definition: defineAggregate(metric), version: 1, unit: 'number' };
  const { definition, version, unit, measures }: Metric = metrics[metric];
  const isBound = measures.includes('visitors') && spansDays(question.period);
  return { definition, version, unit, ...(isBound && { upper_bound: true }) };
}

function spansDays({ startAt, endAt }: { startAt: string; endAt: string }): boolean {
  return startAt.slice(0, 10) !== new Date(Date.parse(endAt) - 1).toISOString().slice(0, 10);
}

function describeDimension(name: string): { definition: string; version: number } {
  if (name === goalDimension) return { definition: 'goal that the event reaches', version: 1 };
  const dimension = columnDimension(name);
  if (!dimension) return { definition: 'start of the bucket of local time', version: 1 };
  return { definition: dimension.definition, version: dimension.version };
}

/** Why amounts of money are missing, by metric. */
export function warnOfMoney(query: Query, rows: readonly AnswerRow[], currencies: readonly unknown[]) {
  const missing = query.metrics.filter(
    (metric, at) => isMoney(metric) && rows.some((row) => row.metrics[at] === null),
  );
  if (missing.length === 0) return undefined;
  const warning = currencies.some((currency) => currency !== null)
    ? {
        code: 'several_currencies',
        warning: 'null where values are in several currencies: filter by event:currency',
      }
    : { code: 'no_revenue', warning: 'null where no event has both a value and a currency' };
  return Object.fromEntries(missing.map((metric) => [nameOfMetric(metric), warning]));
}
