import { compileFilters, rowsOf } from '../query/filters/compile-filters.js';
import type { Filter } from '../query/filters/filter-schema.js';
import type { Goal } from '../query/goals.js';
import { createRawScope, type RawScope } from '../query/raw-scope.js';
import type { Scope } from './report.js';

type Conditions = 'parameters' | 'events' | 'eventIn' | 'visitIn' | 'isVisit' | 'joinVisit';
type Input = Omit<Scope, Conditions> & { filters: readonly Filter[] };

/** Starts the statement of a report: its parameters, and the conditions that site, range and filters make. */
export function createScope({ filters, ...input }: Input): Scope {
  const raw = createRawScope(input.site, input.span);
  const isFiltered = filters.length > 0;
  const rows = rowsOf(filters);
  const { goals } = input;
  return {
    ...input,
    parameters: raw.parameters,
    events: (row) => `footfall.events ${row} ${rows.has('visit') ? raw.joinVisit(row, `${row}_visit`) : ''}`,
    eventIn: (row) => and(raw.eventIn(row), isFiltered && filterEvents(row, { raw, filters, goals })),
    visitIn: (row) => and(raw.visitIn(row), isFiltered && filterVisits(row, { raw, filters, goals })),
    isVisit: (row) => and(raw.isVisit(row), isFiltered && filterVisits(row, { raw, filters, goals })),
    joinVisit: raw.joinVisit,
  };
}

type Filtering = { raw: RawScope; filters: readonly Filter[]; goals: readonly Goal[] };

function filterEvents(row: string, { raw, filters, goals }: Filtering): string {
  const rows = { event: row, visit: `${row}_visit`, session: `${row}.session_id` };
  return compileFilters(filters, { scope: raw, goals, rows });
}

// A filter on events leaves the visits with such an event.
function filterVisits(row: string, { raw, filters, goals }: Filtering): string {
  const event = `${row}_event`;
  const rows = { event, visit: row, session: `${row}.session_id` };
  const condition = compileFilters(filters, { scope: raw, goals, rows });
  if (!rowsOf(filters).has('event')) return condition;
  return `exists (select 1 from footfall.events ${event}
        where ${raw.eventNear(event)} and ${event}.session_id = ${row}.session_id and ${condition})`;
}

function and(condition: string, other: string | false): string {
  return other === false ? condition : `${condition} and ${other}`;
}
