import { type Metric, type MetricName, metrics } from './catalog/metrics.js';
import type { AggregateMetric } from './query-schema.js';

export type Money = { value: number; currency: string; short: string; long: string };
export type MetricValue = number | Money | null;
export type AnswerRow = {
  site_id?: string;
  dimensions: (string | null)[];
  metrics: MetricValue[];
  comparison?: { dimensions: (string | null)[]; metrics: MetricValue[]; change: (number | null)[] };
};

type Named = { dimensions: readonly string[]; metrics: readonly (MetricName | AggregateMetric)[] };

/** Makes a row of the answer. */
export function formatRow(row: Record<string, unknown>, { dimensions, metrics: chosen }: Named): AnswerRow {
  return {
    dimensions: dimensions.map((_, at) => (row[`d${at}`] ?? null) as string | null),
    metrics: chosen.map((metric, at) => formatValue(metric, row[`m${at}`], row[`c${at}`])),
  };
}

function formatValue(metric: MetricName | AggregateMetric, value: unknown, currency: unknown): MetricValue {
  if (typeof value !== 'number') return null;
  return isMoney(metric) ? formatMoney(value, String(currency)) : value;
}

/** Whether a metric is an amount of money. */
export function isMoney(metric: MetricName | AggregateMetric): boolean {
  const entry: Metric | undefined = typeof metric === 'string' ? metrics[metric] : undefined;
  return entry?.unit === 'money';
}

function formatMoney(value: number, currency: string): Money {
  return {
    value,
    currency,
    short: write(value, currency, 'compact'),
    long: write(value, currency, 'standard'),
  };
}

// Whatever a page has sent as a currency: only codes of three letters can be written as one.
function write(value: number, currency: string, notation: 'compact' | 'standard'): string {
  if (!/^[A-Za-z]{3}$/.test(currency)) return `${value} ${currency}`;
  const digits = notation === 'compact' ? { maximumFractionDigits: 1 } : {};
  return new Intl.NumberFormat('en-US', { style: 'currency', currency, notation, ...digits }).format(value);
}

/** What a metric is where there is nothing to make it of. */
export function emptyValue(metric: MetricName | AggregateMetric): MetricValue {
  if (typeof metric !== 'string') return metric.fn === 'count_distinct' ? 0 : null;
  const { isNullable }: Metric = metrics[metric];
  return isNullable ? null : 0;
}

/** The change of a value against another: percent, or points of a value that is percent itself. Whole or with one decimal. */
export function changeOf(
  metric: MetricName | AggregateMetric,
  now: MetricValue,
  before: MetricValue,
): number | null {
  const [value, old] = [amountOf(now), amountOf(before)];
  if (value === null || old === null) return null;
  const entry: Metric | undefined = typeof metric === 'string' ? metrics[metric] : undefined;
  if (entry?.change === 'points') return Math.round((value - old) * 10) / 10;
  if (old === 0) return value === 0 ? 0 : 100;
  return Math.round(((value - old) / old) * 100);
}

function amountOf(value: MetricValue): number | null {
  return typeof value === 'object' && value !== null ? value.value : value;
}
