import type {
  Comparison,
  ExperimentResults,
  MetricResult,
  NotEnoughData,
  VariationResult,
} from '@footfall/schema';

type Interval = { low: number; high: number };

/** The results in lines for a terminal: effects are relative to the control, with their interval. */
export function describeResults(results: ExperimentResults): string {
  return [
    ...describeHead(results),
    ...results.metrics.flatMap((metric) => ['', ...describeMetric(metric)]),
  ].join('\n');
}

function describeHead({
  experiment,
  phase,
  status,
  startedAt,
  until,
  units,
  sampleRatio,
  unitType,
}: ExperimentResults) {
  const arms = units.variations.map((one) => `${one.variation} ${one.units}`).join(', ');
  const split = sampleRatio.isMismatch
    ? 'NOT the planned split: do not trust the results'
    : 'the split is as planned';
  return [
    `${experiment}, phase ${phase}, ${status}: ${startedAt.slice(0, 16)} to ${until.slice(0, 16)} UTC`,
    `${units.analysed} units (${unitType}): ${arms}; ${split} (p ${probability(sampleRatio.sequentialP)})`,
    ...(units.multipleExposures > 0
      ? [`${units.multipleExposures} units saw several variations and are left out`]
      : []),
  ];
}

function describeMetric({ key, role, kind, variations, comparisons, notes }: MetricResult): string[] {
  const [control] = variations;
  return [
    `${key} (${role} ${kind})`,
    ...(control ? [`  ${control.variation}: ${describeValue(control, kind)}`] : []),
    ...comparisons.map((one) => `  ${describeComparison(one, variations, kind)}`),
    ...notes.map((note) => `  ${note}`),
  ];
}

function describeComparison(
  comparison: Comparison | NotEnoughData,
  variations: readonly VariationResult[],
  kind: string,
): string {
  if (comparison.status !== 'ok') return `${comparison.variation}: not enough data (${comparison.reason})`;
  const { variation, fixed, lift, sequential, bayesian, guardrail, power } = comparison;
  const own = variations.find((one) => one.variation === variation);
  const days = power?.fixed.daysToGo;
  const parts = [
    `${variation}: ${own ? describeValue(own, kind) : ''}`,
    `${describeLift(lift)}; p ${probability(fixed.p)}`,
    ...(sequential ? [`at any look p ${probability(sequential.p)}`] : []),
    ...(bayesian ? [`chance to win ${percent(bayesian.chanceToWin)} (${bayesian.note})`] : []),
    ...(guardrail ? [`guardrail ${guardrail.verdict}`] : []),
    ...(typeof days === 'number' && days > 0 ? [`${days} days to go`] : []),
  ];
  return parts.join('; ');
}

function describeLift({ lift, set }: Comparison['lift']): string {
  if (lift === null) return 'no lift, the control is zero';
  const range =
    set.shape === 'inside' ? describeRange(set) : 'without bounds, the control is hardly above zero';
  return `lift ${signed(lift)} (${range})`;
}

function describeRange({ low, high }: Interval): string {
  return `${signed(low)} to ${signed(high)}`;
}

function describeValue({ mean, units }: VariationResult, kind: string): string {
  if (mean === null) return `${units} units`;
  const isShare = kind === 'proportion' || kind === 'retention';
  return isShare ? percent(mean) : String(Number(mean.toPrecision(4)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signed(share: number): string {
  return `${share < 0 ? '' : '+'}${percent(share)}`;
}

function probability(p: number): string {
  return p < 0.0001 ? '< 0.0001' : `= ${p.toFixed(4)}`;
}
