import { measures } from '../catalog/measures.js';
import { compileFilters, rowsOf } from '../filters/compile-filters.js';
import type { RawScope } from '../raw-scope.js';
import { isTime } from '../read-query.js';
import { areOfPageviews } from './compile-events.js';
import { compilePage, type Page } from './compile-page.js';
import { compileQuestion, coresOf, type Question, subjectOf } from './compile-query.js';
import { columnDimension } from './core.js';

export type Asked = { question: Question; page: Page };

/**
 * One statement for several questions about the same rows, whose filters begin with those of the first: its columns are the place of the question, the place of the row
 * and the row itself. Where the events have to tell, they are read once.
 */
export function compileTogether(asked: readonly Asked[], scope: RawScope): string {
  const [first] = asked;
  if (!first) throw new Error('compile-together: no question');
  const isWorthIt = asked.length > 1 || rowsOf(first.question.filters).has('event');
  const shared = isWorthIt && canShare(asked) ? shareRows(first.question, asked, scope) : undefined;
  const pages = asked.map(({ question, page }, at) => {
    const own = shared ? withoutShared(question, first.question.filters.length) : question;
    const sql = compilePage(compileQuestion(own, shared?.scope ?? scope), page);
    return `select ${at} as question, row_number() over () as place, to_jsonb(r${at}) as row from (${sql}) as r${at}`;
  });
  const rows = shared ? `with ${shared.sql}\n` : '';
  return `/* compile-together.compileTogether */ ${rows}${pages.join('\nunion all\n')}\norder by question, place`;
}

/** A question over rows that the filters of the first one have chosen already: its own may follow after these. */
function withoutShared(question: Question, shared: number): Question {
  return { ...question, filters: question.filters.slice(shared), subject: subjectOf(question) };
}

// A visit that an event counts in may have started before the range: where no filter reads events, these are not at hand.
function canShare(asked: readonly Asked[]): boolean {
  return asked.every(({ question }) => {
    const isByVisit = question.dimensions.some((name) => name.startsWith('visit:'));
    const ofVisits = coresOf(question).every(({ measures: names }) =>
      names.every((name) => measures[name].population === 'visits'),
    );
    const isPlain = question.dimensions.every((name) => isTime(name) || findColumn(name) !== undefined);
    return (
      !question.useRollups && isPlain && (!isByVisit || ofVisits || rowsOf(question.filters).has('event'))
    );
  });
}

/** The column that a dimension is, without anything made of it. */
function findColumn(name: string): string | undefined {
  return columnDimension(name)?.rollup?.column;
}

function shareRows(
  { filters, goals }: Question,
  asked: readonly Asked[],
  scope: RawScope,
): { sql: string; scope: RawScope } {
  const readsEvents = rowsOf(filters).has('event');
  const condition = (session: string) =>
    compileFilters(filters, { scope, goals, rows: { event: 'e', visit: 's', session } });
  const join = rowsOf(filters).has('visit') ? scope.joinVisit('e', 's') : '';
  // A visit with any event that fits is one that fits.
  const onlyPageviews = !readsEvents && areOfPageviews(hitMeasures(asked)) ? ` and e.type = 'pageview'` : '';
  const ofVisits = readsEvents
    ? `${scope.isVisit('s')} and s.session_id in (select e.session_id from hits e)`
    : `${scope.visitIn('s')} and ${condition('s.session_id')}`;
  // Not named `materialized`: rows that one question alone reads are grouped as they are read, by several workers.
  const sql = `hits as (
    select e.type, e.path, e.occurred_at, e.session_id, e.visitor_id from footfall.events e ${join}
    where ${scope.eventIn('e')}${onlyPageviews} and ${condition('e.session_id')}
  ), visits as (
    select s.session_id, s.started_at, s.last_seen_at, s.visitor_id, s.is_bounce, s.pageview_count${columnsOf(asked)},
      (${scope.visitIn('s')}) as is_started
    from footfall.sessions s where ${ofVisits}
  )`;
  const shared: RawScope = {
    ...scope,
    events: 'hits',
    visits: 'visits',
    eventIn: () => 'true',
    visitIn: (row) => `${row}.is_started`,
    joinVisit: (event, visit) => `left join visits ${visit} on ${visit}.session_id = ${event}.session_id`,
  };
  return { sql, scope: shared };
}

function hitMeasures(asked: readonly Asked[]): string[] {
  const names = asked.flatMap(({ question }) => coresOf(question).flatMap((core) => core.measures));
  return names.filter((name) => measures[name].population === 'hits');
}

function columnsOf(asked: readonly Asked[]): string {
  const columns = asked
    .flatMap(({ question }) => question.dimensions)
    .filter((name) => name.startsWith('visit:'))
    .map(findColumn);
  return [...new Set(columns)].map((column) => `, s.${column}`).join('');
}
