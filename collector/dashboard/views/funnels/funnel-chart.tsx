import { formatDuration, formatFull, formatShort } from '../../format/numbers.js';
import { type EventMatch, nameMatch, toDraft } from '../event-match.js';

/** A step of the answer. Rates are percent. */
export type FunnelStep = EventMatch & {
  reached: number;
  dropped: number;
  conversion_rate: number | null;
  step_rate: number | null;
  median_seconds: number | null;
  mean_seconds: number | null;
};

const kindNames = { page: 'page', event: 'event', goal: 'goal' };

/** A column a step, as high as the part of the first step that came so far; below it who left and how long it took. */
export function FunnelChart({ steps }: { steps: readonly FunnelStep[] }) {
  return (
    <ol class="funnel">
      {steps.map((step, at) => (
        <li key={at} class="funnel-step" data-step={at + 1}>
          <div class="funnel-head">
            <span class="step-number" aria-hidden="true">
              {at + 1}
            </span>
            <span class="funnel-name">
              <bdi>{nameMatch(step)}</bdi>
              <span class="row-note">{kindNames[toDraft(step).kind]}</span>
            </span>
          </div>
          <div class="funnel-column" aria-hidden="true">
            <span class="funnel-bar" style={{ '--share': (step.conversion_rate ?? 0) / 100 }} />
          </div>
          <p class="funnel-rate">
            <b>{formatFull(step.conversion_rate, 'percent')}</b>
            <span data-reached title={formatFull(step.reached, 'count')}>
              {formatShort(step.reached, 'count')}
            </span>
          </p>
          <StepNotes step={step} next={steps[at + 1]} />
        </li>
      ))}
    </ol>
  );
}

function StepNotes({ step, next }: { step: FunnelStep; next: FunnelStep | undefined }) {
  if (!next)
    return <p class="funnel-notes">{step.reached > 0 ? 'Came all the way' : 'Nobody came so far'}</p>;
  return (
    <p class="funnel-notes">
      <span class={step.dropped > 0 ? 'funnel-dropped' : ''}>
        {formatShort(step.dropped, 'count')} left ({formatFull(100 - (next.step_rate ?? 100), 'percent')})
      </span>
      {next.median_seconds !== null && (
        <span title={`Mean ${formatDuration(next.mean_seconds ?? 0)}`}>
          Half went on within {formatDuration(next.median_seconds)}
        </span>
      )}
    </p>
  );
}

export const funnelHead = [
  'Step',
  'Reached',
  'Of the first',
  'Of the one before',
  'Left',
  'Median time',
  'Mean time',
];

/** The numbers of the chart as rows of text. */
export function funnelRows(steps: readonly FunnelStep[]): string[][] {
  const time = (seconds: number | null) => (seconds === null ? '–' : formatDuration(seconds));
  return steps.map((step, at) => [
    `${at + 1}. ${nameMatch(step)}`,
    formatFull(step.reached, 'count'),
    formatFull(step.conversion_rate, 'percent'),
    formatFull(step.step_rate, 'percent'),
    formatFull(step.dropped, 'count'),
    time(step.median_seconds),
    time(step.mean_seconds),
  ]);
}
