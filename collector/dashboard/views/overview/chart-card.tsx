import { useMemo, useState } from 'preact/hooks';
import { askQuery, queryBody } from '../../api/query.js';
import { useAnswer } from '../../api/use-answer.js';
import { LineChart, type Pointed } from '../../chart/line-chart.js';
import { bucketsFor, type Series, toSeries } from '../../chart/series.js';
import { type Bucket, formatBucket } from '../../format/dates.js';
import { formatFull } from '../../format/numbers.js';
import { mayManage, useSession } from '../../session/session.js';
import { go, useParameter } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { DataTable } from '../../ui/data-table.js';
import { NoteIcon, TableIcon } from '../../ui/icons.js';
import { Answered } from '../../ui/states.js';
import { type Annotation, AnnotationDialog, placeAnnotations, useAnnotations } from './annotations.js';
import type { HeadMetric } from './metrics.js';

const bucketNames: Record<Bucket, string> = {
  minute: 'Minutes',
  hour: 'Hours',
  day: 'Days',
  week: 'Weeks',
  month: 'Months',
  quarter: 'Quarters',
  year: 'Years',
};

/** The metric over time, beside the period that it is compared with. */
export function ChartCard({ scope, metric }: { scope: Scope; metric: HeadMetric }) {
  const buckets = bucketsFor(scope);
  const wanted = useParameter('interval');
  const bucket = buckets.find((name) => name === wanted) ?? buckets[0] ?? 'day';
  const body = queryBody(scope, {
    metrics: [metric.id],
    dimensions: [`time:${bucket}`],
    include: { zero_fill: true },
    isCompared: true,
  });
  const asked = useAnswer(body, (signal) =>
    askQuery(body, signal).then((answer) => toSeries(answer.results, bucket, scope, Date.now())),
  );
  return (
    <div class="chart-card">
      <Answered asked={asked} rows={7}>
        {(series) => <Chart series={series} metric={metric} scope={scope} />}
      </Answered>
      <BucketChoice buckets={buckets} chosen={bucket} />
    </div>
  );
}

function BucketChoice({ buckets, chosen }: { buckets: readonly Bucket[]; chosen: Bucket }) {
  return (
    <fieldset class="segmented chart-buckets">
      <legend class="unseen">Interval</legend>
      {buckets.map((bucket, at) => (
        <button
          key={bucket}
          type="button"
          aria-pressed={bucket === chosen}
          onClick={() => go({ interval: at === 0 ? null : bucket })}
        >
          {bucketNames[bucket]}
        </button>
      ))}
    </fieldset>
  );
}

type ChartProps = { series: Series; metric: HeadMetric; scope: Scope };

function Chart({ series, metric, scope }: ChartProps) {
  const [pointed, setPointed] = useState<Pointed>();
  const [leftOf, setLeftOf] = useState<(at: number) => number>();
  const { answer } = useAnnotations(scope);
  const annotations = answer?.annotations ?? [];
  const notes = useMemo(() => placeAnnotations(annotations, series, scope), [answer, series]);
  const title = `${metric.title} by ${series.bucket}, ${series.labels.length} values; the numbers are in the table`;
  return (
    <>
      <div class="chart">
        <LineChart
          series={series}
          unit={metric.unit}
          title={title}
          onPoint={setPointed}
          onDraw={(next) => setLeftOf(() => next)}
        />
        {pointed && (
          <Tooltip pointed={pointed} series={series} metric={metric} notes={notes.get(pointed.at)} />
        )}
        {leftOf && <Notes notes={notes} series={series} leftOf={leftOf} />}
      </div>
      <ChartTools series={series} metric={metric} scope={scope} annotations={annotations} />
    </>
  );
}

type TooltipProps = { pointed: Pointed; series: Series; metric: HeadMetric; notes: Annotation[] | undefined };

function Tooltip({ pointed: { at, left }, series, metric, notes = [] }: TooltipProps) {
  const [label, before] = [series.labels[at], series.beforeLabels[at]];
  return (
    <div
      class={at > series.labels.length / 2 ? 'tooltip is-before' : 'tooltip'}
      aria-hidden="true"
      style={{ '--left': `${left}px` }}
    >
      <p class="tooltip-title">{metric.title}</p>
      {label !== undefined && series.values[at] !== null && (
        <p>
          <span class="key key-now" />
          <span class="grow">
            {formatBucket(label, series.bucket)}
            {at === series.running ? ' (so far)' : ''}
          </span>
          <b>{formatFull(series.values[at], metric.unit)}</b>
        </p>
      )}
      {before && (
        <p>
          <span class="key key-before" />
          <span class="grow">{formatBucket(before, series.bucket)}</span>
          <b>{formatFull(series.before[at], metric.unit)}</b>
        </p>
      )}
      {notes.map(({ id, text }) => (
        <p key={id} class="tooltip-note">
          {text}
        </p>
      ))}
    </div>
  );
}

type NotesProps = { notes: Map<number, Annotation[]>; series: Series; leftOf(at: number): number };

function Notes({ notes, series, leftOf }: NotesProps) {
  return (
    <ul class="notes" aria-label="Annotations" dir="ltr">
      {[...notes].map(([at, list]) => {
        const text = list.map((one) => one.text).join('; ');
        const when = formatBucket(series.labels[at] ?? '', series.bucket);
        return (
          <li key={at} class="note" style={{ '--left': `${leftOf(at)}px` }} title={`${when}: ${text}`}>
            <span class="unseen">{`${when}: ${text}`}</span>
          </li>
        );
      })}
    </ul>
  );
}

type ToolsProps = ChartProps & { annotations: readonly Annotation[] };

function ChartTools({ series, metric, scope, annotations }: ToolsProps) {
  const [open, setOpen] = useState<'table' | 'notes'>();
  const close = () => setOpen(undefined);
  const session = useSession();
  return (
    <div class="chart-tools">
      <button type="button" class="button quiet small" onClick={() => setOpen('table')}>
        <TableIcon />
        Table
      </button>
      {mayManage(session) && (
        <button type="button" class="button quiet small" onClick={() => setOpen('notes')}>
          <NoteIcon />
          Annotate
        </button>
      )}
      <DataTable
        title={`${metric.title} by ${series.bucket}`}
        isOpen={open === 'table'}
        onClose={close}
        head={tableHead(series, metric)}
        rows={series.labels.map((_, at) => tableRow(series, metric, at))}
      />
      <AnnotationDialog scope={scope} annotations={annotations} isOpen={open === 'notes'} onClose={close} />
    </div>
  );
}

function tableHead({ bucket, hasComparison }: Series, { title }: HeadMetric): string[] {
  const name = bucket.charAt(0).toUpperCase() + bucket.slice(1);
  return hasComparison ? [name, title, 'Compared with', `${title} then`] : [name, title];
}

function tableRow(series: Series, { unit }: HeadMetric, at: number): string[] {
  const { labels, values, beforeLabels, before, bucket } = series;
  const row = [formatBucket(labels[at] ?? '', bucket), formatFull(values[at], unit)];
  if (!series.hasComparison) return row;
  const then = beforeLabels[at];
  return [...row, then ? formatBucket(then, bucket) : '–', formatFull(before[at], unit)];
}
