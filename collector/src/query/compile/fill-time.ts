import { type BucketName, bucketSeries } from '../period/buckets.js';
import type { RawScope } from '../raw-scope.js';
import { isTime } from '../read-query.js';
import { bucketName, type Core } from './core.js';

// A percentile is an interpolation of doubles: numeric would cut it to 15 digits.
/** The type of a column of a part. */
export function typeOf(column: string): 'text' | 'float8' | 'numeric' {
  if (column === 'currency') return 'text';
  return column === 'median_duration' || /^a\d+$/.test(column) ? 'float8' : 'numeric';
}

/** The parts, and every bucket of the range with each combination of the other dimensions that has a row. */
export function fillPart(
  core: Core,
  scope: RawScope,
  { columns, isEmpty = 'false' }: { columns: string[]; isEmpty: string | undefined },
): string {
  const timeAt = core.dimensions.findIndex(isTime);
  const bucket = bucketName(core.dimensions[timeAt] ?? '');
  const others = core.dimensions.map((_, at) => `d${at}`).filter((_, at) => at !== timeAt);
  const listed = core.dimensions.map((_, at) => (at === timeAt ? 'l.bucket' : `o.d${at}`));
  const combinations = `select distinct ${others.join(', ')} from parts g where not (${isEmpty})`;
  return `select *, false as is_filled from parts
    union all
    select ${[...listed, ...columns.map((name) => `null::${typeOf(name)}`)].join(', ')}, true
    from (${labelSeries(core, bucket, scope)}) l${others.length > 0 ? ` cross join (${combinations}) o` : ''}`;
}

/** A query of the buckets of a core's period. */
export function labelSeries(
  { period, timezone, weekStart }: Pick<Core, 'period' | 'timezone' | 'weekStart'>,
  bucket: BucketName,
  scope: RawScope,
): string {
  const { bind } = scope.parameters;
  const span = { startAt: bind(period.startAt, 'timestamptz'), endAt: bind(period.endAt, 'timestamptz') };
  return bucketSeries(bucket, span, { zone: bind(timezone, 'text'), weekStart });
}
