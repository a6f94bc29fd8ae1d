import { createParameters, type Parameters } from './parameters.js';

/** A span of time: from startAt up to, and without, endAt, both ISO 8601. */
export type Span = { startAt: string; endAt: string };

/**
 * What every statement over footfall.events and footfall.sessions needs: parameters, and which rows belong to the site
 * and the span. Bots are left out.
 */
export type RawScope = {
  parameters: Parameters;
  /** Where events and visits are read: tables, or rows of them that a statement has read before. */
  events: string;
  visits: string;
  /** Events that happened in the span; the bounds on event_day prune partitions. */
  eventIn(row: string): string;
  /** The events of bots in the span. */
  botEventIn(row: string): string;
  /** Visits that started in the span. */
  visitIn(row: string): string;
  /** Visits of any time: what an event is joined with. */
  isVisit(row: string): string;
  /** Events of any visit that has an event in the span, and others around it. */
  eventNear(row: string): string;
  /**
   * `left join footfall.sessions s …`: the visit of an event, where it counts in one. That has begun at most 24 hours
   * before, or, where the event is passive, at any time after it.
   */
  joinVisit(event: string, visit: string): string;
};

const dayMs = 86_400_000;
// A visit lasts 24 hours, and passive events may follow for 30 minutes more.
const visitMs = dayMs + 1_800_000;

/** The scope of one site and span, with parameters of its own unless those of a statement are given. */
export function createRawScope(site: string, span: Span, parameters = createParameters()): RawScope {
  const { bind } = parameters;
  const ofSite = (row: string) => `${row}.site = ${bind(site, 'text')}`;
  const within = (row: string, { startAt, endAt }: Span) =>
    `${ofSite(row)} and ${row}.event_day between ${bind(utcDay(startAt, -1), 'date')} and ${bind(utcDay(endAt, 1), 'date')}
      and ${row}.occurred_at >= ${bind(startAt, 'timestamptz')} and ${row}.occurred_at < ${bind(endAt, 'timestamptz')}`;
  const isVisit = (row: string) => `${ofSite(row)} and ${row}.entry_rank < 2 and not ${row}.is_bot`;
  return {
    parameters,
    events: 'footfall.events',
    visits: 'footfall.sessions',
    isVisit,
    eventIn: (row) => `${within(row, span)} and not ${row}.is_bot`,
    eventNear: (row) => `${within(row, widen(span))} and not ${row}.is_bot`,
    botEventIn: (row) => `${within(row, span)} and ${row}.is_bot`,
    visitIn: (row) =>
      `${isVisit(row)} and ${row}.started_at >= ${bind(span.startAt, 'timestamptz')}
      and ${row}.started_at < ${bind(span.endAt, 'timestamptz')}`,
    joinVisit: (event, visit) =>
      `left join footfall.sessions ${visit} on ${visit}.session_id = ${event}.session_id and ${isVisit(visit)}
      and ${visit}.started_at >= ${bind(widen(span).startAt, 'timestamptz')}`,
  };
}

// event_day is the day inside the id of an event, which may be two hours off its time.
function utcDay(moment: string, addDays: number): string {
  return new Date(Date.parse(moment) + addDays * dayMs).toISOString().slice(0, 10);
}

function widen({ startAt, endAt }: Span): Span {
  return {
    startAt: new Date(Date.parse(startAt) - visitMs).toISOString(),
    endAt: new Date(Date.parse(endAt) + visitMs).toISOString(),
  };
}
