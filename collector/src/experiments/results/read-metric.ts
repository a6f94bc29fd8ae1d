import type { Metric } from '@footfall/schema';
import type { Transaction } from '../../db/database.js';
import type { PairedSums } from '../../statistics/paired-sums.js';
import { type Binder, startBinding } from './bind.js';
import { denominatorOf, measureOf, unitOf } from './metric-events.js';
import { populationOf, type Scope } from './population.js';
import { type SegmentDimension, segmentsOf } from './segments.js';
import { closesAt, prePeriodDaysOf, returnsWithin } from './windows.js';

/** Changes of the sums of a variation on a local day; or its sums in a segment. */
export type SumsRow = PairedSums & { variation: string; bucket: string | null };

/**
 * The sufficient statistics of a metric from the events, in one statement. y is the value of a unit; x its pre-period,
 * or the denominator of a ratio. By local day these are changes, so that their running totals are the sums at the end of
 * every day: a unit that grows from y to y' on a day adds y'² - y² to the squares. With `completeWindows` a unit comes
 * on the day on which its window ends.
 */
export function readMetric(
  tx: Transaction,
  metric: Exclude<Metric, { kind: 'quantile' }>,
  { scope, dimension }: { scope: Scope; dimension?: SegmentDimension | undefined },
): Promise<SumsRow[]> {
  const binder = startBinding();
  const parts = [
    populationOf(scope, binder),
    ...(dimension ? [segmentsOf(dimension, binder.bind(scope.definition.site, 'text'))] : []),
    peopleOf(metric, { scope, dimension, binder }),
    foundOf(metric, { scope, dimension, binder }),
    totalsOf(metric, binder),
    changesOf(metric),
  ];
  return tx.query<SumsRow>(
    `/* read-metric.readMetric */
     with ${parts.join(',\n')}
     select variation, bucket::text, sum(n)::integer as n, sum(y)::float8 as y, sum(yy)::float8 as yy, sum(x)::float8 as x,
       sum(xx)::float8 as xx, sum(xy)::float8 as xy
     from changes group by variation, bucket order by bucket, variation`,
    binder.values,
  );
}

export type Parts = { scope: Scope; dimension?: SegmentDimension | undefined; binder: Binder };

/** `people`: the units that are analysed, with the bucket that they count in. */
export function peopleOf(metric: Metric, { scope, dimension, binder }: Parts): string {
  const { bind } = binder;
  const closes = closesAt(metric, scope, binder);
  const now = bind(new Date(scope.now), 'timestamptz');
  const dayOfEntry = () =>
    `(${scope.completeWindows ? closes : 'u.exposed_at'} at time zone ${bind(scope.definition.timezone, 'text')})::date`;
  return `people as (
    select u.unit_id, u.variation, u.exposed_at, least(${closes}, ${now}) as ends_at,
      ${dimension ? 's.segment' : dayOfEntry()} as bucket
    from units u ${dimension ? 'join segments s on s.unit_id = u.unit_id' : ''}
    where u.seen = 1 ${scope.completeWindows ? `and ${closes} <= ${now}` : ''}
  )`;
}

// `found`: the events of the people, summed by unit and bucket, those before the exposure apart.
function foundOf(metric: Exclude<Metric, { kind: 'quantile' }>, { scope, dimension, binder }: Parts): string {
  const { bind } = binder;
  const { definition } = scope;
  const top = measureOf(metric, definition, binder);
  const bottom = metric.kind === 'ratio' ? denominatorOf(metric, binder) : { matches: 'false', value: '0' };
  const dayOfEvent = () => `(e.occurred_at at time zone ${bind(definition.timezone, 'text')})::date`;
  const preDays = bind(prePeriodDaysOf(metric), 'integer');
  return `found as (
    select p.unit_id, e.occurred_at < p.exposed_at as is_before,
      ${scope.completeWindows || dimension ? 'p.bucket' : dayOfEvent()} as bucket,
      coalesce(sum(case when ${top.matches} then ${top.value} end), 0) as y,
      coalesce(sum(case when ${bottom.matches} then ${bottom.value} end), 0) as x
    from people p
    join footfall.events e on e.site = ${bind(definition.site, 'text')} and ${unitOf(definition, binder)} = p.unit_id
    where not e.is_bot and ((${top.matches}) or (${bottom.matches}))
      and e.event_day between ${bind(definition.startedAt, 'timestamptz')}::date - 1 - ${preDays}
        and ${bind(new Date(scope.now), 'timestamptz')}::date + 1
      and e.occurred_at >= p.exposed_at - make_interval(days => ${preDays}) and e.occurred_at < p.ends_at
      and ${returnsWithin(metric, scope, binder)}
    group by p.unit_id, is_before, 3
  )`;
}

// `earlier`: the pre-period of each unit. `running`: its value before and after each bucket.
function totalsOf(metric: Metric, { bind }: Binder): string {
  const quantile = 'winsorize' in metric ? metric.winsorize : undefined;
  const limit = quantile === undefined ? '' : `${limitOf(bind(quantile, 'float8'))},`;
  const cut = cutOf(metric);
  return `${limit}
  earlier as (select unit_id, ${cut('sum(y)')} as x from found where is_before group by unit_id),
  running as (
    select f.unit_id, f.bucket, ${cut('sum(f.y) over days')} as y, ${cut('sum(f.y) over days - f.y')} as y0,
      sum(f.x) over days as x, sum(f.x) over days - f.x as x0
    from found f where not f.is_before
    window days as (partition by f.unit_id order by f.bucket)
  )`;
}

function cutOf(metric: Metric): (sum: string) => string {
  if (metric.kind === 'proportion' || metric.kind === 'retention') return (sum) => `least(1, ${sum})`;
  if ('winsorize' in metric && metric.winsorize !== undefined)
    return (sum) => `least((select most from limits), ${sum})`;
  return (sum) => sum;
}

// One limit for all variations, units without an event included.
function limitOf(quantile: string): string {
  return `limits as (
    select round((percentile_cont(${quantile}) within group (order by t.y))::numeric, 9) as most
    from (
      select coalesce(sum(f.y), 0)::float8 as y
      from people p left join found f on f.unit_id = p.unit_id and not f.is_before group by p.unit_id
    ) t
  )`;
}

// `changes`: a row where a unit comes, and one for each of its buckets.
function changesOf(metric: Metric): string {
  const [x, x0] = metric.kind === 'ratio' ? ['r.x', 'r.x0'] : ['coalesce(b.x, 0)', 'coalesce(b.x, 0)'];
  return `changes as (
    select p.variation, p.bucket, 1 as n, 0 as y, 0 as yy, coalesce(b.x, 0) as x, coalesce(b.x * b.x, 0) as xx, 0 as xy
    from people p left join earlier b on b.unit_id = p.unit_id
    union all
    select p.variation, r.bucket, 0, r.y - r.y0, r.y * r.y - r.y0 * r.y0, ${x} - ${x0}, ${x} * ${x} - ${x0} * ${x0},
      ${x} * r.y - ${x0} * r.y0
    from running r join people p on p.unit_id = r.unit_id left join earlier b on b.unit_id = r.unit_id
  )`;
}
