import { heldRows, type Prepared } from './prepare-query.js';
import { isTime, nameOfMetric, type Query } from './read-query.js';

/** The query that was answered: with the moments of its range, the bucket of `time`, and the defaults. */
export function echoQuery(query: Query, { question, page }: Prepared) {
  const { startAt, endAt } = question.period;
  return {
    site_id: query.isList ? query.sites : query.sites[0],
    metrics: query.metrics,
    date_range: [
      localTime(Date.parse(startAt), question.timezone),
      localTime(Date.parse(endAt) - 1_000, question.timezone),
    ],
    dimensions: question.dimensions,
    filters: query.filters,
    order_by: question.orderBy ?? defaultOrder(query, question.dimensions),
    include: query.include,
    pagination: { limit: heldRows(query), offset: page.offset },
    timezone: question.timezone,
    week_start: question.weekStart,
  };
}

function defaultOrder({ metrics }: Query, dimensions: readonly string[]): [string, string][] {
  const times = dimensions.filter(isTime).map((name): [string, string] => [name, 'asc']);
  return [...times, ...metrics.slice(0, 1).map((metric): [string, string] => [nameOfMetric(metric), 'desc'])];
}

/** A moment as local time with its offset: 2026-03-29T03:00:00+02:00 */
function localTime(unixMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(unixMs);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const offset = name === 'GMT' ? '+00:00' : name.slice(3);
  const sign = offset.startsWith('-') ? -1 : 1;
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  const local = new Date(unixMs + sign * (hours * 60 + minutes) * 60_000);
  return `${local.toISOString().slice(0, 19)}${offset.slice(0, 6)}`;
}
