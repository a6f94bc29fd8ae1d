import { type Measure, type MeasureName, measures } from '../catalog/measures.js';
import { type Metric, type MetricName, metrics } from '../catalog/metrics.js';
import { bucketLabel } from '../period/buckets.js';
import type { AggregateMetric, OrderBy } from '../query-schema.js';
import { createRawScope, type RawScope } from '../raw-scope.js';
import { isTime } from '../read-query.js';
import { compileFromEvents, type Part } from './compile-events.js';
import { compileFromRollups } from './compile-rollups.js';
import {
  bucketName,
  type Core,
  chooseSubject,
  goalDimension,
  measureOf,
  type Subject,
  withoutGoals,
} from './core.js';
import { fillPart, typeOf } from './fill-time.js';
import { type SortKey, sortKeys } from './sort-keys.js';

/** A query over one site and one period, ready to be compiled. */
export type Question = Omit<Core, 'measures' | 'aggregates'> & {
  metrics: readonly (MetricName | AggregateMetric)[];
  orderBy: OrderBy | undefined;
  siteTimezone: string;
  /** Whether the rollups are up to date for the period. */
  useRollups: boolean;
  fillsTime: boolean;
  /** Where the filters that say so are applied already. */
  subject?: Subject;
};

/** Whom a question is about. */
export function subjectOf(question: Question): Subject {
  return question.subject ?? chooseSubject(question);
}

export type SourceName = 'rollups' | 'events';

/**
 * A statement with the columns d0, d1, … (dimensions, text) and m0, m1, … (metrics), money with a currency beside it (c0,
 * …). Its rows are in order; `sort` holds the keys of that order, for whoever wants to go on after a row.
 */
export type Statement = {
  sql: string;
  scope: RawScope;
  source: SourceName;
  sort: SortKey[];
};

/** Compiles a question: reads its measures from rollups or events, and makes metrics of them. */
export function compileQuestion(
  question: Question,
  scope: RawScope = createRawScope(question.site, question.period),
): Statement {
  const core = coreOf(question);
  const { parts, source } = compileCore(core, question, scope);
  const totals = compileTotals(question, scope);
  const columns = [...new Set(parts.flatMap((part) => [...part.columns.keys()]))];
  const isEmpty = emptyCondition(core, columns);
  const filled = question.fillsTime ? fillPart(core, scope, { columns, isEmpty }) : undefined;
  const isSingle = parts.length === 1 && filled === undefined;
  const aligned = parts.map((part) => alignPart(part, core.dimensions.length, columns));
  // Without offset 0 the condition on empty rows would count everything a second time.
  const sql = `with parts as (
    ${aligned.join('\n  union all\n    ')}
  ), ${filled ? `filled as (${filled}), ` : ''}g as (
    ${isSingle ? 'select * from parts offset 0' : mergeParts(core, columns, filled ? 'filled' : 'parts')}
  )${totals ? `, t as (${totals.sql})` : ''}
  select ${listColumns(question).join(', ')}
  from g${totals ? ' cross join t' : ''}
  ${isEmpty === undefined ? '' : `where not (${isEmpty})${filled ? ' or g.is_filled' : ''}`}`;
  return {
    sql: `/* compile-query.compileQuestion */ ${sql}`,
    scope,
    source: totals === undefined || totals.source === source ? source : 'events',
    sort: sortKeys(question),
  };
}

/** The cores of a question: that of its rows, and those of its totals. */
export function coresOf(question: Question): Core[] {
  return [coreOf(question), ...totalsOf(question).map((total) => totalCore(question, total))];
}

function coreOf(question: Question): Core {
  const subject = subjectOf(question);
  const names = question.metrics.flatMap((metric) =>
    typeof metric === 'string' ? metrics[metric].measures : [],
  );
  return {
    ...question,
    measures: [...new Set(names.map((name) => measureOf(name, subject)))],
    aggregates: question.metrics.filter((metric) => typeof metric !== 'string'),
  };
}

function compileCore(
  core: Core,
  { useRollups, siteTimezone }: Question,
  scope: RawScope,
): { parts: Part[]; source: SourceName } {
  const rolledUp = useRollups ? compileFromRollups(core, scope, siteTimezone) : undefined;
  if (rolledUp) return { parts: [rolledUp], source: 'rollups' };
  return { parts: compileFromEvents(core, scope), source: 'events' };
}

type Total = NonNullable<Metric['total']>;

function totalsOf({ metrics: chosen }: Question): Total[] {
  const totals = chosen.map((metric): Total | undefined => {
    const entry: Metric | undefined = typeof metric === 'string' ? metrics[metric] : undefined;
    return entry?.total;
  });
  return [...new Set(totals.filter((total) => total !== undefined))];
}

function totalCore(question: Question, total: Total): Core {
  const filters = total === 'base_visitors' ? withoutGoals(question.filters) : question.filters;
  const rest = { ...question, dimensions: [], filters, aggregates: [] };
  // Without filters the visitors of the events in the range are what the rollups hold.
  const isAll = filters.length === 0;
  const measure: MeasureName =
    total === 'visitors' ? measureOf('visitors', chooseSubject(rest)) : isAll ? 'visitors' : 'base_visitors';
  return { ...rest, measures: [measure] };
}

function compileTotals(question: Question, scope: RawScope): { sql: string; source: SourceName } | undefined {
  const totals = totalsOf(question);
  if (totals.length === 0) return undefined;
  const compiled = totals.map((total) => {
    const core = totalCore(question, total);
    const { parts, source } = compileCore(core, question, scope);
    return { sql: `(select ${core.measures[0]} from (${parts[0]?.sql}) as total) as ${total}`, source };
  });
  const isRolledUp = compiled.every(({ source }) => source === 'rollups');
  return {
    sql: `select ${compiled.map(({ sql }) => sql).join(', ')}`,
    source: isRolledUp ? 'rollups' : 'events',
  };
}

/** Columns in one order, those that a part does not have as null: so that parts can be put under each other. */
function alignPart({ sql, columns: own }: Part, dimensions: number, columns: string[]): string {
  const listed = [
    ...Array.from({ length: dimensions }, (_, at) => `d${at}`),
    ...columns.map((name) => `${own.has(name) ? name : 'null'}::${typeOf(name)} as ${name}`),
  ];
  return `select ${listed.join(', ')} from (${sql}) as part`;
}

function mergeParts(core: Core, columns: string[], from: string): string {
  const dimensions = core.dimensions.map((_, at) => `d${at}`);
  const merged = columns.map((name) => `${mergeColumn(name, core)} as ${name}`);
  const filled = from === 'filled' ? ['bool_or(is_filled) as is_filled'] : [];
  const group = dimensions.length > 0 ? ` group by ${dimensions.join(', ')}` : '';
  return `select ${[...dimensions, ...merged, ...filled].join(', ')} from ${from}${group}`;
}

// Visitors who could have reached a goal are the same for each goal of a group.
function mergeColumn(name: string, { dimensions }: Core): string {
  const goalAt = dimensions.indexOf(goalDimension);
  if (name !== 'base_visitors' || goalAt < 0) return `max(${name})`;
  const others = dimensions.map((_, at) => `d${at}`).filter((_, at) => at !== goalAt);
  return `max(max(${name})) over (${others.length > 0 ? `partition by ${others.join(', ')}` : ''})`;
}

/** Whether nothing was counted in a group: it is left out. Undefined where every row is shown. */
function emptyCondition({ dimensions }: Core, columns: string[]): string | undefined {
  const counts = columns.filter((name) => {
    const measure: Measure | undefined = measures[name as MeasureName];
    return measure ? measure.isCount && measure.population !== 'base' : name.endsWith('_n');
  });
  if (dimensions.length === 0 || counts.length === 0) return undefined;
  return counts.map((name) => `coalesce(g.${name}, 0) = 0`).join(' and ');
}

function listColumns(question: Question): string[] {
  const { dimensions, metrics: chosen } = question;
  const subject = subjectOf(question);
  return [
    ...dimensions.map((name, at) => `${labelOf(name, `g.d${at}`)} as d${at}`),
    ...dimensions.flatMap((name, at) => (isTime(name) ? [`g.d${at} as k${at}`] : [])),
    ...chosen.flatMap((metric, at) => {
      if (typeof metric !== 'string') return [`${aggregateSql(chosen, metric)}::float8 as m${at}`];
      const entry: Metric = metrics[metric];
      const sql = entry.measures.reduce(
        (text, name) =>
          text.replaceAll(new RegExp(`\\bg\\.${name}\\b`, 'g'), `g.${measureOf(name, subject)}`),
        entry.sql,
      );
      return [`(${sql})::float8 as m${at}`, ...(entry.unit === 'money' ? [`g.currency as c${at}`] : [])];
    }),
  ];
}

function aggregateSql(chosen: Question['metrics'], metric: AggregateMetric): string {
  const column = `g.a${chosen.filter((one) => typeof one !== 'string').indexOf(metric)}`;
  return metric.fn === 'count_distinct' ? `coalesce(${column}, 0)` : column;
}

function labelOf(name: string, sql: string): string {
  return isTime(name) ? bucketLabel(bucketName(name), sql) : sql;
}
