export const bucketNames = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type BucketName = (typeof bucketNames)[number];

/** What a bucket of time depends on: SQL of the timezone, a bound value, and the first day of the week. */
export type BucketClock = { zone: string; weekStart: number };

/** Buckets of less than a day are moments; the others are days of the local calendar. */
export function isMomentBucket(bucket: BucketName): boolean {
  return bucket === 'minute' || bucket === 'hour';
}

/** SQL of the bucket that a timestamptz lies in: its start, as timestamptz or date. */
export function bucketOf(bucket: BucketName, moment: string, { zone, weekStart }: BucketClock): string {
  if (isMomentBucket(bucket)) return `date_trunc('${bucket}', ${moment}, ${zone})`;
  return bucketOfDay(bucket, `(${moment} at time zone ${zone})::date`, weekStart);
}

/** SQL of the bucket, of a day or more, that a local date lies in. */
export function bucketOfDay(bucket: BucketName, day: string, weekStart: number): string {
  if (bucket === 'day') return day;
  if (bucket === 'week') {
    return `(${day} - (extract(isodow from ${day})::integer + ${7 - weekStart}) % 7)`;
  }
  return `date_trunc('${bucket}', ${day}::timestamp)::date`;
}

/** SQL of a bucket as text: yyyy-mm-dd, or a local time with its offset from UTC in the timezone of the transaction. */
export function bucketLabel(bucket: BucketName, sql: string): string {
  return isMomentBucket(bucket)
    ? `to_char(${sql}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')`
    : `to_char((${sql})::timestamp, 'YYYY-MM-DD')`;
}

/**
 * A query of all buckets of a span, in the column `bucket`. Steps of a quarter hour meet every local hour: clocks differ
 * from UTC, and change, by multiples of it.
 */
export function bucketSeries(
  bucket: BucketName,
  { startAt, endAt }: { startAt: string; endAt: string },
  clock: BucketClock,
): string {
  const step = bucket === 'minute' ? '1 minute' : bucket === 'hour' ? '15 minutes' : '1 day';
  const last = `${endAt} - interval '1 microsecond'`;
  if (isMomentBucket(bucket)) {
    const first = `date_trunc('${bucket}', ${startAt}, ${clock.zone})`;
    return `select distinct ${bucketOf(bucket, 'at', clock)} as bucket
      from generate_series(${first}, ${last}, interval '${step}') as at
      where ${bucketOf(bucket, 'at', clock)} >= ${first}`;
  }
  const local = (moment: string) => `((${moment}) at time zone ${clock.zone})::date`;
  // A timezone that crossed the date line has left a day out, which has no noon.
  const noon = `at + interval '12 hours'`;
  return `select distinct ${bucketOfDay(bucket, 'at::date', clock.weekStart)} as bucket
    from generate_series(${local(startAt)}::timestamp, ${local(last)}::timestamp, interval '${step}') as at
    where (${noon}) at time zone ${clock.zone} at time zone ${clock.zone} = ${noon}`;
}

const seconds: Record<BucketName, number> = {
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_419_200,
  quarter: 7_776_000,
  year: 31_536_000,
};

/** About how many buckets a span has, at most. */
export function countBuckets(bucket: BucketName, startAt: string, endAt: string): number {
  return Math.ceil((Date.parse(endAt) - Date.parse(startAt)) / 1_000 / seconds[bucket]) + 1;
}

/** The bucket of the dimension `time`: fine enough to see a course, and few enough to draw it. */
export function chooseBucket(startAt: string, endAt: string): BucketName {
  const days = (Date.parse(endAt) - Date.parse(startAt)) / 86_400_000;
  if (days <= 0.1) return 'minute';
  if (days <= 2.1) return 'hour';
  if (days <= 100) return 'day';
  return days <= 400 ? 'week' : 'month';
}
