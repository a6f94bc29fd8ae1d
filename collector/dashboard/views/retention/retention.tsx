import '../report.css';
import './retention.css';
import { useReport } from '../../api/use-report.js';
import { formatBucket, formatDay } from '../../format/dates.js';
import { formatFull, formatShort } from '../../format/numbers.js';
import { useParameter } from '../../state/address.js';
import { reportParameters } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Segmented } from '../../ui/segmented.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { TableButton } from '../../ui/table-button.js';
import { readMatch } from '../event-match.js';
import type { ViewProps } from '../views.js';
import { ReturnForm } from './return-form.js';

type Period = { period: number; visitors: number; rate: number | null };
type Cohort = { cohort: string; visitors: number; periods: Period[] };
type Interval = 'day' | 'week' | 'month';
type Answer = { interval: Interval; cohorts: Cohort[] };

const intervals = [
  { value: 'week', title: 'Weekly' },
  { value: 'day', title: 'Daily' },
  { value: 'month', title: 'Monthly' },
] as const;
const maxColumns = 31;

/** Of those who came first in a period, how many came back in each later one. */
export default function Retention({ scope }: ViewProps) {
  const interval = intervals.find(({ value }) => value === useParameter('cohort'))?.value ?? 'week';
  const [start, back] = [readMatch(useParameter('start')), readMatch(useParameter('return'))];
  const asked = useReport<Answer>('retention', {
    ...reportParameters(scope),
    interval,
    ...(start && { start: JSON.stringify(start) }),
    ...(back && { return: JSON.stringify(back) }),
  });
  const cohorts = asked.answer?.cohorts ?? [];
  return (
    <div class="view-stack">
      <Card
        title="Who comes back"
        actions={
          <div class="view-tools">
            <Segmented title="Length of a period" parameter="cohort" choices={intervals} chosen={interval} />
            <TableButton title="Visitors of each cohort by period" {...toTable(cohorts, interval)} />
          </div>
        }
      >
        <Answered asked={asked}>
          {(answer) =>
            answer.cohorts.length === 0 ? (
              <EmptyState title="Nobody came for the first time in this period">
                <p>Choose a longer period, fewer filters or another start.</p>
              </EmptyState>
            ) : (
              <Grid {...answer} />
            )
          }
        </Answered>
        <p class="row-note">
          Without a persistent id a visitor has another one each day, and so is never seen to return.
        </p>
      </Card>
      <Card title="What counts">
        <ReturnForm key={JSON.stringify([start, back])} scope={scope} start={start} back={back} />
      </Card>
    </div>
  );
}

const nameCohort = (day: string, interval: Interval) =>
  interval === 'month' ? formatBucket(day, 'month') : formatDay(day);

function Grid({ cohorts, interval }: Answer) {
  const columns = columnsOf(cohorts);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section class="list-scroll" tabIndex={0} aria-label="Retention by cohort">
      <table class="retention">
        <thead>
          <tr>
            <th scope="col">Cohort</th>
            <th scope="col">Visitors</th>
            {columns.map((period) => (
              <th key={period} scope="col">
                <span class="unseen">{interval} </span>
                {period}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <AverageRow cohorts={cohorts} columns={columns} />
          {cohorts.map((cohort) => (
            <tr key={cohort.cohort}>
              <th scope="row">{nameCohort(cohort.cohort, interval)}</th>
              <td class="retention-size">{formatShort(cohort.visitors, 'count')}</td>
              {columns.map((period) => (
                <Cell key={period} period={cohort.periods[period]} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

// From the newest cohort to the oldest the rows grow longer: as many columns as the oldest has.
function columnsOf(cohorts: readonly Cohort[]): number[] {
  const longest = Math.max(...cohorts.map(({ periods }) => periods.length));
  return Array.from({ length: Math.min(longest, maxColumns) }, (_, period) => period);
}

function AverageRow({ cohorts, columns }: { cohorts: readonly Cohort[]; columns: readonly number[] }) {
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  const averages = columns.map((period): Period => {
    const reached = cohorts.filter(({ periods }) => periods[period] !== undefined);
    const visitors = sum(reached.map(({ periods }) => periods[period]?.visitors ?? 0));
    const all = sum(reached.map((cohort) => cohort.visitors));
    return { period, visitors, rate: all > 0 ? (100 * visitors) / all : null };
  });
  return (
    <tr class="retention-average">
      <th scope="row">All cohorts</th>
      <td class="retention-size">{formatShort(sum(cohorts.map(({ visitors }) => visitors)), 'count')}</td>
      {averages.map((period) => (
        <Cell key={period.period} period={period} />
      ))}
    </tr>
  );
}

function Cell({ period }: { period: Period | undefined }) {
  if (!period || period.rate === null) return <td />;
  return (
    <td
      class="retention-cell"
      style={{ '--share': Math.sqrt(period.rate / 100) }}
      title={`${formatFull(period.visitors, 'count')} visitors`}
    >
      {formatFull(period.rate, 'percent')}
    </td>
  );
}

function toTable(cohorts: readonly Cohort[], interval: Interval) {
  const columns = cohorts.length === 0 ? [] : columnsOf(cohorts);
  return {
    head: ['Cohort', 'Visitors', ...columns.map((period) => `${interval} ${period}`)],
    rows: cohorts.map(({ cohort, visitors, periods }) => [
      nameCohort(cohort, interval),
      formatFull(visitors, 'count'),
      ...columns.map((at) => (periods[at] ? formatFull(periods[at].visitors, 'count') : '')),
    ]),
  };
}
