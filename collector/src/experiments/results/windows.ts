import type { Metric } from '@footfall/schema';
import type { Binder } from './bind.js';
import { type Scope, untilOf } from './population.js';

/** When the metric of a unit of alias `u` is complete: the end of its window, or of the phase. */
export function closesAt(metric: Metric, scope: Scope, { bind }: Binder): string {
  if (metric.kind === 'retention') {
    const timezone = bind(scope.definition.timezone, 'text');
    const days = bind(metric.retention.toDay + 1, 'integer');
    return `(((u.exposed_at at time zone ${timezone})::date + ${days})::timestamp at time zone ${timezone})`;
  }
  if (metric.windowHours === undefined) return bind(untilOf(scope), 'timestamptz');
  return `(u.exposed_at + make_interval(secs => ${bind(metric.windowHours * 3600, 'float8')}))`;
}

/** A further condition on event `e` and unit `p`: the days on which a returning unit counts. */
export function returnsWithin(metric: Metric, scope: Scope, { bind }: Binder): string {
  if (metric.kind !== 'retention') return 'true';
  const timezone = bind(scope.definition.timezone, 'text');
  const from = bind(metric.retention.fromDay, 'integer');
  return `(e.occurred_at at time zone ${timezone})::date >= (p.exposed_at at time zone ${timezone})::date + ${from}`;
}

/** Days before the first exposure that CUPED reads; 0 without. */
export function prePeriodDaysOf(metric: Metric): number {
  return 'prePeriodDays' in metric ? (metric.prePeriodDays ?? 0) : 0;
}
