import { useState } from 'preact/hooks';
import { reloadAll } from '../../api/reloads.js';
import { useReport } from '../../api/use-report.js';
import { formatFull } from '../../format/numbers.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { explainReason } from '../dropped/reasons.js';
import type { ViewProps } from '../view.js';
import type { Field } from './parts/fields.js';
import { readLines } from './parts/read-lines.js';
import { RecordForm } from './parts/record-form.js';

type Count = { reason: string; letters: number };
type Progress = { read: number; stored: number; total: number };
type Outcome = { read: number; stored: number; duplicate: number; stayed: Record<string, number> };

/** Sends refused events through the pipeline again, once what refused them has been mended. */
export default function Replay({ scope: { site } }: ViewProps) {
  const asked = useReport<{ counts: Count[] }>('dead-letter/counts', { site: site.site });
  return (
    <Card title="Replay">
      <p class="lead">
        Events that were refused are kept with their reason. When what refused them is mended, they can be
        tried again: each counts once, at the time when it came.
      </p>
      <Answered asked={asked}>
        {({ counts }) =>
          counts.some(({ letters }) => letters > 0) ? (
            <ReplayForm site={site} counts={counts} />
          ) : (
            <EmptyState title="No refused event is kept" />
          )
        }
      </Answered>
    </Card>
  );
}

function fieldsFor(counts: readonly Count[]): Field[] {
  const reasons = [...new Set(counts.map(({ reason }) => reason))];
  const sum = (reason: string) =>
    counts.filter((one) => one.reason === reason).reduce((total, { letters }) => total + letters, 0);
  const options = reasons.map((reason) => ({
    value: reason,
    title: `${reason} (${formatFull(sum(reason), 'count')}): ${explainReason(reason)}`,
  }));
  return [
    {
      name: 'reason',
      label: 'Which',
      kind: 'choice',
      options: [{ value: '', title: 'All' }, ...options],
      hint: 'Those that were too old are taken where they are chosen alone.',
    },
  ];
}

function ReplayForm({ site, counts }: { site: Site; counts: readonly Count[] }) {
  const [progress, setProgress] = useState<Progress>();
  const [outcome, setOutcome] = useState<Outcome>();
  return (
    <RecordForm
      fields={fieldsFor(counts)}
      timezone={site.timezone}
      button="Replay"
      onSubmit={async (body) => {
        await readLines<{ progress?: Progress; replay?: Outcome }>(
          '/api/v1/dead-letter/replay',
          { ...body, site: site.site },
          (line) => {
            if (line.progress) setProgress(line.progress);
            if (line.replay) setOutcome(line.replay);
          },
        );
        setProgress(undefined);
        reloadAll();
      }}
    >
      {progress && (
        <label class="hint">
          {formatFull(progress.read, 'count')} of {formatFull(progress.total, 'count')}
          <progress value={progress.read} max={Math.max(progress.total, 1)} />
        </label>
      )}
      <p class="hint" role="status">
        {outcome && describe(outcome)}
      </p>
    </RecordForm>
  );
}

function describe({ read, stored, duplicate, stayed }: Outcome): string {
  const left = Object.entries(stayed).map(([reason, count]) => `${reason} ${formatFull(count, 'count')}`);
  return [
    `${formatFull(read, 'count')} read`,
    `${formatFull(stored, 'count')} stored`,
    `${formatFull(duplicate, 'count')} stored before`,
    ...(left.length > 0 ? [`still refused: ${left.join(', ')}`] : []),
  ].join(', ');
}
