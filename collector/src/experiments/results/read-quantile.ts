import type { Metric } from '@footfall/schema';
import type { Transaction } from '../../db/database.js';
import type { Arm } from '../../statistics/arm.js';
import type { PairedSums } from '../../statistics/paired-sums.js';
import { quantileArm, quantileRanks } from '../../statistics/quantile.js';
import { type Binder, startBinding } from './bind.js';
import { measureOf, unitOf } from './metric-events.js';
import { populationOf, type Scope } from './population.js';
import { peopleOf } from './read-metric.js';
import { type SegmentDimension, segmentsOf } from './segments.js';

export type QuantileMetric = Extract<Metric, { kind: 'quantile' }>;
export type QuantileRow = {
  variation: string;
  bucket: string | null;
  values: number;
  units: number;
  arm: Arm;
};

type SumsRow = PairedSums & { variation: string; bucket: string | null; quantile: number };
type Question = { scope: Scope; dimension?: SegmentDimension | undefined };

/**
 * The quantile of each variation with its standard error: one statement finds it and counts each unit's values below,
 * a second reads the values at the ranks that follow from the counts.
 */
export async function readQuantile(
  tx: Transaction,
  metric: QuantileMetric,
  question: Question,
): Promise<QuantileRow[]> {
  const rows: QuantileRow[] = [];
  for (const sums of await readBelow(tx, metric, question)) {
    const ranks = sums.n > 1 ? quantileRanks(metric.quantile, sums) : undefined;
    if (!ranks) continue;
    const { low, high } = await readAtRanks(tx, metric, { ...question, ...sums, ranks });
    const arm = quantileArm(sums.n, { quantile: sums.quantile, low, high }, ranks);
    rows.push({ variation: sums.variation, bucket: sums.bucket, values: sums.x, units: sums.n, arm });
  }
  return rows;
}

function readBelow(tx: Transaction, metric: QuantileMetric, question: Question): Promise<SumsRow[]> {
  const binder = startBinding();
  const values = valuesOf(metric, question, binder);
  return tx.query<SumsRow>(
    `/* read-quantile.readBelow */
     with ${values},
     points as (
       select variation, bucket, percentile_disc(${binder.bind(metric.quantile, 'float8')}) within group (order by value)
         as quantile
       from measured group by variation, bucket
     ),
     counts as (
       select m.variation, m.bucket, m.unit_id, p.quantile, count(*) as x,
         count(*) filter (where m.value <= p.quantile) as y
       from measured m join points p on p.variation = m.variation and p.bucket is not distinct from m.bucket
       group by m.variation, m.bucket, m.unit_id, p.quantile
     )
     select variation, bucket, quantile::float8, count(*)::integer as n, sum(y)::float8 as y, sum(y * y)::float8 as yy,
       sum(x)::float8 as x, sum(x * x)::float8 as xx, sum(x * y)::float8 as xy
     from counts group by variation, bucket, quantile order by bucket, variation`,
    binder.values,
  );
}

type Ranks = { variation: string; bucket: string | null; ranks: { low: number; high: number } };

async function readAtRanks(
  tx: Transaction,
  metric: QuantileMetric,
  { variation, bucket, ranks, ...question }: Question & Ranks,
): Promise<{ low: number; high: number }> {
  const binder = startBinding();
  const values = valuesOf(metric, question, binder);
  const { bind } = binder;
  const [row] = await tx.query<{ low: number; high: number }>(
    `/* read-quantile.readAtRanks */
     with ${values}
     select percentile_disc(${bind(ranks.low, 'float8')}) within group (order by value)::float8 as low,
       percentile_disc(${bind(ranks.high, 'float8')}) within group (order by value)::float8 as high
     from measured
     where variation = ${bind(variation, 'text')} and bucket is not distinct from ${bind(bucket, 'text')}`,
    binder.values,
  );
  if (!row) throw new Error('read-quantile.readAtRanks: an aggregate without a row');
  return row;
}

// `measured`: every value of the people after their exposure.
function valuesOf(metric: QuantileMetric, { scope, dimension }: Question, binder: Binder): string {
  const { bind } = binder;
  const { definition } = scope;
  const { matches, value } = measureOf(metric, definition, binder);
  const site = bind(definition.site, 'text');
  return `${populationOf(scope, binder)},
  ${dimension ? `${segmentsOf(dimension, site)},` : ''}
  ${peopleOf(metric, { scope, dimension, binder })},
  found as (
    select p.variation, ${dimension ? 'p.bucket' : 'null::text'} as bucket, p.unit_id, ${value} as value
    from people p join footfall.events e on e.site = ${site} and ${unitOf(definition, binder)} = p.unit_id
    where not e.is_bot and ${matches}
      and e.event_day between ${bind(definition.startedAt, 'timestamptz')}::date - 1
        and ${bind(new Date(scope.now), 'timestamptz')}::date + 1
      and e.occurred_at >= p.exposed_at and e.occurred_at < p.ends_at
  ),
  measured as (select * from found where value is not null)`;
}
