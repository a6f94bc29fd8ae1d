import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatDay } from '../../format/dates.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { ActionButton } from './parts/action-button.js';
import type { Field } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { DeleteButton, EditButton } from './parts/saved-actions.js';
import { useCanChange } from './parts/use-can-change.js';

type MailReport = {
  id: string;
  frequency: 'weekly' | 'monthly';
  recipients: string[];
  enabled: boolean;
  lastFrom: string | null;
};

const frequencies = { weekly: 'Every week', monthly: 'Every month' };

const fields: readonly Field[] = [
  {
    name: 'frequency',
    label: 'How often',
    kind: 'choice',
    options: Object.entries(frequencies).map(([value, title]) => ({ value, title })),
  },
  {
    name: 'recipients',
    label: 'Recipients',
    kind: 'list',
    isRequired: true,
    hint: 'One address a line. Each gets a message of their own.',
    paths: ['emails'],
  },
  { name: 'enabled', label: 'Send it', kind: 'check' },
];

/** The numbers of the site by mail, every week or month. */
export default function MailReports({ scope: { site } }: ViewProps) {
  const canChange = useCanChange();
  const asked = useReport<{ mailReports: MailReport[] }>('mail-reports', { site: site.site });
  return (
    <Card
      title="Mail reports"
      actions={
        canChange && (
          <ActionButton title="New report">
            {({ done }) => <ReportForm site={site} onDone={done} />}
          </ActionButton>
        )
      }
    >
      <p class="lead">Totals beside the period before, pages, sources and countries, in the morning after.</p>
      <Answered asked={asked}>
        {({ mailReports }) => (
          <Records
            title="Mail reports"
            rows={mailReports}
            idOf={({ id }) => id}
            columns={columns}
            actions={canChange ? (report) => <ReportActions report={report} site={site} /> : undefined}
            empty={{ title: 'No report is sent', text: 'Add one, and the numbers come by mail.' }}
          />
        )}
      </Answered>
    </Card>
  );
}

const columns: readonly Column<MailReport>[] = [
  {
    title: 'Report',
    cell: ({ frequency, recipients }) => (
      <RowName name={frequencies[frequency]} note={<bdi>{recipients.join(', ')}</bdi>} />
    ),
  },
  {
    title: 'State',
    cell: ({ enabled }) => (
      <span class={`badge ${enabled ? 'is-good' : ''}`}>{enabled ? 'sent' : 'off'}</span>
    ),
  },
  {
    title: 'Latest, from',
    kind: 'time',
    cell: ({ lastFrom }) => (lastFrom === null ? 'none yet' : formatDay(lastFrom)),
  },
];

function ReportActions({ report, site }: { report: MailReport; site: Site }) {
  const name = `${frequencies[report.frequency]}, ${report.recipients.join(', ')}`;
  return (
    <>
      <EditButton name={name}>
        {(done) => <ReportForm site={site} report={report} onDone={done} />}
      </EditButton>
      <DeleteButton
        path={`/api/v1/mail-reports/${report.id}`}
        site={site.site}
        name={name}
        text="Nobody in its list gets it any more."
      />
    </>
  );
}

function ReportForm({ site, report, onDone }: { site: Site; report?: MailReport; onDone(): void }) {
  const path = report ? `/api/v1/mail-reports/${report.id}` : '/api/v1/mail-reports';
  return (
    <RecordForm
      fields={fields}
      record={report ?? { enabled: true }}
      timezone={site.timezone}
      button={report ? 'Save' : 'Add the report'}
      onSubmit={async (given) => {
        await request(path, { method: report ? 'PUT' : 'POST', body: { ...given, site: site.site } });
        onDone();
      }}
    />
  );
}
