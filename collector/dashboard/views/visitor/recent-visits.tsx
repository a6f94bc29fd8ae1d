import { useReport } from '../../api/use-report.js';
import { formatAgo, formatMoment } from '../../format/dates.js';
import { nameValue } from '../../format/names.js';
import { formatFull } from '../../format/numbers.js';
import { addressWith, follow, useParameter } from '../../state/address.js';
import { reportParameters, type Scope } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered, EmptyState } from '../../ui/states.js';

type Visit = {
  session_id: string;
  visitor_id: string | null;
  started_at: string;
  pageview_count: number;
  event_count: number;
  error_count: number;
  entry_path: string | null;
  exit_path: string | null;
  referrer_source: string | null;
  channel: string | null;
  browser: string | null;
  os: string | null;
  device: string | null;
  country: string | null;
};
type Answer = { sessions: Visit[]; next: string | null };

const pageRows = 30;

/** The newest visits of the period under the filters of the page, to choose one from. */
export function RecentVisits({ scope }: { scope: Scope }) {
  const cursor = useParameter('page');
  const parameters = { ...reportParameters(scope), limit: pageRows, cursor };
  const asked = useReport<Answer>('sessions', parameters);
  return (
    <Card title={cursor === undefined ? 'The newest visits' : 'Earlier visits'}>
      <Answered asked={asked} rows={8}>
        {({ sessions, next }) => (
          <>
            {sessions.length === 0 ? <NoVisits /> : <VisitTable visits={sessions} scope={scope} />}
            <div class="view-tools visitor-pages">
              {cursor !== undefined && <PageLink title="The newest" cursor={null} />}
              {next !== null && <PageLink title="Earlier ones" cursor={next} />}
            </div>
          </>
        )}
      </Answered>
    </Card>
  );
}

function NoVisits() {
  return (
    <EmptyState title="No visits in this period">
      <p>Choose a longer period, or take a filter away.</p>
    </EmptyState>
  );
}

function PageLink({ title, cursor }: { title: string; cursor: string | null }) {
  const change = { page: cursor };
  return (
    <a class="button" href={addressWith(change)} onClick={(event) => follow(event, change)}>
      {title}
    </a>
  );
}

function VisitTable({ visits, scope }: { visits: readonly Visit[]; scope: Scope }) {
  return (
    <table class="list-table is-stacked visit-table">
      <thead>
        <tr>
          <th scope="col">Visit</th>
          <th scope="col">Where it went</th>
          <th scope="col" class="number-cell">
            Pageviews
          </th>
          <th scope="col">With</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {visits.map((visit) => (
          <VisitRow key={visit.session_id} visit={visit} scope={scope} />
        ))}
      </tbody>
    </table>
  );
}

function VisitRow({ visit, scope: { site } }: { visit: Visit; scope: Scope }) {
  const { visitor_id: visitor, entry_path: entry, exit_path: exit, country, error_count: errors } = visit;
  const from = visit.referrer_source ?? visit.channel ?? 'Direct / None';
  const place = country === null ? null : nameValue('visit:country', country);
  const pages = [...new Set([entry, exit])].filter((path) => path !== null);
  return (
    <tr data-visit={visit.session_id}>
      <th scope="row">
        <VisitorLink id={visitor} />
        <p class="row-note">
          <bdi>{[from, place].filter(Boolean).join(' · ')}</bdi>
        </p>
      </th>
      <td data-title="Where it went">
        <bdi>{pages.join(' → ') || '–'}</bdi>{' '}
        {errors > 0 && <span class="badge is-bad">{formatFull(errors, 'count')} errors</span>}
      </td>
      <td data-title="Pageviews" class="number-cell">
        {formatFull(visit.pageview_count, 'count')}
      </td>
      <td data-title="With">
        <bdi>{[visit.device, visit.browser, visit.os].filter(Boolean).join(' · ') || '–'}</bdi>
      </td>
      <td data-title="When" class="time-cell" title={formatMoment(visit.started_at, site.timezone)}>
        {formatAgo(visit.started_at, Date.now())}
      </td>
    </tr>
  );
}

// Without an id nothing else of the visitor is known.
function VisitorLink({ id }: { id: string | null }) {
  if (id === null) return <span class="row-title">Unknown visitor</span>;
  const change = { visitor: id, before: null, page: null };
  return (
    <a class="row-title" href={addressWith(change)} onClick={(event) => follow(event, change)}>
      <bdi>{id}</bdi>
    </a>
  );
}
