import { request } from '../../api/client.js';
import { reloadAll } from '../../api/reloads.js';
import { useReport } from '../../api/use-report.js';
import { formatFull } from '../../format/numbers.js';
import { Card } from '../../ui/card.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { type Draft, type Field, textOf } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { useCanChange } from './parts/use-can-change.js';

type Kept = { events: number | null; sessions: number | null };
type Retention = Kept & { site: string; presets: Record<string, Kept> };

/** How long events and sessions are kept. */
export default function RetentionSection({ scope: { site } }: ViewProps) {
  const canChange = useCanChange();
  const asked = useReport<Retention>(`sites/${site.site}/retention`, {});
  return (
    <Card title="Retention">
      <Answered asked={asked}>
        {(retention) => (
          <>
            <p class="lead">
              Events are kept {describe(retention.events)}, sessions{' '}
              {retention.sessions === null ? 'as long' : describe(retention.sessions)}. What is older is
              deleted; numbers by day stay.
            </p>
            {canChange && <RetentionForm retention={retention} />}
          </>
        )}
      </Answered>
    </Card>
  );
}

function describe(days: number | null): string {
  return days === null ? 'for good' : `for ${formatFull(days, 'count')} days`;
}

const isOwn = (draft: Draft) => textOf(draft, 'preset') === '';

function fieldsFor(presets: Record<string, Kept>): Field[] {
  const options = Object.entries(presets).map(([value, { events, sessions }]) => ({
    value,
    title: `As usual for ${value}: events ${describe(events)}, sessions ${describe(sessions)}`,
  }));
  return [
    {
      name: 'preset',
      label: 'How long',
      kind: 'choice',
      options: [{ value: '', title: 'As given below' }, ...options],
    },
    {
      name: 'events',
      label: 'Days that events are kept',
      kind: 'number',
      isNullable: true,
      min: 1,
      hint: 'Empty: for good.',
      isShown: isOwn,
    },
    {
      name: 'sessions',
      label: 'Days that sessions are kept',
      kind: 'number',
      isNullable: true,
      hint: 'Empty: as long as events. At least 36: until then late events may change them.',
      isShown: isOwn,
    },
  ];
}

function RetentionForm({ retention }: { retention: Retention }) {
  const { site, presets } = retention;
  return (
    <RecordForm
      fields={fieldsFor(presets)}
      record={retention}
      timezone="UTC"
      button="Save"
      done="Saved."
      onSubmit={async (body) => {
        await request('/api/v1/retention', { method: 'PUT', body: { ...body, site } });
        reloadAll();
      }}
    />
  );
}
