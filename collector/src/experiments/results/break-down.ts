import type { Breakdown, Metric } from '@footfall/schema';
import type { Transaction } from '../../db/database.js';
import { holm } from '../../statistics/adjust-p.js';
import type { Arm } from '../../statistics/arm.js';
import { postStratify } from '../../statistics/post-stratify.js';
import { compareArms } from './compare.js';
import { type Cell, describeCell, estimate, quantileCell, shortfallOf } from './estimate.js';
import { add, groupBuckets, type LookSums } from './looks.js';
import type { Scope } from './population.js';
import { readMetric } from './read-metric.js';
import { type QuantileMetric, readQuantile } from './read-quantile.js';
import type { SegmentDimension } from './segments.js';

type Segment = Pick<Breakdown['segments'][number], 'value' | 'merged'> & { cells: Cell[] };
type SegmentComparison = Breakdown['segments'][number]['comparisons'][number];
type Question = { scope: Scope; dimension: SegmentDimension };

const maxSegments = 20;

/** A metric by one dimension of the visit of the first exposure, its p-values corrected for the number of segments. */
export async function breakDown(tx: Transaction, metric: Metric, question: Question): Promise<Breakdown> {
  const segments =
    metric.kind === 'quantile'
      ? await readQuantileSegments(tx, metric, question)
      : await readMeanSegments(tx, metric, question);
  const { alpha } = question.scope.definition;
  const compared = correct(segments.map(({ cells }) => compareSegment(cells, alpha)));
  return {
    dimension: question.dimension,
    correction: 'holm',
    segments: segments.map(({ cells, ...segment }, index) => ({
      ...segment,
      variations: cells.map(describeCell),
      comparisons: compared[index] ?? [],
    })),
    postStratified: metric.kind === 'ratio' || metric.kind === 'quantile' ? [] : stratify(segments, alpha),
  };
}

async function readMeanSegments(
  tx: Transaction,
  metric: Exclude<Metric, QuantileMetric>,
  question: Question,
): Promise<Segment[]> {
  const keys = keysOf(question);
  const groups = bySize(groupBuckets(await readMetric(tx, metric, question), keys));
  const [shown, rest] = [groups.slice(0, maxSegments), groups.slice(maxSegments)];
  const cellsOf = ({ sums }: LookSums) => keys.flatMap((key, index) => toCell(metric, key, sums[index]));
  const segments: Segment[] = shown.map((group) => ({ value: group.bucket, cells: cellsOf(group) }));
  if (rest.length === 0) return segments;
  return [...segments, { value: 'the rest', merged: rest.length, cells: cellsOf(rest.reduce(merge)) }];
}

function toCell(metric: Metric, key: string, sums: LookSums['sums'][number] | undefined): Cell[] {
  return sums ? [estimate(metric, key, sums)] : [];
}

async function readQuantileSegments(
  tx: Transaction,
  metric: QuantileMetric,
  question: Question,
): Promise<Segment[]> {
  const rows = await readQuantile(tx, metric, question);
  const values = [...new Set(rows.map(({ bucket }) => bucket))];
  const segments = values.map((value) => ({
    value,
    cells: keysOf(question).map((key) =>
      quantileCell(
        key,
        rows.find((row) => row.variation === key && row.bucket === value),
      ),
    ),
  }));
  const sizeOf = ({ cells }: Segment) => cells.reduce((sum, { units }) => sum + units, 0);
  return segments.sort((one, other) => sizeOf(other) - sizeOf(one)).slice(0, maxSegments);
}

function keysOf({ scope }: Question): string[] {
  return scope.definition.variations.map(({ key }) => key);
}

function bySize(groups: readonly LookSums[]): LookSums[] {
  const sizeOf = ({ sums }: LookSums) => sums.reduce((total, { n }) => total + n, 0);
  return [...groups].sort((one, other) => sizeOf(other) - sizeOf(one));
}

function merge(one: LookSums, other: LookSums): LookSums {
  return {
    bucket: null,
    sums: one.sums.map((sums, index) =>
      add(sums, other.sums[index] ?? { n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 }),
    ),
  };
}

function compareSegment([control, ...treatments]: readonly Cell[], alpha: number): SegmentComparison[] {
  return treatments.map((treatment) => {
    const { variation } = treatment;
    const reason = control ? shortfallOf(control, treatment) : 'no control';
    if (reason !== undefined || !control?.arm || !treatment.arm)
      return { variation, status: 'not enough data', reason: reason ?? 'no units' };
    const tested = compareArms(control.arm, treatment.arm, alpha);
    return { variation, status: 'ok', ...tested, correctedP: tested.fixed.p };
  });
}

function correct(segments: readonly SegmentComparison[][]): SegmentComparison[][] {
  const all = segments.flat().flatMap((one) => (one.status === 'ok' ? [one] : []));
  const corrected = holm(all.map(({ fixed }) => fixed.p));
  const pOf = new Map(all.map((one, index) => [one, corrected[index] ?? 1]));
  return segments.map((comparisons) =>
    comparisons.map((one) => (one.status === 'ok' ? { ...one, correctedP: pOf.get(one) ?? 1 } : one)),
  );
}

// Strata without two units in every variation have no variance: there is nothing to weigh them by.
function stratify(segments: readonly Segment[], alpha: number): Breakdown['postStratified'] {
  const strata = segments.map(({ cells }) => cells.flatMap(({ arm }): Arm[] => (arm ? [arm] : [])));
  const variations = segments[0]?.cells.map(({ variation }) => variation) ?? [];
  const isWhole = strata.length > 0 && strata.every((arms) => arms.length === variations.length);
  if (!isWhole) return [];
  const [control, ...treatments] = postStratify(strata);
  return treatments.flatMap((treatment, index) => {
    if (!control || !(control.variance + treatment.variance > 0)) return [];
    return [{ variation: variations[index + 1] ?? '', ...compareArms(control, treatment, alpha) }];
  });
}
