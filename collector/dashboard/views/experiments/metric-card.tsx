import { formatFull } from '../../format/numbers.js';
import { Card } from '../../ui/card.js';
import { TableButton } from '../../ui/table-button.js';
import { IntervalPlot, reachOf } from './interval-plot.js';
import {
  type Arm,
  type Comparison,
  isSignificant,
  type MetricResult,
  type NotEnough,
  safeInterval,
  writeInterval,
  writeLift,
  writeProbability,
  writeSigned,
  writeValue,
} from './results.js';
import { SegmentTable } from './segment-table.js';

const roles: Record<string, string> = {
  primary: 'Decides',
  secondary: 'Also looked at',
  guardrail: 'Guardrail',
};

/** What one metric says: each variation against the control, its interval drawn. */
export function MetricCard({ metric }: { metric: MetricResult }) {
  const drawn = metric.comparisons.filter((one) => one.status === 'ok');
  const [control] = metric.variations;
  const isProtected = drawn.every(({ sequential }) => sequential !== null);
  return (
    <Card
      title={metric.name || metric.key}
      actions={
        <div class="view-tools">
          <span class="badge">{roles[metric.role] ?? metric.role}</span>
          <TableButton title={`${metric.name || metric.key}: numbers`} {...toTable(metric)} />
        </div>
      }
    >
      {control && (
        <p class="row-note">
          Control (<bdi>{control.variation}</bdi>): <b>{writeValue(control.mean, metric)}</b> of{' '}
          {formatFull(control.units, 'count')} units
        </p>
      )}
      <ul class="arms">
        {metric.comparisons.map((comparison) => (
          <li key={comparison.variation}>
            {comparison.status === 'ok' ? (
              <ArmLine comparison={comparison} metric={metric} reach={reachOf(drawn)} />
            ) : (
              <Waiting comparison={comparison} />
            )}
          </li>
        ))}
      </ul>
      {drawn.length > 0 && !isProtected && (
        <p class="notice">
          <b>Not protected against looking early</b>
          This metric has no interval for any look: read it once, when the planned number of units is there.
        </p>
      )}
      {metric.breakdown && <SegmentTable breakdown={metric.breakdown} metric={metric} />}
      {metric.notes.map((note) => (
        <p key={note} class="row-note">
          {note}
        </p>
      ))}
    </Card>
  );
}

function Waiting({ comparison: { variation, reason } }: { comparison: NotEnough }) {
  return (
    <p class="row-note">
      <bdi>{variation}</bdi>: not enough data yet ({reason})
    </p>
  );
}

type LineProps = { comparison: Comparison; metric: MetricResult; reach: number };

function ArmLine({ comparison, metric, reach }: LineProps) {
  const arm = metric.variations.find(({ variation }) => variation === comparison.variation);
  return (
    <div class="arm" data-arm={comparison.variation}>
      <p class="arm-name">
        <b>
          <bdi>{comparison.variation}</bdi>
        </b>
        <span class="row-note">{writeValue(arm?.mean ?? null, metric)}</span>
      </p>
      <div class="arm-plot">
        <IntervalPlot
          comparison={comparison}
          reach={reach}
          title={describe(comparison, metric)}
          wanted={metric.goal === 'decrease' ? -1 : 1}
        />
      </div>
      <div class="arm-verdict">
        <p>
          <b class="arm-lift">{writeLift(comparison)}</b> <Verdict comparison={comparison} />
        </p>
        <p class="row-note">{writeRange(comparison, metric)}</p>
        <Chances comparison={comparison} />
        <Adjusted comparison={comparison} metric={metric} />
      </div>
    </div>
  );
}

function Verdict({ comparison }: { comparison: Comparison }) {
  const { guardrail, sequential } = comparison;
  if (guardrail) {
    const kinds = { harmed: 'is-bad', safe: 'is-good', unclear: 'is-warn' };
    const titles = { harmed: 'Harmed', safe: 'Safe', unclear: 'Not clear yet' };
    return <span class={`badge ${kinds[guardrail.verdict]}`}>{titles[guardrail.verdict]}</span>;
  }
  if (!isSignificant(comparison)) return <span class="badge">No difference shown</span>;
  return <span class="badge is-good">{sequential ? 'Significant' : 'Significant at one look'}</span>;
}

function Chances({ comparison }: { comparison: Comparison }) {
  const { bayesian, power } = comparison;
  // What is shown already needs no more days.
  const plan = power && !isSignificant(comparison) ? (power.sequential ?? power.fixed) : undefined;
  return (
    <>
      {bayesian && (
        <p class="row-note">
          Chance to be better {formatFull(100 * bayesian.chanceToWin, 'percent')}{' '}
          <span class="badge is-warn">{bayesian.note}</span>
        </p>
      )}
      {plan && power && (
        <p class="row-note">
          Power {formatFull(100 * plan.power, 'percent')} for a change of{' '}
          {formatFull(100 * power.minimumEffect, 'percent')}
          {writeDays(plan.daysToGo)}
        </p>
      )}
    </>
  );
}

/** The same with what units did before their first exposure taken out: a narrower interval. */
function Adjusted({ comparison: { cuped }, metric }: { comparison: Comparison; metric: MetricResult }) {
  if (!cuped) return null;
  const { sequential, fixed, varianceReduction } = cuped;
  const interval = sequential ? (sequential.interval ?? sequential.latest) : fixed.interval;
  return (
    <p class="row-note" data-cuped title="Controlled-experiment using pre-experiment data">
      With CUPED {writeLift(cuped)}, difference {writeInterval(interval, metric)}, p{' '}
      {writeProbability(sequential?.p ?? fixed.p)}; {formatFull(100 * varianceReduction, 'percent')} less
      variance
    </p>
  );
}

function writeDays(days: number | null): string {
  if (days === null) return '';
  return days > 0 ? `; about ${formatFull(Math.ceil(days), 'count')} days to go` : '; enough units are there';
}

function writeRange(comparison: Comparison, metric: MetricResult): string {
  const p = comparison.sequential?.p ?? comparison.fixed.p;
  return `Difference ${writeInterval(safeInterval(comparison), metric)} ${comparison.sequential ? 'at any look' : 'at one look'}, p ${writeProbability(p)}`;
}

function describe(comparison: Comparison, metric: MetricResult): string {
  return `${comparison.variation}: ${writeLift(comparison)}. ${writeRange(comparison, metric)}`;
}

const head = [
  'Variation',
  'Units',
  'Value',
  'Lift',
  'Difference',
  'One look',
  'Any look',
  'p, one look',
  'p, any look',
];

function toTable(metric: MetricResult) {
  return { head, rows: metric.variations.map((arm) => toRow(arm, metric)) };
}

function toRow(arm: Arm, metric: MetricResult): string[] {
  const found = metric.comparisons.find(({ variation }) => variation === arm.variation);
  const own = [arm.variation, formatFull(arm.units, 'count'), writeValue(arm.mean, metric)];
  if (found?.status !== 'ok') return [...own, ...Array.from({ length: 6 }, () => '–')];
  const { fixed, sequential } = found;
  return [
    ...own,
    writeLift(found),
    writeSigned(fixed.difference, metric),
    writeInterval(fixed.interval, metric),
    sequential?.interval ? writeInterval(sequential.interval, metric) : '–',
    String(Number(fixed.p.toPrecision(3))),
    sequential ? String(Number(sequential.p.toPrecision(3))) : '–',
  ];
}
