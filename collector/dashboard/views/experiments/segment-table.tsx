import { nameValue } from '../../format/names.js';
import { formatFull } from '../../format/numbers.js';
import {
  type Breakdown,
  type MetricResult,
  writeInterval,
  writeLift,
  writeProbability,
  writeValue,
} from './results.js';
import { segmentChoices } from './segments.js';

type Props = { breakdown: Breakdown; metric: MetricResult };
type Segment = Breakdown['segments'][number];

/** One metric by one dimension: each variation in each segment against the control there. */
export function SegmentTable({ breakdown, metric }: Props) {
  const { dimension, segments, postStratified } = breakdown;
  const title = segmentChoices.find(({ value }) => value === dimension)?.title ?? dimension;
  if (segments.length === 0) return <p class="row-note">By {title.toLowerCase()}: no units yet</p>;
  return (
    <section class="segments" aria-label={`${metric.name || metric.key} by ${title.toLowerCase()}`}>
      <table class="list-table is-stacked">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">Variation</th>
            {['Units', 'Value', 'Lift', 'Difference, one look', 'p'].map((name) => (
              <th key={name} scope="col" class="number-cell">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {segments.flatMap((segment) =>
            segment.comparisons.map((comparison) => (
              <SegmentRow
                key={`${segment.value} ${comparison.variation}`}
                name={nameSegment(segment, dimension)}
                segment={segment}
                comparison={comparison}
                metric={metric}
              />
            )),
          )}
        </tbody>
      </table>
      <p class="row-note">
        By the visit of the first exposure; p is corrected for the number of segments (Holm). A segment that
        was not chosen before is a question for another experiment, not an answer.
      </p>
      {postStratified.map((one) => (
        <p key={one.variation} class="row-note">
          <bdi>{one.variation}</bdi> with every segment at its share of all units: {writeLift(one)},
          difference {writeInterval(one.fixed.interval, metric)} at one look
        </p>
      ))}
    </section>
  );
}

function nameSegment({ value, merged }: Segment, dimension: string): string {
  if (merged !== undefined) return `${formatFull(merged, 'count')} others`;
  return nameValue(`visit:${dimension}`, value);
}

type RowProps = {
  name: string;
  segment: Segment;
  comparison: Segment['comparisons'][number];
  metric: MetricResult;
};

function SegmentRow({ name, segment, comparison, metric }: RowProps) {
  const arm = segment.variations.find(({ variation }) => variation === comparison.variation);
  const [control] = segment.variations;
  return (
    <tr data-segment={segment.value ?? ''}>
      <th scope="row">
        <bdi class="row-title">{name}</bdi>
      </th>
      <td data-title="Variation">
        <bdi>{comparison.variation}</bdi>
      </td>
      <td data-title="Units" class="number-cell">
        {formatFull(arm?.units ?? 0, 'count')}
      </td>
      <td data-title="Value" class="number-cell">
        {writeValue(arm?.mean ?? null, metric)}{' '}
        <span class="row-note">control {writeValue(control?.mean ?? null, metric)}</span>
      </td>
      {comparison.status === 'ok' ? (
        <>
          <td data-title="Lift" class="number-cell segment-lift">
            {writeLift(comparison)}
          </td>
          <td data-title="Difference" class="number-cell">
            {writeInterval(comparison.fixed.interval, metric)}
          </td>
          <td data-title="p" class="number-cell">
            {writeProbability(comparison.correctedP)}
          </td>
        </>
      ) : (
        <td colSpan={3} class="row-note">
          not enough data yet ({comparison.reason})
        </td>
      )}
    </tr>
  );
}
