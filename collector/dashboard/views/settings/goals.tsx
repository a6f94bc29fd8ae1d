import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatNumber } from '../../format/numbers.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { ActionButton } from './parts/action-button.js';
import { type Draft, type Field, textOf } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { DeleteButton, EditButton } from './parts/saved-actions.js';
import { useCanChange } from './parts/use-can-change.js';

type Goal = {
  id: string;
  name: string;
  kind: 'page' | 'event';
  pattern: string;
  value: number | null;
  currency: string | null;
};

const kindTitles = { page: 'A page is viewed', event: 'An event happens' };
const isPage = (draft: Draft) => textOf(draft, 'kind') === 'page';

const common: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', isRequired: true, placeholder: 'Sign-up' },
  {
    name: 'kind',
    label: 'Reached when',
    kind: 'choice',
    options: Object.entries(kindTitles).map(([value, title]) => ({ value, title })),
  },
];
const worth: readonly Field[] = [
  { name: 'value', label: 'Worth (empty: nothing)', kind: 'number', step: 'any', isNullable: true },
  { name: 'currency', label: 'Currency', kind: 'text', isNullable: true, placeholder: 'EUR' },
];

const pattern = { name: 'pattern', kind: 'text', isRequired: true } as const;
const fields: readonly Field[] = [
  ...common,
  {
    ...pattern,
    label: 'Path',
    placeholder: '/signup/*',
    hint: '* stands for any text without /, ** for any.',
    isShown: isPage,
  },
  { ...pattern, label: 'Event', placeholder: 'Signup', isShown: (draft) => !isPage(draft) },
  ...worth,
];

/** What counts as reached. */
export default function Goals({ scope: { site } }: ViewProps) {
  const canChange = useCanChange();
  const asked = useReport<{ goals: Goal[] }>('goals', { site: site.site });
  return (
    <Card
      title="Goals"
      actions={
        canChange && (
          <ActionButton title="New goal">{({ done }) => <GoalForm site={site} onDone={done} />}</ActionButton>
        )
      }
    >
      <Answered asked={asked}>
        {({ goals }) => (
          <Records
            title="Goals"
            rows={goals}
            idOf={({ id }) => id}
            columns={columns}
            actions={canChange ? (goal) => <GoalActions goal={goal} site={site} /> : undefined}
            empty={{
              title: 'There is no goal yet',
              text: 'A goal is a page or an event that is worth counting.',
            }}
          />
        )}
      </Answered>
    </Card>
  );
}

const columns: readonly Column<Goal>[] = [
  { title: 'Goal', cell: ({ name }) => <RowName name={name} /> },
  { title: 'Reached when', cell: ({ kind }) => kindTitles[kind] },
  { title: 'Path or event', cell: ({ pattern: text }) => <bdi>{text}</bdi> },
  {
    title: 'Worth',
    kind: 'number',
    cell: ({ value, currency }) => (value === null ? '–' : `${formatNumber(value)} ${currency ?? ''}`),
  },
];

function GoalActions({ goal, site }: { goal: Goal; site: Site }) {
  return (
    <>
      <EditButton name={goal.name}>{(done) => <GoalForm site={site} goal={goal} onDone={done} />}</EditButton>
      <DeleteButton
        path={`/api/v1/goals/${goal.id}`}
        site={site.site}
        name={goal.name}
        text="Reports no longer count it. Its events stay, and the same goal made again counts them."
      />
    </>
  );
}

type FormProps = { site: Site; goal?: Goal; onDone(): void };

function GoalForm({ site, goal, onDone }: FormProps) {
  const path = goal ? `/api/v1/goals/${goal.id}` : '/api/v1/goals';
  return (
    <RecordForm
      fields={fields}
      {...(goal && { record: goal })}
      timezone={site.timezone}
      button={goal ? 'Save' : 'Add the goal'}
      onSubmit={async (given) => {
        await request(path, { method: goal ? 'PUT' : 'POST', body: { ...given, site: site.site } });
        onDone();
      }}
    />
  );
}
