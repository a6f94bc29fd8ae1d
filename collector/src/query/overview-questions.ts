import type { MetricName } from './catalog/metrics.js';
import type { Question } from './compile/compile-query.js';
import type { Asked } from './compile/compile-together.js';
import { isOfEvent } from './compile/core.js';
import { rowsOf } from './filters/compile-filters.js';
import type { Filter } from './filters/filter-schema.js';

/** By what the overview breaks down, under which name, and what the value is called in its rows. */
export const breakdowns = {
  pages: { dimension: 'event:page', value: 'path' },
  entry_pages: { dimension: 'visit:entry_page', value: 'path' },
  exit_pages: { dimension: 'visit:exit_page', value: 'path' },
  referrers: { dimension: 'visit:source', value: 'source' },
  channels: { dimension: 'visit:channel', value: 'channel' },
  countries: { dimension: 'visit:country', value: 'country' },
  browsers: { dimension: 'visit:browser', value: 'browser' },
  systems: { dimension: 'visit:os', value: 'os' },
  devices: { dimension: 'visit:device', value: 'device' },
  campaigns: { dimension: 'visit:utm_campaign', value: 'campaign', isSet: true },
} as const;

const maxRows = 10;
const all = { limit: undefined, offset: 0, after: undefined };
const totals: MetricName[] = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'mean_visit_duration'];

/** The totals of the period of a question. */
export function totalsOf(question: Question): Asked {
  return { question: { ...question, metrics: totals }, page: all };
}

/** What an overview asks of its period: totals, days, and each of the breakdowns in their order. */
export function askAll(question: Question): Asked[] {
  const metrics: MetricName[] = ['visitors', 'visits', 'pageviews'];
  const series: Question = { ...question, dimensions: ['time:day'], metrics, fillsTime: true };
  const rest = Object.values(breakdowns).map((breakdown) => askBreakdown(question, breakdown));
  return [totalsOf(question), { question: series, page: all }, ...rest];
}

/**
 * The questions that one statement answers best, since they read the same rows, and the one that another may answer at the
 * same time: of visits that filters have chosen, only the pages are read from events, and take as long as all the others.
 */
export function splitByRows(asked: readonly Asked[]): { together: Asked[]; apart: Asked[] } {
  const readsVisits = ({ question }: Asked) => !question.useRollups && !rowsOf(question.filters).has('event');
  const isApart = (one: Asked) => readsVisits(one) && one.question.dimensions.some(isOfEvent);
  return { together: asked.filter((one) => !isApart(one)), apart: asked.filter(isApart) };
}

// Visits without one are no row of an optional dimension.
function askBreakdown(question: Question, breakdown: (typeof breakdowns)[keyof typeof breakdowns]): Asked {
  const { dimension } = breakdown;
  const isOfPages = isOfEvent(dimension);
  const metrics: MetricName[] = isOfPages ? ['visitors', 'pageviews'] : ['visitors', 'visits'];
  const isSet: Filter[] = 'isSet' in breakdown ? [['is_set', dimension]] : [];
  return {
    question: {
      ...question,
      dimensions: [dimension],
      filters: [...question.filters, ...isSet],
      metrics,
      orderBy: [...metrics]
        .sort((a) => (isOfPages && a === 'pageviews' ? -1 : 0))
        .map((name) => [name, 'desc']),
    },
    page: { ...all, limit: maxRows },
  };
}
