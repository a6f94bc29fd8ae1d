import type { Unit } from '../../format/numbers.js';

/** The numbers above the chart, each of which the chart can show. */
export type HeadMetric = { id: string; title: string; unit: Unit; isBetterLow?: true };

export const headMetrics: readonly HeadMetric[] = [
  { id: 'visitors', title: 'Visitors', unit: 'count' },
  { id: 'visits', title: 'Visits', unit: 'count' },
  { id: 'pageviews', title: 'Pageviews', unit: 'count' },
  { id: 'views_per_visit', title: 'Views per visit', unit: 'number' },
  { id: 'bounce_rate', title: 'Bounce rate', unit: 'percent', isBetterLow: true },
  { id: 'visit_duration', title: 'Visit duration', unit: 'seconds' },
];

/** The metric of the address that the chart shows. */
export function findHeadMetric(id: string | undefined): HeadMetric {
  const found = headMetrics.find((metric) => metric.id === id) ?? headMetrics[0];
  if (!found) throw new Error('metrics: there is none');
  return found;
}
