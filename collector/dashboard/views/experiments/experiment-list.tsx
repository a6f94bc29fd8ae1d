import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import { formatFull } from '../../format/numbers.js';
import { addressWith, follow } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered, EmptyState } from '../../ui/states.js';
import type { Experiment } from './results.js';

const statusKinds: Record<string, string> = { running: 'is-good', draft: '', stopped: '', archived: '' };

/** The state of an experiment. */
export function StatusBadge({ status }: { status: string }) {
  return <span class={`badge ${statusKinds[status] ?? ''}`}>{status}</span>;
}

/** All experiments of the site. */
export function ExperimentList({ scope }: { scope: Scope }) {
  const asked = useReport<{ experiments: Experiment[] }>('experiments', { site: scope.site.site });
  return (
    <Card title="Experiments">
      <Answered asked={asked}>
        {({ experiments }) =>
          experiments.length === 0 ? <NoExperiments /> : <ExperimentTable rows={experiments} scope={scope} />
        }
      </Answered>
    </Card>
  );
}

function NoExperiments() {
  return (
    <EmptyState title="There is no experiment yet">
      <p>
        Define one with <code>footfall experiment create KEY --site …</code>, start it, and its results are
        here from the first visitor on.
      </p>
    </EmptyState>
  );
}

function ExperimentTable({ rows, scope: { site } }: { rows: readonly Experiment[]; scope: Scope }) {
  const moment = (at: string | null) => (at === null ? '–' : formatMoment(at, site.timezone));
  return (
    <table class="list-table is-stacked">
      <thead>
        <tr>
          <th scope="col">Experiment</th>
          <th scope="col">State</th>
          <th scope="col">Variations</th>
          <th scope="col" class="number-cell">
            Coverage
          </th>
          <th scope="col">Started</th>
          <th scope="col">Winner</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((experiment) => (
          <tr key={experiment.key}>
            <th scope="row">
              <ExperimentLink experiment={experiment} />
              {experiment.hypothesis && (
                <p class="row-note">
                  <bdi>{experiment.hypothesis}</bdi>
                </p>
              )}
            </th>
            <td>
              <StatusBadge status={experiment.status} />
            </td>
            <td data-title="Variations">
              <bdi>
                {phaseOf(experiment)
                  ?.variations.map(({ key }) => key)
                  .join(', ')}
              </bdi>
            </td>
            <td class="number-cell" data-title="Coverage">
              {formatFull(100 * (phaseOf(experiment)?.coverage ?? 0), 'percent')}
            </td>
            <td class="time-cell" data-title="Started">
              {moment(experiment.startedAt)}
            </td>
            <td data-title="Winner">
              <bdi>{experiment.winner ?? '–'}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function phaseOf({ phases, phase }: Experiment) {
  return phases.find((one) => one.phase === phase);
}

function ExperimentLink({ experiment: { key, name, startedAt } }: { experiment: Experiment }) {
  const change = { experiment: key };
  if (startedAt === null) return <bdi class="row-title">{name || key}</bdi>;
  return (
    <a class="row-title" href={addressWith(change)} onClick={(event) => follow(event, change)}>
      <bdi>{name || key}</bdi>
    </a>
  );
}
