import type { Comparison, Metric, MetricResult, NotEnoughData } from '@footfall/schema';
import type { Transaction } from '../../db/database.js';
import type { Arm } from '../../statistics/arm.js';
import { type Look, lookAtDifference } from '../../statistics/confidence-sequence.js';
import { adjustByPrePeriod } from '../../statistics/cuped.js';
import type { PairedSums } from '../../statistics/paired-sums.js';
import { compareArms, judgeByPrior, summarizeLooks } from './compare.js';
import { type Cell, describeCell, estimate, quantileCell, shortfallOf } from './estimate.js';
import { judgeGuardrail } from './guardrail.js';
import { accumulate, emptySums } from './looks.js';
import { planPower } from './plan-power.js';
import type { Scope } from './population.js';
import { readMetric } from './read-metric.js';
import { type QuantileMetric, readQuantile } from './read-quantile.js';
import { prePeriodDaysOf } from './windows.js';

export type Context = {
  scope: Scope;
  /** Units a day that come to the variation and the control together. */
  paceOf(variation: string): number;
  /** Whether each comparison tells of every look. */
  withSeries: boolean;
};

type MeanMetric = Exclude<Metric, QuantileMetric>;
type Pair = readonly [PairedSums, PairedSums];

/** A metric of every variation, and each variation against the control. p-values are not corrected yet. */
export function measureMetric(tx: Transaction, metric: Metric, context: Context): Promise<MetricResult> {
  return metric.kind === 'quantile' ? measureQuantile(tx, metric, context) : measureMean(tx, metric, context);
}

async function measureMean(tx: Transaction, metric: MeanMetric, context: Context): Promise<MetricResult> {
  const keys = context.scope.definition.variations.map(({ key }) => key);
  const looks = accumulate(await readMetric(tx, metric, context), keys);
  const sums = looks.at(-1)?.sums ?? emptySums(keys);
  const cells = keys.map((key, index) => estimate(metric, key, sums[index] ?? nobody));
  const comparisons = cells.slice(1).map((cell, index) => {
    const pairs = looks.map((look): Pair => [look.sums[0] ?? nobody, look.sums[index + 1] ?? nobody]);
    const days = looks.map(({ bucket }) => bucket);
    return compareMeans(metric, cells, { cell, pairs, days, context });
  });
  return {
    ...headOf(metric),
    variations: cells.map(describeCell),
    comparisons,
    notes: notesOf(metric, comparisons),
  };
}

async function measureQuantile(
  tx: Transaction,
  metric: QuantileMetric,
  context: Context,
): Promise<MetricResult> {
  const rows = await readQuantile(tx, metric, context);
  const cells = context.scope.definition.variations.map(({ key }) =>
    quantileCell(
      key,
      rows.find((row) => row.variation === key),
    ),
  );
  const comparisons = cells.slice(1).map((cell) => compareCells(metric, cells, { cell, context, looks: [] }));
  return {
    ...headOf(metric),
    variations: cells.map(describeCell),
    comparisons,
    notes: notesOf(metric, comparisons),
  };
}

const nobody: PairedSums = { n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 };

/** `days` are those at whose end the sums of the pairs stood. */
type Means = { cell: Cell; pairs: readonly Pair[]; days: readonly (string | null)[]; context: Context };

function compareMeans(metric: MeanMetric, cells: readonly Cell[], { cell, pairs, days, context }: Means) {
  const arms = pairs.map((pair) => armsOf(metric, pair));
  const comparison = compareCells(metric, cells, { cell, context, looks: lookAtAll(arms, context) });
  if (comparison.status !== 'ok') return comparison;
  return {
    ...comparison,
    cuped: prePeriodDaysOf(metric) === 0 ? null : adjust(metric, pairs, context),
    ...(context.withSeries && { series: describeSeries(days, arms, context) }),
  };
}

/** Every look at which there was enough for one: what was known at the end of its day. */
function describeSeries(
  days: readonly (string | null)[],
  arms: readonly (readonly Arm[] | undefined)[],
  { scope }: Context,
): NonNullable<Comparison['series']> {
  return days.flatMap((day, index) => {
    const [control, treatment] = arms[index] ?? [];
    if (day === null || !control || !treatment) return [];
    const { n, interval, p } = lookAtDifference(control, treatment, scope.definition);
    const difference = treatment.mean - control.mean;
    const lift = control.mean === 0 ? null : difference / Math.abs(control.mean);
    return [
      { day, units: n, control: control.mean, treatment: treatment.mean, difference, lift, interval, p },
    ];
  });
}

type Compared = { cell: Cell; context: Context; looks: readonly Look[] };

function compareCells(
  metric: Metric,
  cells: readonly Cell[],
  { cell, context, looks }: Compared,
): Comparison | NotEnoughData {
  const control = cells[0];
  const { variation } = cell;
  const reason = control ? shortfallOf(control, cell) : 'no control';
  if (reason !== undefined || !control?.arm || !cell.arm)
    return { variation, status: 'not enough data', reason: reason ?? 'no units' };
  const { alpha, plannedUnits } = context.scope.definition;
  const tested = compareArms(control.arm, cell.arm, alpha);
  const sequential = summarizeLooks(looks, { alpha, plannedUnits });
  const settings = { ...metric, alpha, plannedUnits, isSequential: sequential !== null };
  return {
    variation,
    status: 'ok',
    ...tested,
    correctedP: tested.fixed.p,
    sequential,
    bayesian: judgeByPrior(control.arm, cell.arm, settings),
    cuped: null,
    power: planPower(control.arm, cell.arm, { ...settings, unitsPerDay: context.paceOf(variation) }),
    guardrail: guard(metric, control.arm, sequential ?? { latest: tested.fixed.interval, interval: null }),
  };
}

type Intervals = Pick<NonNullable<Comparison['sequential']>, 'interval' | 'latest'>;

function guard(metric: Metric, control: Arm, { interval, latest }: Intervals): Comparison['guardrail'] {
  if (metric.role !== 'guardrail') return null;
  return judgeGuardrail(interval ?? latest, { ...metric, control: control.mean });
}

function adjust(metric: MeanMetric, pairs: readonly Pair[], context: Context): Comparison['cuped'] {
  const { alpha, plannedUnits } = context.scope.definition;
  const last = pairs.at(-1);
  const adjusted = last && adjustByPrePeriod(last);
  const [control, treatment] = adjusted?.arms ?? [];
  if (!adjusted || !control || !treatment || !(control.variance + treatment.variance > 0)) return null;
  const looks = pairs.map((pair) => (armsOf(metric, pair) ? adjustByPrePeriod(pair)?.arms : undefined));
  return {
    theta: adjusted.theta,
    varianceReduction: adjusted.varianceReduction,
    control: control.mean,
    treatment: treatment.mean,
    ...compareArms(control, treatment, alpha),
    sequential: summarizeLooks(lookAtAll(looks, context), { alpha, plannedUnits }),
  };
}

// The arms of a look, where there is enough for one.
function armsOf(metric: MeanMetric, [control, treatment]: Pair): Arm[] | undefined {
  const cells = [estimate(metric, 'control', control), estimate(metric, 'treatment', treatment)] as const;
  if (shortfallOf(...cells) !== undefined) return undefined;
  return cells.flatMap(({ arm }) => (arm ? [arm] : []));
}

function lookAtAll(pairs: readonly (readonly Arm[] | undefined)[], { scope }: Context): Look[] {
  return pairs.flatMap((arms) => {
    const [control, treatment] = arms ?? [];
    return control && treatment ? [lookAtDifference(control, treatment, scope.definition)] : [];
  });
}

function headOf({ key, name = key, kind, role, goal }: Metric) {
  return { key, name, kind, role, goal, breakdown: null };
}

function notesOf(metric: Metric, comparisons: readonly (Comparison | NotEnoughData)[]): string[] {
  const notes: string[] = [];
  if (metric.kind === 'quantile')
    notes.push(
      'no sequential answer: the method is not validated for quantiles; decide at the planned end only',
    );
  const compared = comparisons.filter((comparison) => comparison.status === 'ok');
  if (prePeriodDaysOf(metric) > 0 && compared.some(({ cuped }) => cuped === null))
    notes.push('no adjustment by CUPED: all units are the same in the pre-period');
  return notes;
}
