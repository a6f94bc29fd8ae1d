import { findDimension, meansUnset } from '../catalog/dimensions.js';
import { type Measure, type MeasureName, measures } from '../catalog/measures.js';
import { comparesNumbers, compileFilters, hasBehaviour, leavesOf } from '../filters/compile-filters.js';
import type { Filter } from '../filters/filter-schema.js';
import { bucketOfDay, isMomentBucket } from '../period/buckets.js';
import { addDays } from '../period/calendar.js';
import { createRawScope, type RawScope } from '../raw-scope.js';
import { isTime } from '../read-query.js';
import { compileFromEvents, type Part } from './compile-events.js';
import { bucketName, type Core, columnDimension } from './core.js';

/** How a core is read from footfall.rollup_days. */
type Reading = {
  /** In footfall.rollup_days. */
  dimension: string;
  /** The dimension of the query that it is, unless it is the day itself. */
  name: string | undefined;
  /** The single value that a filter leaves. */
  value: string | undefined;
};

const wholeDay: ReadonlySet<MeasureName> = new Set([
  'visitors',
  'pageviews',
  'events',
  'visits',
  'bounces',
  'duration_us',
]);
const wholeReading: Reading = { dimension: 'all', name: undefined, value: undefined };
const ofPages: ReadonlySet<MeasureName> = new Set(['page_visitors', 'pageviews']);
const ofVisits: ReadonlySet<MeasureName> = new Set(['visit_visitors', 'visits', 'bounces', 'duration_us']);

/**
 * Reads a core from the rollups, where they hold it: whole days of the site's own timezone, by one dimension at most.
 *
 * @returns undefined where only the events can tell
 */
export function compileFromRollups(core: Core, scope: RawScope, siteTimezone: string): Part | undefined {
  const reading = findReading(core, siteTimezone);
  if (!reading) return undefined;
  return core.period.cut ? compileCut(core, scope, core.period.cut) : compileReading(core, scope, reading);
}

/** Whether the rollups hold a core, once they are up to date. */
export function isRolledUp(core: Core, siteTimezone: string): boolean {
  return findReading(core, siteTimezone) !== undefined;
}

function findReading(core: Core, siteTimezone: string): Reading | undefined {
  const { days, cut } = core.period;
  if ((days ?? cut) === undefined || core.timezone !== siteTimezone || core.aggregates.length > 0)
    return undefined;
  if (cut && (core.dimensions.length > 0 || core.filters.length > 0)) return undefined;
  if (core.dimensions.some((name) => isTime(name) && isMomentBucket(bucketName(name)))) return undefined;
  const reading = chooseDimension(core);
  return reading && core.measures.every((name) => measuresOf(reading).has(name)) ? reading : undefined;
}

function measuresOf({ dimension }: Reading): ReadonlySet<MeasureName> {
  if (dimension === 'all') return wholeDay;
  return dimension === 'page' ? ofPages : ofVisits;
}

function chooseDimension({ dimensions, filters }: Core): Reading | undefined {
  const grouped = dimensions.filter((name) => !isTime(name));
  const leaves = leavesOf(filters);
  const names = [...new Set([...grouped, ...leaves.map((leaf) => leaf[1])])];
  const [name] = names;
  if (names.length > 1 || hasBehaviour(filters) || leaves.some(comparesNumbers)) return undefined;
  if (name === undefined) return wholeReading;
  const rollup = columnDimension(name)?.rollup;
  if (!rollup) return undefined;
  const value = singleValue(filters, name);
  const isGrouped = grouped.length > 0 && (!rollup.isOptional || leavesOutUnset(filters, name));
  return isGrouped || (grouped.length === 0 && value !== undefined)
    ? { dimension: rollup.name, name, value }
    : undefined;
}

/** The value of `is` where it is the only filter, of one value that is set. */
function singleValue(filters: readonly Filter[], name: string): string | undefined {
  const [filter] = filters;
  if (filters.length !== 1 || filter?.[0] !== 'is' || filter[2].length !== 1 || filter[3]) return undefined;
  const dimension = findDimension(name);
  const value = String(filter[2][0]);
  if (meansUnset(dimension, value)) return undefined;
  return dimension.isLowerCase ? value.toLowerCase() : value;
}

// Visits without a value are in no row of an optional dimension.
function leavesOutUnset(filters: readonly Filter[], name: string): boolean {
  return filters.some(
    (filter) => filter[0] === 'is_set' || (filter[0] === 'is' && singleValue([filter], name) !== undefined),
  );
}

function compileReading(core: Core, scope: RawScope, reading: Reading): Part {
  const { bind } = scope.parameters;
  const { from, to } = core.period.days ?? { from: '', to: '' };
  const first = bind(from, 'date');
  const columns = new Map(core.measures.map((name) => [name as string, measureSql(name, core, first)]));
  const dimensions = core.dimensions.map((name) => dimensionSql(name, core));
  const groups = dimensions.map(({ group }) => group);
  const listed = [
    ...dimensions.map(({ sql }, at) => `${sql} as d${at}`),
    ...[...columns].map(([name, sql]) => `${sql} as ${name}`),
  ];
  const conditions = [
    `d.site = ${bind(core.site, 'text')} and d.dimension = ${bind(reading.dimension, 'text')}`,
    `d.day between ${first} and ${bind(to, 'date')}`,
    ...filterSql(core, scope, reading),
  ];
  const sql = `select ${listed.join(', ')}
    from footfall.rollup_days d ${joinValue(reading)}
    where ${conditions.join(' and ')}
    ${groups.length > 0 ? `group by ${groups.join(', ')}` : ''}`;
  return { columns, sql };
}

/** The whole days from the rollups, and what there was of the last day from the events. */
function compileCut(
  core: Core,
  scope: RawScope,
  { from, to, lastDayAt }: NonNullable<Core['period']['cut']>,
): Part {
  const { site, period } = core;
  const days = { ...period, days: { from, to: addDays(to, -1) } };
  const whole = compileReading({ ...core, period: days }, scope, wholeReading);
  const last = { ...period, startAt: lastDayAt };
  const lastScope = createRawScope(site, last, scope.parameters);
  const rest = { ...core, period: last, measures: core.measures.filter((name) => name !== 'visitors') };
  const seen = core.measures.includes('visitors') ? [newVisitors(core, lastScope, { from, to })] : [];
  const parts = [whole, ...compileFromEvents(rest, lastScope), ...seen];
  const listed = core.measures.map((name) => {
    const sums = parts.flatMap(({ columns }, at) =>
      columns.has(name) ? [`coalesce(p${at}.${name}, 0)`] : [],
    );
    return `${sums.join(' + ')} as ${name}`;
  });
  const sources = parts.map(({ sql }, at) => `(${sql}) as p${at}`);
  return { columns: whole.columns, sql: `select ${listed.join(', ')} from ${sources.join(' cross join ')}` };
}

/** Visitors of the last day who were not seen on the days before it. */
function newVisitors({ site }: Core, scope: RawScope, { from, to }: { from: string; to: string }): Part {
  const { bind } = scope.parameters;
  const previous = `r.previous[array_position(r.keys, footfall.rollup_key('all', null))]`;
  const sql = `select count(*) as visitors
    from (select distinct hashtextextended(e.visitor_id, 0) as visitor from footfall.events e
      where ${scope.eventIn('e')} and e.visitor_id is not null) v
    left join footfall.rollup_visitors r on r.site = ${bind(site, 'text')} and r.day = ${bind(to, 'date')}
      and r.visitor = v.visitor
    where coalesce(${previous}, '-infinity') < ${bind(from, 'date')}`;
  return { columns: new Map([['visitors', 'count(*)']]), sql };
}

function dimensionSql(name: string, { weekStart }: Core): { sql: string; group: string } {
  if (!isTime(name)) return { sql: 'min(d.value)', group: 'd.key' };
  const sql = bucketOfDay(bucketName(name), 'd.day', weekStart);
  return { sql, group: sql };
}

function measureSql(name: MeasureName, core: Core, first: string): string {
  const measure: Measure = measures[name];
  if (measure.rollup !== 'visitors') return measure.rollup ?? 'null';
  const time = core.dimensions.find(isTime);
  const start =
    time === undefined || time === 'time:day'
      ? undefined
      : bucketOfDay(bucketName(time), 'd.day', core.weekStart);
  const since = time === 'time:day' ? 'd.day' : start === undefined ? first : `greatest(${start}, ${first})`;
  // A visitor counts on the first day in the bucket: the one whose previous day, if any, lies before it. Most rows have no
  // such day, and looking at the first one is cheap.
  return `coalesce(sum(d.new_visitors + case when d.returning_days[1] < ${since} then (
      select sum(n) from unnest(d.returning_visitors[1:width_bucket(${since} - 1, d.returning_days)]) as n) else 0 end), 0)`;
}

// Filters read the column of the visit or event: here it is the value of the row.
function joinValue({ name }: Reading): string {
  if (name === undefined) return '';
  const { of, rollup } = findDimension(name);
  return `cross join lateral (select d.value as ${rollup?.column}) as ${of === 'event' ? 'e' : 's'}`;
}

function filterSql({ filters, goals }: Core, scope: RawScope, { dimension, value }: Reading): string[] {
  const { bind } = scope.parameters;
  if (value !== undefined)
    return [`d.key = footfall.rollup_key(${bind(dimension, 'text')}, ${bind(value, 'text')})`];
  if (filters.length === 0) return [];
  return [compileFilters(filters, { scope, goals, rows: { event: 'e', visit: 's', session: 'null' } })];
}
