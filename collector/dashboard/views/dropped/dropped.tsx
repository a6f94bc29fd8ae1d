import '../report.css';
import { useReport } from '../../api/use-report.js';
import { formatDay, formatMoment } from '../../format/dates.js';
import { formatFull, formatShort } from '../../format/numbers.js';
import { addressWith, follow, useParameter } from '../../state/address.js';
import { addDays } from '../../state/calendar.js';
import type { Scope } from '../../state/scope.js';
import { BarTable } from '../../ui/bar-table.js';
import { Card } from '../../ui/card.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { TableButton } from '../../ui/table-button.js';
import type { ViewProps } from '../views.js';
import { explainDrop, explainReason } from './reasons.js';

type Count = { day: string; reason: string; letters: number; dropped: number };
type DropCount = { day: string; reason: string; events: number };
type Letter = {
  id: string;
  at: string;
  reason: string;
  message: string;
  type: string | null;
  name: string | null;
};

const shownLetters = 50;

/** Events that were refused, and why. */
export default function Dropped({ scope }: ViewProps) {
  const reason = useParameter('reason');
  const parameters = { site: scope.site.site, ...toMoments(scope) };
  const counts = useReport<{ counts: Count[]; clientDrops: DropCount[] }>('dead-letter/counts', parameters);
  const letters = useReport<{ letters: Letter[] }>('dead-letter', {
    ...parameters,
    reason,
    limit: shownLetters,
  });
  const days = counts.answer?.counts ?? [];
  return (
    <div class="view-stack">
      <Card
        title="Refused events"
        actions={<TableButton title="Refused events by day" head={head} rows={days.map(toRow)} />}
      >
        <p class="row-note">
          Why an event is in no number. Its reason is kept with it, so that it can be tried again:{' '}
          <code>footfall replay --site {scope.site.site}</code>. Days are those of UTC; filters do not apply.
        </p>
        <Answered asked={counts}>
          {({ counts: all }) =>
            all.length === 0 ? <NothingRefused /> : <Reasons counts={all} chosen={reason} />
          }
        </Answered>
      </Card>
      {days.length > 0 && (
        <Card title={reason === undefined ? 'The newest' : `The newest: ${reason}`}>
          <Answered asked={letters}>
            {({ letters: list }) => <LetterTable letters={list} timezone={scope.site.timezone} />}
          </Answered>
        </Card>
      )}
      <ClientDrops counts={counts.answer?.clientDrops ?? []} />
    </div>
  );
}

/** What browsers say they had to drop: it never came, so that there is nothing to try again. */
function ClientDrops({ counts }: { counts: readonly DropCount[] }) {
  if (counts.length === 0) return null;
  const sums = sumByReason(counts.map((count) => ({ ...count, letters: 0, dropped: count.events })));
  const rows = counts.map(({ day, reason, events }) => [formatDay(day), reason, formatFull(events, 'count')]);
  return (
    <Card
      title="Dropped in browsers"
      actions={
        <TableButton title="Dropped in browsers by day" head={['Day', 'Reason', 'Events']} rows={rows} />
      }
    >
      <p class="row-note">
        What the script on your pages counted and could not send, or was told not to: by the day on which a
        browser said so, with its next events.
      </p>
      <div class="wordy">
        <BarTable
          title="Dropped in browsers by reason"
          labelTitle="Reason"
          columns={[{ id: 'events', title: 'Events' }]}
          rows={sums.map(({ reason, events }) => ({
            id: reason,
            label: `${reason}: ${explainDrop(reason)}`,
            share: events / (sums[0]?.events ?? 1),
            cells: [{ text: formatShort(events, 'count'), full: formatFull(events, 'count') }],
          }))}
        />
      </div>
    </Card>
  );
}

// The days of the counts are those of UTC.
function toMoments({ period: { range } }: Scope) {
  if (range === 'all') return {};
  return { from: `${range.from}T00:00:00Z`, to: `${addDays(range.to, 1)}T00:00:00Z` };
}

function NothingRefused() {
  return (
    <EmptyState title="No event was refused in this period">
      <p>Everything that came was stored. What an extension blocks before it is sent is seen nowhere.</p>
    </EmptyState>
  );
}

type Sum = { reason: string; events: number; dropped: number };

function sumByReason(counts: readonly Count[]): Sum[] {
  const reasons = [...new Set(counts.map(({ reason }) => reason))];
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  return reasons
    .map((reason) => {
      const own = counts.filter((count) => count.reason === reason);
      const dropped = sum(own.map((count) => count.dropped));
      return { reason, events: sum(own.map(({ letters }) => letters)) + dropped, dropped };
    })
    .sort((a, b) => b.events - a.events);
}

function Reasons({ counts, chosen }: { counts: readonly Count[]; chosen: string | undefined }) {
  const sums = sumByReason(counts);
  return (
    <div class="wordy">
      <BarTable
        title="Refused events by reason"
        labelTitle="Reason"
        columns={[
          { id: 'events', title: 'Events' },
          { id: 'kept', title: 'Not kept', definition: 'Beyond what is kept of a day: counted, and gone' },
        ]}
        rows={sums.map(({ reason, events, dropped }) => {
          const change = { reason: reason === chosen ? null : reason };
          return {
            id: reason,
            label: `${reason}: ${explainReason(reason)}`,
            share: events / (sums[0]?.events ?? 1),
            cells: [
              { text: formatShort(events, 'count'), full: formatFull(events, 'count') },
              { text: formatShort(dropped, 'count'), full: formatFull(dropped, 'count') },
            ],
            action: {
              title: reason === chosen ? 'Show all reasons' : `Show those of ${reason} alone`,
              href: addressWith(change),
              onClick: (event) => follow(event, change),
            },
          };
        })}
      />
    </div>
  );
}

function LetterTable({ letters, timezone }: { letters: readonly Letter[]; timezone: string }) {
  return (
    <table class="list-table is-stacked">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Why</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {letters.map(({ id, at, reason, message, type, name }) => (
          <tr key={id}>
            <th scope="row">
              <bdi class="row-title">{[type, name].filter(Boolean).join(' · ') || 'Not readable'}</bdi>
            </th>
            <td>
              <span class="badge is-warn">{reason}</span>{' '}
              <span class="row-note">
                <bdi>{message}</bdi>
              </span>
            </td>
            <td class="time-cell">{formatMoment(at, timezone)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const head = ['Day', 'Reason', 'Kept', 'Not kept'];

function toRow({ day, reason, letters, dropped }: Count): string[] {
  return [formatDay(day), reason, formatFull(letters, 'count'), formatFull(dropped, 'count')];
}
