import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatAgo } from '../../format/dates.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { type Alert, AlertForm, kindTitles } from './alert-form.js';
import { IncidentList } from './incident-list.js';
import { ActionButton, type Ending } from './parts/action-button.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { DeleteButton } from './parts/saved-actions.js';
import { useCanChange } from './parts/use-can-change.js';

/** What is watched, and who is told. */
export default function Alerts({ scope: { site } }: ViewProps) {
  const canChange = useCanChange();
  const asked = useReport<{ alerts: Alert[] }>('alerts', { site: site.site });
  return (
    <Card
      title="Alerts"
      actions={
        canChange && (
          <ActionButton title="New alert">
            {(ending) => <AlertForm site={site} ending={ending} />}
          </ActionButton>
        )
      }
    >
      <Answered asked={asked}>
        {({ alerts }) => (
          <Records
            title="Alerts"
            rows={alerts}
            idOf={({ id }) => id}
            columns={columns}
            actions={(alert) => (
              <>
                <ActionButton title="Incidents" of={alert.name} width="wide">
                  {() => <IncidentList alert={alert} site={site} />}
                </ActionButton>
                {canChange && <AlertActions alert={alert} site={site} />}
              </>
            )}
            empty={{
              title: 'There is no alert yet',
              text: 'An alert tells you by webhook or mail when traffic drops, errors surge or events stop.',
            }}
          />
        )}
      </Answered>
    </Card>
  );
}

const columns: readonly Column<Alert>[] = [
  {
    title: 'Alert',
    cell: ({ name, rule: { kind } }) => <RowName name={name} note={kindTitles[kind] ?? kind} />,
  },
  { title: 'State', cell: (alert) => <AlertState alert={alert} /> },
  {
    title: 'Told',
    cell: ({ webhook, emails }) => (
      <bdi class="detail-line">{[webhook?.url, ...emails].filter(Boolean).join(', ') || 'nobody'}</bdi>
    ),
  },
  {
    title: 'Looked at',
    kind: 'time',
    cell: ({ checkedAt }) => (checkedAt === null ? 'not yet' : formatAgo(checkedAt, Date.now())),
  },
];

function AlertState({ alert: { enabled, firing } }: { alert: Alert }) {
  if (!enabled) return <span class="badge">off</span>;
  if (firing.length === 0) return <span class="badge is-good">quiet</span>;
  return <span class="badge is-bad">firing: {firing.join(', ')}</span>;
}

function AlertActions({ alert, site }: { alert: Alert; site: Site }) {
  const { id, name, webhook, emails } = alert;
  return (
    <>
      {(webhook !== null || emails.length > 0) && (
        <ActionButton title="Test" of={name}>
          {(ending) => <TestForm path={`/api/v1/alerts/${id}/test`} site={site} ending={ending} />}
        </ActionButton>
      )}
      <ActionButton title="Edit" of={name}>
        {(ending) => <AlertForm site={site} alert={alert} ending={ending} />}
      </ActionButton>
      <DeleteButton
        path={`/api/v1/alerts/${id}`}
        site={site.site}
        name={name}
        text="It is deleted with its incidents, and nobody is told any more."
      />
    </>
  );
}

type Sent = { channel: string; target: string; status: number | null; failure: string | null };

function TestForm({ path, site, ending }: { path: string; site: Site; ending: Ending }) {
  return (
    <RecordForm
      fields={[]}
      timezone={site.timezone}
      button="Send a test now"
      onSubmit={async () => {
        const body = { site: site.site };
        const { notifications } = await request<{ notifications: Sent[] }>(path, { method: 'POST', body });
        ending.show(<TestResult sent={notifications} onDone={ending.done} />);
      }}
    >
      <p>Each receiver gets a message that says it is a test.</p>
    </RecordForm>
  );
}

function TestResult({ sent, onDone }: { sent: readonly Sent[]; onDone(): void }) {
  return (
    <div class="form">
      <ul class="note-list">
        {sent.map(({ channel, target, status, failure }) => (
          <li key={`${channel} ${target}`}>
            <span class={`badge ${failure === null ? 'is-good' : 'is-bad'}`}>
              {failure === null ? 'sent' : 'failed'}
            </span>
            <bdi class="grow">{target}</bdi>
            <span class="detail-line">{failure ?? status}</span>
          </li>
        ))}
      </ul>
      <div class="form-buttons">
        <button type="button" class="button primary" onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  );
}
