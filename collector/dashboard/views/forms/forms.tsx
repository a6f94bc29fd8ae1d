import '../report.css';
import './forms.css';
import { useReport } from '../../api/use-report.js';
import { formatDuration, formatFull, formatShort } from '../../format/numbers.js';
import { reportParameters } from '../../state/scope.js';
import { BarTable } from '../../ui/bar-table.js';
import { Card } from '../../ui/card.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { TableButton } from '../../ui/table-button.js';
import type { ViewProps } from '../views.js';

type Field = { field: string; shown: number; filled: number; left_last: number; abandon_rate: number | null };
type Form = {
  form: string | null;
  page: string | null;
  views: number;
  starts: number;
  submits: number;
  abandons: number;
  median_seconds: number | null;
  completion_rate: number | null;
  fields: Field[];
};

/** How many see, start and send each form, and after which field they leave. */
export default function Forms({ scope }: ViewProps) {
  const asked = useReport<{ forms: Form[] }>('forms', reportParameters(scope));
  return (
    <Answered asked={asked} rows={8}>
      {({ forms }) =>
        forms.length === 0 ? (
          <Card title="Forms">
            <EmptyState title="No form was seen in this period">
              <p>
                Forms are captured where the page starts Footfall with the capture <code>form()</code>. What
                is typed is never sent: names of fields, and whether they were filled.
              </p>
            </EmptyState>
          </Card>
        ) : (
          <div class="view-stack">
            {forms.map((form) => (
              <FormCard key={`${form.form} ${form.page}`} form={form} />
            ))}
          </div>
        )
      }
    </Answered>
  );
}

function FormCard({ form }: { form: Form }) {
  const name = form.form ?? '(no name)';
  return (
    <Card
      title={name}
      actions={
        <div class="view-tools">
          <bdi class="row-note">{form.page}</bdi>
          <TableButton title={`Fields of ${name}`} head={fieldHead} rows={form.fields.map(toRow)} />
        </div>
      }
    >
      <Stages form={form} />
      {form.fields.length > 0 && <Fields name={name} fields={form.fields} />}
    </Card>
  );
}

function Stages({ form }: { form: Form }) {
  const { views, starts, submits, abandons, completion_rate: rate, median_seconds: median } = form;
  const stages = { Seen: views, Started: starts, Sent: submits };
  return (
    <div class="stages">
      {Object.entries(stages).map(([title, count]) => (
        <div key={title} class="stage" style={{ '--share': views > 0 ? count / views : 0 }}>
          <span class="stage-title">{title}</span>
          <b data-stage={title} title={formatFull(count, 'count')}>
            {formatShort(count, 'count')}
          </b>
        </div>
      ))}
      <p class="row-note">
        {formatFull(rate, 'percent')} of those who start it send it; {formatShort(abandons, 'count')} left it
        {median !== null && `. Half of those who send it do so within ${formatDuration(median)}`}
      </p>
    </div>
  );
}

function Fields({ name, fields }: { name: string; fields: readonly Field[] }) {
  const most = Math.max(1, ...fields.map(({ left_last }) => left_last));
  return (
    <BarTable
      title={`${name}: after which field they leave`}
      labelTitle="Left after the field"
      columns={[
        { id: 'left', title: 'Left' },
        { id: 'rate', title: 'Of all who left' },
        { id: 'filled', title: 'Filled' },
      ]}
      rows={fields.map(({ field, shown, filled, left_last, abandon_rate }) => ({
        id: field,
        label: field,
        share: left_last / most,
        cells: [
          { text: formatShort(left_last, 'count'), full: formatFull(left_last, 'count') },
          { text: formatFull(abandon_rate, 'percent') },
          { text: formatFull(shown > 0 ? (100 * filled) / shown : null, 'percent') },
        ],
      }))}
    />
  );
}

const fieldHead = ['Field', 'Shown', 'Filled', 'Left after it', 'Of all who left'];

function toRow({ field, shown, filled, left_last, abandon_rate }: Field): string[] {
  const counts = [shown, filled, left_last].map((count) => formatFull(count, 'count'));
  return [field, ...counts, formatFull(abandon_rate, 'percent')];
}
