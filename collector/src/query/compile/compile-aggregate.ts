import { findDimension, propertyKey } from '../catalog/dimensions.js';
import { findNumber, numbers } from '../catalog/numbers.js';
import type { Parameters } from '../parameters.js';
import type { AggregateMetric } from '../query-schema.js';
import { rowOfAggregate } from './core.js';

const percentiles: Record<string, number> = { p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99 };
const decimals = 6;

/** The aggregate and the number of its values, as SQL over rows `e` or `s`. */
export function compileAggregate(
  metric: AggregateMetric,
  parameters: Parameters,
): { value: string; values: string } {
  const sql = operandOf(metric, parameters);
  return { value: applyFunction(metric.fn, sql), values: `count(${sql})` };
}

function operandOf(metric: AggregateMetric, parameters: Parameters): string {
  const { fn, of } = metric;
  const row = rowOfAggregate(metric) === 'event' ? 'e' : 's';
  const isNumber = of in numbers || (propertyKey(of) !== null && fn !== 'count_distinct');
  return isNumber ? findNumber(of).sql(row, parameters) : findDimension(of).sql(row, parameters);
}

function applyFunction(fn: AggregateMetric['fn'], sql: string): string {
  const percentile = percentiles[fn];
  if (percentile !== undefined)
    return `percentile_cont(${percentile}) within group (order by (${sql})::float8)`;
  if (fn === 'count_distinct') return `count(distinct ${sql})`;
  return fn === 'avg' ? `round(avg(${sql}), ${decimals})` : `${fn}(${sql})`;
}

/** What an aggregate says of itself in meta. */
export function defineAggregate({ fn, of }: AggregateMetric): string {
  if (fn === 'count_distinct') return `distinct values of ${of}`;
  const { definition } = findNumber(of);
  return `${fn} of the ${rowOfAggregate({ fn, of, as: '' })}s in the range: ${definition}`;
}
