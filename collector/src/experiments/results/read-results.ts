import type { ExperimentResults, Metric, MetricResult } from '@footfall/schema';
import type { Transaction } from '../../db/database.js';
import { judgeAllocation } from './allocation.js';
import { breakDown } from './break-down.js';
import { correctResults } from './correct.js';
import type { Definition } from './definition.js';
import { type Context, measureMetric } from './measure-metric.js';
import { type Scope, untilOf } from './population.js';
import { readExposures } from './read-exposures.js';
import type { SegmentDimension } from './segments.js';

export type ResultsQuestion = {
  definition: Definition;
  /** Unix milliseconds. */
  now: number;
  completeWindows: boolean;
  /** The metrics to answer; all of the experiment where absent. */
  metric?: string | undefined;
  breakdown?: SegmentDimension | undefined;
  /** Each comparison with all its looks. */
  series?: boolean;
};

// The planner expects a handful of units, and would read the events once for each of them: with 900 units a metric took
// several seconds that way, and takes a quarter of one by hash.
const joinByHash = '/* read-results.readResults */ set local enable_nestloop = off';

/** The results of a phase, recomputed from the events: who came, whether the split is right, then metric by metric. */
export async function readResults(tx: Transaction, question: ResultsQuestion): Promise<ExperimentResults> {
  const { definition } = question;
  await tx.query(joinByHash);
  const allocation = judgeAllocation(definition, await readExposures(tx, question));
  const context: Context = {
    scope: question,
    paceOf: paceOf(question, allocation.units),
    withSeries: question.series ?? false,
  };
  const metrics = definition.metrics.filter(({ key }) => (question.metric ?? key) === key);
  const results: MetricResult[] = [];
  for (const metric of metrics) results.push(await measureWhole(tx, metric, { ...question, context }));
  return { ...describePhase(question), ...allocation, metrics: correctResults(results) };
}

type Whole = { context: Context; breakdown?: SegmentDimension | undefined };

async function measureWhole(tx: Transaction, metric: Metric, { context, breakdown }: Whole) {
  const result = await measureMetric(tx, metric, context);
  if (!breakdown) return result;
  return {
    ...result,
    breakdown: await breakDown(tx, metric, { scope: context.scope, dimension: breakdown }),
  };
}

function describePhase(scope: Scope) {
  const { site, experiment, phase, status, unitType, timezone, startedAt, alpha, plannedUnits } =
    scope.definition;
  return {
    site,
    experiment,
    phase,
    status,
    unitType,
    timezone,
    startedAt: startedAt.toISOString(),
    until: untilOf(scope).toISOString(),
    computedAt: new Date(scope.now).toISOString(),
    confidenceLevel: 1 - alpha,
    plannedUnits,
    completeWindows: scope.completeWindows,
  };
}

const paceDays = 7;
const dayMs = 86_400_000;

function paceOf(
  { definition, now }: Scope,
  { daily, variations }: ExperimentResults['units'],
): Context['paceOf'] {
  const since = new Date(now - paceDays * dayMs).toISOString().slice(0, 10);
  const elapsed = Math.min(paceDays, Math.max(1, (now - definition.startedAt.getTime()) / dayMs));
  const recent = daily.filter(({ day }) => day > since);
  return function pace(variation: string): number {
    if (definition.status !== 'running') return 0;
    const index = variations.findIndex((one) => one.variation === variation);
    return recent.reduce((sum, { units }) => sum + (units[0] ?? 0) + (units[index] ?? 0), 0) / elapsed;
  };
}
