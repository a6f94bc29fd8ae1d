import { useState } from 'preact/hooks';
import { formatMoment } from '../../format/dates.js';
import { formatFull } from '../../format/numbers.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Dialog } from '../../ui/dialog.js';
import { saveFile } from '../../ui/save-file.js';
import type { ViewProps } from '../view.js';
import { ConfirmForm } from './parts/action-button.js';
import { type Draft, type Field, textOf } from './parts/fields.js';
import { readLines } from './parts/read-lines.js';
import { RecordForm } from './parts/record-form.js';

type Subject = { site: string; visitor?: string; user?: string };
type Progress = { step: string; done: number; total: number };
type Receipt = {
  erasureId: string;
  completedAt: string;
  deleted: Record<string, number>;
  daysRecomputed: number;
  lateEventsRefusedUntil: string;
};

const fields: readonly Field[] = [
  {
    name: 'kind',
    label: 'Who asks',
    kind: 'choice',
    options: [
      { value: 'visitor', title: 'A visitor, by the id of the browser' },
      { value: 'user', title: 'A user, by the id of your application' },
    ],
  },
  { name: 'id', label: 'Id', kind: 'text', isRequired: true, paths: ['visitor', 'user'] },
];

/** What a person may ask for: all that is stored of them, or that it is erased. */
export default function Privacy({ scope: { site } }: ViewProps) {
  return (
    <div class="view-stack">
      <Card title="Export">
        <p class="lead">Everything that is stored about a person, as a file in lines of JSON.</p>
        <ExportForm site={site} />
      </Card>
      <Card title="Erase">
        <p class="lead">
          All that is stored about a person is deleted, and the numbers of their days are counted anew. The
          receipt is signed, and says nothing about whom.
        </p>
        <EraseForm site={site} />
      </Card>
    </div>
  );
}

function subjectOf({ site }: Site, draft: Draft): Subject {
  return { site, [textOf(draft, 'kind')]: textOf(draft, 'id') };
}

function ExportForm({ site }: { site: Site }) {
  const [rows, setRows] = useState<number>();
  return (
    <RecordForm
      fields={fields}
      timezone={site.timezone}
      button="Export"
      onSubmit={async (_, draft) => {
        const lines: string[] = [];
        await readLines<{ done?: true }>('/api/v1/privacy/export', subjectOf(site, draft), (line) => {
          if (!line.done) lines.push(`${JSON.stringify(line)}\n`);
          setRows(lines.length);
        });
        if (lines.length > 0) saveFile(new Blob(lines, { type: 'application/x-ndjson' }), 'person.ndjson');
      }}
    >
      <p class="hint" role="status">
        {rows !== undefined && (rows === 0 ? 'Nothing is stored.' : `${formatFull(rows, 'count')} rows`)}
      </p>
    </RecordForm>
  );
}

// The form stays below the dialog: an id that is mistyped is corrected, not typed again.
function EraseForm({ site }: { site: Site }) {
  const [subject, setSubject] = useState<Subject>();
  const [receipt, setReceipt] = useState<Receipt>();
  const close = () => {
    setSubject(undefined);
    setReceipt(undefined);
  };
  return (
    <>
      <RecordForm
        fields={fields}
        timezone={site.timezone}
        button="Erase"
        isDanger
        onSubmit={async (_, draft) => setSubject(subjectOf(site, draft))}
      />
      <Dialog
        title={`Erase ${subject?.visitor ?? subject?.user ?? ''}`}
        isOpen={subject !== undefined}
        isClosable={receipt === undefined}
        onClose={close}
      >
        {receipt ? (
          <ReceiptBox receipt={receipt} site={site} onDone={close} />
        ) : (
          <EraseConfirm subject={subject} onReceipt={setReceipt} />
        )}
      </Dialog>
    </>
  );
}

type ConfirmProps = { subject: Subject | undefined; onReceipt(receipt: Receipt): void };

function EraseConfirm({ subject, onReceipt }: ConfirmProps) {
  const [progress, setProgress] = useState<Progress>();
  const onLine = (line: { progress?: Progress; receipt?: Receipt }) => {
    if (line.progress) setProgress(line.progress);
    if (line.receipt) onReceipt(line.receipt);
  };
  return (
    <>
      <ConfirmForm
        text="This cannot be taken back."
        button="Erase for good"
        run={() => readLines('/api/v1/privacy/erase', subject, onLine)}
      />
      {progress && (
        <label class="hint">
          {progress.step}: {formatFull(progress.done, 'count')} of {formatFull(progress.total, 'count')}
          <progress value={progress.done} max={Math.max(progress.total, 1)} />
        </label>
      )}
    </>
  );
}

type ReceiptProps = { receipt: Receipt; site: Site; onDone(): void };

function ReceiptBox({ receipt, site, onDone }: ReceiptProps) {
  const { erasureId, completedAt, deleted, daysRecomputed, lateEventsRefusedUntil } = receipt;
  const file = () => new Blob([JSON.stringify(receipt, null, 2)], { type: 'application/json' });
  const counts = Object.entries(deleted).filter(([, count]) => count > 0);
  return (
    <div class="form">
      <dl class="receipt">
        <dt>Erased</dt>
        <dd>{formatMoment(completedAt, site.timezone)}</dd>
        <dt>Rows</dt>
        <dd>
          {counts.map(([table, count]) => `${table} ${formatFull(count, 'count')}`).join(', ') ||
            'none were there'}
        </dd>
        <dt>Days counted anew</dt>
        <dd>{formatFull(daysRecomputed, 'count')}</dd>
        <dt>Late events refused until</dt>
        <dd>{formatMoment(lateEventsRefusedUntil, site.timezone)}</dd>
        <dt>Receipt</dt>
        <dd>{erasureId}</dd>
      </dl>
      <div class="form-buttons">
        <button type="button" class="button" onClick={() => saveFile(file(), `erasure-${erasureId}.json`)}>
          Save the receipt
        </button>
        <button type="button" class="button primary" onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  );
}
