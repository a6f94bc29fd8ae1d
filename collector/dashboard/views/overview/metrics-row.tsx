import type { QueryAnswer } from '../../api/query.js';
import { askQuery, type MetricMeta, queryBody, type Row } from '../../api/query.js';
import type { Asked } from '../../api/use-answer.js';
import { useAnswer } from '../../api/use-answer.js';
import { formatSpan } from '../../format/dates.js';
import { formatChange, formatFull, formatShort } from '../../format/numbers.js';
import { addressWith, follow } from '../../state/address.js';
import type { Scope, Site } from '../../state/scope.js';
import { FallIcon, UpIcon } from '../../ui/icons.js';
import { ErrorState } from '../../ui/states.js';
import { type HeadMetric, headMetrics } from './metrics.js';

/** The totals of the period, with their change. */
export function useTotals(scope: Scope): Asked<QueryAnswer> {
  const body = queryBody(scope, { metrics: headMetrics.map(({ id }) => id), isCompared: true });
  return useAnswer(body, (signal) => askQuery(body, signal));
}

type RowProps = { asked: Asked<QueryAnswer>; chosen: HeadMetric; site: Site };

/** The six numbers of the period. Choosing one draws it. */
export function MetricsRow({ asked, chosen, site }: RowProps) {
  const { answer, error, isLoading, retry } = asked;
  const range = answer?.meta.comparison_date_range;
  if (error && !isLoading) return <ErrorState error={error} retry={retry} />;
  return (
    <ul class={isLoading && answer ? 'metrics is-stale' : 'metrics'} aria-busy={isLoading}>
      {headMetrics.map((metric, at) => (
        <li key={metric.id}>
          <Metric
            metric={metric}
            row={answer?.results[0]}
            at={at}
            meta={answer?.meta.metrics[metric.id]}
            compared={range && formatSpan(range, site.timezone)}
            isChosen={metric === chosen}
          />
        </li>
      ))}
    </ul>
  );
}

type MetricProps = {
  metric: HeadMetric;
  row: Row | undefined;
  at: number;
  meta: MetricMeta | undefined;
  /** What the number is compared with. */
  compared: string | undefined;
  isChosen: boolean;
};

function Metric({ metric, row, at, meta, compared = '', isChosen }: MetricProps) {
  const change = { metric: metric.id === 'visitors' ? null : metric.id };
  const value = row?.metrics[at];
  return (
    <a
      class="metric"
      href={addressWith(change)}
      aria-current={isChosen ? 'true' : undefined}
      title={meta && describe(meta)}
      data-metric={metric.id}
      onClick={(event) => follow(event, change)}
    >
      <span class="metric-title">{metric.title}</span>
      <span class="metric-value" title={row && formatFull(value, metric.unit)}>
        {row ? formatShort(value, metric.unit) : ' '}
      </span>
      <Change metric={metric} row={row} at={at} compared={compared} />
    </a>
  );
}

function describe({ definition, upper_bound }: MetricMeta): string {
  if (!upper_bound) return definition;
  return `${definition}. An upper bound here: cookieless visitors have another id on each UTC day.`;
}

type ChangeProps = Pick<MetricProps, 'metric' | 'row' | 'at'> & { compared: string };

function Change({ metric, row, at, compared }: ChangeProps) {
  const change = row?.comparison?.change[at];
  const before = `${compared}: ${formatFull(row?.comparison?.metrics[at], metric.unit)}`;
  if (change === undefined || change === null) return <span class="metric-change"> </span>;
  if (change === 0)
    return (
      <span class="metric-change" title={before}>
        no change
      </span>
    );
  const isGood = change > 0 !== (metric.isBetterLow ?? false);
  return (
    <span class={`metric-change ${isGood ? 'is-good' : 'is-bad'}`} title={before}>
      {change > 0 ? <UpIcon /> : <FallIcon />}
      <span class="unseen">{change > 0 ? 'up' : 'down'}</span>
      {formatChange(change, metric.unit)}
    </span>
  );
}
