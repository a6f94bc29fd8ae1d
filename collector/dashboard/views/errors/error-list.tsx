import { useReport } from '../../api/use-report.js';
import { formatAgo, formatMoment } from '../../format/dates.js';
import { formatFull, formatShort } from '../../format/numbers.js';
import { useSession } from '../../session/session.js';
import { addressWith, follow, useParameter } from '../../state/address.js';
import { reportParameters, type Scope } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Segmented } from '../../ui/segmented.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { type Bug, nameBug, placeOf, StateBadge } from './bug.js';

type Answer = { total: number; errors: Bug[] };

const maxBugs = 500;
const choices = [
  { value: 'open', title: 'Open' },
  { value: 'resolved', title: 'Resolved' },
  { value: 'ignored', title: 'Ignored' },
  { value: 'all', title: 'All' },
] as const;

/** What people still have to look at: what came back is open again. */
function isIn(choice: string, { state }: Bug): boolean {
  if (choice === 'all') return true;
  return choice === 'open' ? state === 'open' || state === 'regressed' : state === choice;
}

/** The bugs of the period, the most frequent first. */
export function ErrorList({ scope }: { scope: Scope }) {
  const chosen = choices.find(({ value }) => value === useParameter('state'))?.value ?? 'open';
  const asked = useReport<Answer>('errors', { ...reportParameters(scope), limit: maxBugs });
  const bugs = asked.answer?.errors ?? [];
  const counted = choices.map(({ value, title }) => {
    const count = bugs.filter((bug) => isIn(value, bug)).length;
    return { value, title: asked.answer ? `${title} ${formatShort(count, 'count')}` : title };
  });
  return (
    <Card
      title="Errors"
      actions={
        <div class="view-tools">
          <Segmented title="State" parameter="state" choices={counted} chosen={chosen} />
        </div>
      }
    >
      <Answered asked={asked}>
        {({ errors }) => <BugTable bugs={errors.filter((bug) => isIn(chosen, bug))} scope={scope} />}
      </Answered>
    </Card>
  );
}

function BugTable({ bugs, scope }: { bugs: readonly Bug[]; scope: Scope }) {
  if (bugs.length === 0)
    return (
      <EmptyState title="No errors here">
        <p>
          None in this state and period. Errors are captured where the page starts Footfall with captures:
          [error()]; the script tag does so by itself.
        </p>
      </EmptyState>
    );
  return (
    <table class="list-table is-stacked">
      <thead>
        <tr>
          <th scope="col">Error</th>
          <th scope="col" class="number-cell">
            Times
          </th>
          <th scope="col" class="number-cell">
            Sessions
          </th>
          <th scope="col">Last seen</th>
          <th scope="col">First seen</th>
          <th scope="col">Release</th>
        </tr>
      </thead>
      <tbody>
        {bugs.map((bug) => (
          <BugRow key={bug.id} bug={bug} scope={scope} />
        ))}
      </tbody>
    </table>
  );
}

function BugRow({ bug, scope: { site } }: { bug: Bug; scope: Scope }) {
  const moment = (at: string) => formatMoment(at, site.timezone);
  const now = Date.now();
  return (
    <tr data-bug={bug.id}>
      <th scope="row">
        <BugLink bug={bug} /> <StateBadge state={bug.state} />
        <p class="row-note">
          <bdi>{placeOf(bug)}</bdi>
        </p>
      </th>
      <td class="number-cell" data-title="Times" title={formatFull(bug.occurrences, 'count')}>
        {formatShort(bug.occurrences, 'count')}
      </td>
      <td class="number-cell" data-title="Sessions" title={formatFull(bug.sessions, 'count')}>
        {formatShort(bug.sessions, 'count')}
      </td>
      <td class="time-cell" data-title="Last seen" title={moment(bug.last_seen)}>
        {formatAgo(bug.last_seen, now)}
      </td>
      <td class="time-cell" data-title="First seen" title={moment(bug.first_seen)}>
        {formatAgo(bug.first_seen, now)}
      </td>
      <td data-title="Release">
        <bdi>{bug.release ?? '–'}</bdi>
      </td>
    </tr>
  );
}

// What is behind it names visitors: a share link does not lead there.
function BugLink({ bug }: { bug: Bug }) {
  const { role } = useSession();
  const change = { error: bug.id };
  if (role === 'share') return <bdi class="row-title">{nameBug(bug)}</bdi>;
  return (
    <a class="row-title" href={addressWith(change)} onClick={(event) => follow(event, change)}>
      <bdi>{nameBug(bug)}</bdi>
    </a>
  );
}
