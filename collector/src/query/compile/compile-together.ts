import { findDimension } from '../catalog/dimensions.js';
import { compileFilters, rowsOf } from '../filters/compile-filters.js';
import type { RawScope } from '../raw-scope.js';
import { isTime } from '../read-query.js';
import { compilePage, type Page } from './compile-page.js';
import { compileQuestion, type Question, visitorsOf } from './compile-query.js';
import { goalDimension } from './core.js';

export type Asked = { question: Question; page: Page };

/**
 * One statement for several questions about the same rows, whose filters begin with those of the first: its columns are the place of the question, the place of the row
 * and the row itself. Where the events have to tell, they are read once.
 */
export function compileTogether(asked: readonly Asked[], scope: RawScope): string {
  const [first] = asked;
  if (!first) throw new Error('compile-together: no question');
  const shared = canShare(asked) ? shareRows(first.question, asked, scope) : undefined;
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
  return { ...question, filters: question.filters.slice(shared), visitors: visitorsOf(question) };
}

// What is read of visits must not depend on events, nor the other way round: then both are read by themselves. Filters
// choose among rows, and after that nothing of them is left.
function canShare(asked: readonly Asked[]): boolean {
  return asked.every(
    ({ question: { useRollups, filters, dimensions } }) =>
      !useRollups &&
      !rowsOf(filters).has('event') &&
      !dimensions.includes(goalDimension) &&
      (filters.length === 0 ||
        !dimensions.some((name) => name.startsWith('event:') && name !== 'event:page')),
  );
}

function shareRows(
  { filters, goals }: Question,
  asked: readonly Asked[],
  scope: RawScope,
): { sql: string; scope: RawScope } {
  const rows = { event: 'e', visit: 's' };
  const ofEvents = compileFilters(filters, { scope, goals, rows: { ...rows, session: 'e.session_id' } });
  const ofVisits = compileFilters(filters, { scope, goals, rows: { ...rows, session: 's.session_id' } });
  const join = rowsOf(filters).has('visit') ? scope.joinVisit('e', 's') : '';
  const sql = `hits as materialized (
    select e.type, e.path, e.occurred_at, e.visitor_id from footfall.events e ${join}
    where ${scope.eventIn('e')} and ${ofEvents}
  ), visits as materialized (
    select s.session_id, s.started_at, s.last_seen_at, s.visitor_id, s.is_bounce${columnsOf(asked)}
    from footfall.sessions s where ${scope.visitIn('s')} and ${ofVisits}
  )`;
  const all = () => 'true';
  return { sql, scope: { ...scope, events: 'hits', visits: 'visits', eventIn: all, visitIn: all } };
}

function columnsOf(asked: readonly Asked[]): string {
  const names = asked.flatMap(({ question }) => question.dimensions).filter((name) => !isTime(name));
  const columns = names.flatMap((name) => {
    const { of, rollup } = findDimension(name);
    return of === 'visit' && rollup ? [rollup.column] : [];
  });
  return [...new Set(columns)].map((column) => `, s.${column}`).join('');
}
