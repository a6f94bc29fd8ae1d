import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatFull } from '../../format/numbers.js';
import { addressWith, follow } from '../../state/address.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered } from '../../ui/states.js';
import { StatusBadge } from '../experiments/experiment-list.js';
import type { Experiment } from '../experiments/results.js';
import type { ViewProps } from '../view.js';
import { NewExperiment } from './new-experiment.js';
import { ActionButton, ConfirmForm } from './parts/action-button.js';
import type { Field } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { useCanChange } from './parts/use-can-change.js';

/** The experiments of the site and their state: to define, start, ramp, stop and archive. */
export default function Experiments({ scope: { site } }: ViewProps) {
  const canChange = useCanChange();
  const asked = useReport<{ experiments: Experiment[] }>('experiments', { site: site.site });
  return (
    <Card
      title="Experiments"
      actions={
        canChange && (
          <ActionButton title="New experiment">
            {({ done }) => <NewExperiment site={site} onDone={done} />}
          </ActionButton>
        )
      }
    >
      <Answered asked={asked}>
        {({ experiments }) => (
          <Records
            title="Experiments"
            rows={experiments}
            idOf={({ key }) => key}
            columns={columns}
            actions={
              canChange
                ? (experiment) => <ExperimentActions experiment={experiment} site={site} />
                : undefined
            }
            empty={{
              title: 'There is no experiment yet',
              text: 'Define one as a draft; nobody takes part before it is started.',
            }}
          />
        )}
      </Answered>
    </Card>
  );
}

function phaseOf({ phases, phase }: Experiment) {
  return phases.find((one) => one.phase === phase);
}

const columns: readonly Column<Experiment>[] = [
  {
    title: 'Experiment',
    cell: (experiment) => <ExperimentName experiment={experiment} />,
  },
  { title: 'State', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    title: 'Variations',
    cell: (experiment) => (
      <bdi>
        {phaseOf(experiment)
          ?.variations.map(({ key }) => key)
          .join(', ')}
      </bdi>
    ),
  },
  {
    title: 'Coverage',
    kind: 'number',
    cell: (experiment) => formatFull(100 * (phaseOf(experiment)?.coverage ?? 0), 'percent'),
  },
];

function ExperimentName({ experiment: { key, name, hypothesis, startedAt } }: { experiment: Experiment }) {
  const change = { view: 'experiments', section: null, experiment: key };
  const text = <RowName name={name || key} note={hypothesis && <bdi>{hypothesis}</bdi>} />;
  if (startedAt === null) return text;
  return (
    <a href={addressWith(change)} onClick={(event) => follow(event, change)}>
      {text}
    </a>
  );
}

type ActionProps = { experiment: Experiment; site: Site };

function ExperimentActions({ experiment, site }: ActionProps) {
  const { key, status } = experiment;
  const apply = (step: string, body?: object) =>
    request<void>(`/api/v1/experiments/${encodeURIComponent(key)}/${step}`, {
      method: 'POST',
      parameters: { site: site.site },
      body,
    });
  if (status === 'archived') return null;
  return (
    <>
      {status === 'draft' && (
        <ActionButton title="Start" of={key}>
          {({ done }) => (
            <ConfirmForm
              text="From now on visitors are assigned. Variations, weights and targeting stay as they are."
              button="Start the experiment"
              isDanger={false}
              run={() => apply('start').then(done)}
            />
          )}
        </ActionButton>
      )}
      {status === 'running' && <RunningActions experiment={experiment} apply={apply} />}
      {status !== 'running' && (
        <ActionButton title="Archive" of={key}>
          {({ done }) => (
            <ConfirmForm
              text="It is handed out no more; its results stay."
              button="Archive"
              run={() => apply('archive').then(done)}
            />
          )}
        </ActionButton>
      )}
    </>
  );
}

type RunningProps = { experiment: Experiment; apply(step: string, body?: object): Promise<void> };

function RunningActions({ experiment, apply }: RunningProps) {
  const { key } = experiment;
  const phase = phaseOf(experiment);
  return (
    <>
      <ActionButton title="Ramp" of={key}>
        {({ done }) => (
          <RecordForm
            fields={rampFields}
            record={{ coverage: 100 * (phase?.coverage ?? 1) }}
            timezone="UTC"
            button="Change the coverage"
            onSubmit={({ coverage }) => apply('ramp', { coverage: Number(coverage) / 100 }).then(done)}
          />
        )}
      </ActionButton>
      <ActionButton title="Stop" of={key}>
        {({ done }) => (
          <RecordForm
            fields={stopFields(phase?.variations.map((one) => one.key) ?? [])}
            timezone="UTC"
            button="Stop the experiment"
            isDanger
            onSubmit={({ winner }) => apply('stop', winner ? { winner } : {}).then(done)}
          />
        )}
      </ActionButton>
    </>
  );
}

const rampFields: readonly Field[] = [
  {
    name: 'coverage',
    label: 'Coverage in %',
    kind: 'number',
    min: 0,
    max: 100,
    step: 'any',
    isRequired: true,
    hint: 'The share of visitors that takes part. Raising it moves nobody who takes part already.',
  },
];

function stopFields(variations: readonly string[]): Field[] {
  const options = variations.map((value) => ({ value, title: value }));
  return [
    {
      name: 'winner',
      label: 'What everybody gets from now on',
      kind: 'choice',
      options: [{ value: '', title: 'The control' }, ...options],
    },
  ];
}
