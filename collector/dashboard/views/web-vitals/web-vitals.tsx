import '../report.css';
import './web-vitals.css';
import { useReport } from '../../api/use-report.js';
import { nameValue } from '../../format/names.js';
import { formatFull, formatNumber, formatShort } from '../../format/numbers.js';
import { reportParameters } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { TableButton } from '../../ui/table-button.js';
import type { ViewProps } from '../views.js';

type Rating = 'good' | 'needs-improvement' | 'poor';
type Vital = {
  metric: string;
  page_loads: number;
  p75: number;
  median: number;
  rating: Rating;
  good: number | null;
  poor: number | null;
};
type PageVital = Vital & { dimensions: (string | null)[] };
type Answer = { totals: Vital[]; results: PageVital[]; thresholds: Record<string, [number, number]> };

const dimensions = ['event:page', 'visit:device'];
const maxRows = 500;

const titles: Record<string, string> = {
  LCP: 'Largest contentful paint',
  INP: 'Interaction to next paint',
  CLS: 'Cumulative layout shift',
  FCP: 'First contentful paint',
  TTFB: 'Time to first byte',
};
const ratings: Record<Rating, { title: string; kind: string }> = {
  good: { title: 'Good', kind: 'is-good' },
  'needs-improvement': { title: 'Needs work', kind: 'is-warn' },
  poor: { title: 'Poor', kind: 'is-bad' },
};

/** How fast pages are for three in four of their loads, by page and device. */
export default function WebVitals({ scope }: ViewProps) {
  const asked = useReport<Answer>('web-vitals', {
    ...reportParameters(scope),
    dimensions: JSON.stringify(dimensions),
    limit: maxRows,
  });
  return (
    <Answered asked={asked} rows={8}>
      {(answer) =>
        answer.totals.length === 0 ? (
          <Card title="Web vitals">
            <EmptyState title="No page has sent its web vitals in this period">
              <p>
                They are captured where the page starts Footfall with the capture <code>webVitals()</code>.
              </p>
            </EmptyState>
          </Card>
        ) : (
          <Vitals answer={answer} />
        )
      }
    </Answered>
  );
}

function Vitals({ answer: { totals, results, thresholds } }: { answer: Answer }) {
  const metrics = Object.keys(titles).filter((name) => totals.some(({ metric }) => metric === name));
  return (
    <div class="view-stack">
      <div class="vitals">
        {metrics.map((name) => (
          <Tile
            key={name}
            vital={totals.find(({ metric }) => metric === name)}
            thresholds={thresholds[name]}
          />
        ))}
      </div>
      <Card
        title="By page and device"
        actions={<TableButton title="Web vitals by page and device" {...toTable(results)} />}
      >
        <PageTable results={results} metrics={metrics} />
        <p class="row-note">
          75th percentile: three in four page loads are this fast or faster. Ratings by the thresholds of
          web.dev.
        </p>
      </Card>
    </div>
  );
}

type TileProps = { vital: Vital | undefined; thresholds: [number, number] | undefined };

function Tile({ vital, thresholds }: TileProps) {
  if (!vital) return null;
  const { metric, p75, rating, good, poor, page_loads: loads } = vital;
  const middle = 100 - (good ?? 0) - (poor ?? 0);
  return (
    <section class="card vital" aria-label={titles[metric]}>
      <p class="row-note">
        <abbr title={titles[metric]}>{metric}</abbr> · {formatShort(loads, 'count')} page loads
      </p>
      <p class="vital-value">
        <b data-vital={metric} title={String(p75)}>
          {writeVital(metric, p75)}
        </b>{' '}
        <span class={`badge ${ratings[rating].kind}`}>{ratings[rating].title}</span>
      </p>
      <div class="vital-bar" aria-hidden="true">
        <span class="is-good" style={{ flexGrow: good ?? 0 }} />
        <span class="is-warn" style={{ flexGrow: Math.max(0, middle) }} />
        <span class="is-bad" style={{ flexGrow: poor ?? 0 }} />
      </div>
      <p class="row-note">
        {formatFull(good, 'percent')} good, {formatFull(poor, 'percent')} poor
        {thresholds &&
          ` (good to ${writeVital(metric, thresholds[0])}, poor above ${writeVital(metric, thresholds[1])})`}
      </p>
    </section>
  );
}

const keyOf = ({ dimensions: names }: PageVital) => JSON.stringify(names);

function PageTable({ results, metrics }: { results: readonly PageVital[]; metrics: readonly string[] }) {
  const keys = [...new Set(results.map(keyOf))];
  const rows = keys.map((key) => [key, results.filter((one) => keyOf(one) === key)] as const);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section class="list-scroll" tabIndex={0} aria-label="Web vitals by page and device">
      <table class="list-table">
        <thead>
          <tr>
            <th scope="col">Page</th>
            <th scope="col">Device</th>
            {metrics.map((name) => (
              <th key={name} scope="col" class="number-cell">
                <abbr title={titles[name]}>{name}</abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, vitals]) => (
            <tr key={key}>
              <th scope="row" class="vital-page">
                <bdi>{nameValue('event:page', vitals[0]?.dimensions[0] ?? null)}</bdi>
              </th>
              <td>
                <bdi>{nameValue('visit:device', vitals[0]?.dimensions[1] ?? null)}</bdi>
              </td>
              {metrics.map((name) => (
                <VitalCell key={name} vital={vitals.find(({ metric }) => metric === name)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function VitalCell({ vital }: { vital: Vital | undefined }) {
  if (!vital) return <td class="number-cell">–</td>;
  const { title, kind } = ratings[vital.rating];
  return (
    <td class="number-cell" title={`${title}; ${formatFull(vital.page_loads, 'count')} page loads`}>
      <span class={`badge ${kind}`}>
        {writeVital(vital.metric, vital.p75)}
        <span class="unseen"> {title}</span>
        <span aria-hidden="true">{vital.rating === 'good' ? '' : vital.rating === 'poor' ? ' ▼' : ' ▽'}</span>
      </span>
    </td>
  );
}

/** Milliseconds as seconds where they are many; a layout shift has no unit. */
function writeVital(metric: string, value: number): string {
  if (metric === 'CLS') return formatNumber(Math.round(value * 1_000) / 1_000);
  if (value < 1_000) return `${formatNumber(Math.round(value))} ms`;
  return `${formatNumber(Math.round(value / 10) / 100)} s`;
}

function toTable(results: readonly PageVital[]) {
  return {
    head: ['Page', 'Device', 'Metric', 'p75', 'Median', 'Page loads', 'Rating'],
    rows: results.map(({ dimensions: [page, device], ...vital }) => [
      nameValue('event:page', page ?? null),
      nameValue('visit:device', device ?? null),
      vital.metric,
      writeVital(vital.metric, vital.p75),
      writeVital(vital.metric, vital.median),
      formatFull(vital.page_loads, 'count'),
      ratings[vital.rating].title,
    ]),
  };
}
