import type { Comparison, MetricResult } from '@footfall/schema';
import { benjaminiHochberg, type Correction, holm } from '../../statistics/adjust-p.js';

/** Corrects the p-values for the number of comparisons that are made together. */
export function correctResults(metrics: readonly MetricResult[]): MetricResult[] {
  const corrected = new Map<Comparison, number>();
  for (const role of ['primary', 'guardrail', 'secondary']) {
    const family = metrics.filter((metric) => metric.role === role).flatMap(comparedOf);
    const correct: Correction = role === 'secondary' ? benjaminiHochberg : holm;
    for (const [index, p] of correct(family.map(({ fixed }) => fixed.p)).entries()) {
      const comparison = family[index];
      if (comparison) corrected.set(comparison, p);
    }
  }
  return metrics.map((metric) => ({
    ...metric,
    comparisons: metric.comparisons.map((one) =>
      one.status === 'ok' ? { ...one, correctedP: corrected.get(one) ?? one.fixed.p } : one,
    ),
  }));
}

function comparedOf({ comparisons }: MetricResult): Comparison[] {
  return comparisons.flatMap((comparison) => (comparison.status === 'ok' ? [comparison] : []));
}
