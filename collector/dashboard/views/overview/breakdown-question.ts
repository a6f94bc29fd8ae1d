import { amountOf, type MetricMeta, type Question, type Row } from '../../api/query.js';
import { nameDimension, nameValue } from '../../format/names.js';
import { formatFull, formatShort, shareOf, type Unit } from '../../format/numbers.js';
import { addressWith, follow } from '../../state/address.js';
import { filterChange, withFilter } from '../../state/filters.js';
import type { Scope } from '../../state/scope.js';
import type { BarRow, Column } from '../../ui/bar-table.js';
import { type Breakdown, metricTitles } from './breakdowns.js';

type Page = {
  metrics: readonly string[];
  search: string;
  limit: number;
  offset?: number;
  sort?: Sort | undefined;
};
export type Sort = readonly [string, 'asc' | 'desc'];

/** What a tab asks for one page of its rows. */
export function questionOf(
  { filters = [], metrics: own }: Breakdown,
  dimension: string,
  page: Page,
): Question {
  const { metrics, search, limit, offset, sort = [own[0] ?? 'visitors', 'desc'] } = page;
  const found = search === '' ? [] : [['contains', dimension, [search], { case_sensitive: false }]];
  const isSet = filters.length === 1 && isPresence(filters[0]) ? [['is_set', dimension]] : filters;
  return {
    metrics,
    dimensions: [dimension],
    filters: [...isSet, ...found],
    orderBy: [sort],
    limit,
    ...(offset !== undefined && { offset, include: { total_rows: true } }),
  };
}

// The condition of an optional dimension is about the variant that is shown.
function isPresence(filter: unknown): boolean {
  return Array.isArray(filter) && filter[0] === 'is_set';
}

/** The columns of a tab. Where the page is filtered by a goal, its rate says more than a share. */
export function metricsOf(metrics: readonly string[], { filters }: Scope): string[] {
  const hasGoal = filters.some(({ dimension, operator }) => dimension === 'event:goal' && operator === 'is');
  return metrics.map((metric) => (hasGoal && metric === 'percentage' ? 'conversion_rate' : metric));
}

type Meta = Record<string, MetricMeta>;

export function columnsOf(metrics: readonly string[], meta: Meta): Column[] {
  return metrics.map((id) => ({
    id,
    title: metricTitles[id] ?? id,
    definition: meta[id]?.definition,
  }));
}

type RowsOf = {
  rows: readonly Row[];
  metrics: readonly string[];
  meta: Meta;
  scope: Scope;
  dimension: string;
};

/** The rows of an answer as a table draws them: choosing one filters the page by it. */
export function barRowsOf({ rows, metrics, meta, scope, dimension }: RowsOf): BarRow[] {
  const amounts = rows.map((row) => amountOf(row.metrics[0]) ?? 0);
  const most = Math.max(...amounts);
  return rows.map((row) => {
    const value = row.dimensions[0] ?? null;
    return {
      id: JSON.stringify(value),
      label: nameValue(dimension, value),
      code: codeOf(dimension, value),
      share: shareOf(row.metrics[0], most),
      cells: metrics.map((id, at) => {
        const unit = (meta[id]?.unit ?? 'number') as Unit;
        return { text: formatShort(row.metrics[at], unit), full: formatFull(row.metrics[at], unit) };
      }),
      action: actionOf(dimension, value, scope),
      outside: dimension === 'visit:referrer' && value ? `https://${value}` : undefined,
    };
  });
}

// No flags: many systems have no picture for them.
function codeOf(dimension: string, value: string | null): string | undefined {
  return dimension === 'visit:country' ? (value ?? undefined) : undefined;
}

function actionOf(dimension: string, value: string | null, { filters }: Scope): BarRow['action'] {
  const added = { operator: 'is' as const, dimension, values: [value ?? ''] };
  const change = { ...filterChange(withFilter(filters, added)), details: null, search: null, sort: null };
  return {
    title: `Filter by ${nameDimension(dimension).toLowerCase()} ${nameValue(dimension, value)}`,
    href: addressWith(change),
    onClick: (event) => follow(event, change),
  };
}
