import type { Transaction } from '../db/database.js';
import { type ArrayColumn, unnestRows } from '../db/unnest.js';
import {
  countColumns,
  entryColumns,
  exitColumns,
  keyColumns,
  type SessionRow,
  sessionColumns,
} from './session-row.js';

const names = sessionColumns.map(({ name }) => name).join(', ');
const conflict = `on conflict (${keyColumns.map(({ name }) => name).join(', ')}) do update set`;

const isEarlierEntry =
  '(excluded.entry_rank, excluded.entry_at, excluded.entry_event_id) < (s.entry_rank, s.entry_at, s.entry_event_id)';
const isLaterExit = `excluded.exit_at is not null
  and (s.exit_at is null or (excluded.exit_at, excluded.exit_event_id) > (s.exit_at, s.exit_event_id))`;

// A session of passive events alone has not started: the first active event sets its times.
const isStartOfPassive = 's.entry_rank = 2 and excluded.entry_rank < 2';
const isPassivePart = 'excluded.entry_rank = 2 and s.entry_rank < 2';

const rules = [
  `started_at = case when ${isStartOfPassive} then excluded.started_at when ${isPassivePart} then s.started_at
     else least(s.started_at, excluded.started_at) end`,
  `ended_at = case when ${isStartOfPassive} then excluded.ended_at when ${isPassivePart} then s.ended_at
     else greatest(s.ended_at, excluded.ended_at) end`,
  'last_seen_at = greatest(s.last_seen_at, excluded.last_seen_at)',
  'is_bot = s.is_bot or excluded.is_bot',
  // In the order of bytes, as aggregate.ts compares: the database's collation may be another.
  'user_id = greatest(s.user_id collate "C", excluded.user_id collate "C")',
  ...countColumns.map(({ name }) => `${name} = s.${name} + excluded.${name}`),
  ...entryColumns.map(
    ({ name }) => `${name} = case when ${isEarlierEntry} then excluded.${name} else s.${name} end`,
  ),
  ...exitColumns.map(
    ({ name }) => `${name} = case when ${isLaterExit} then excluded.${name} else s.${name} end`,
  ),
].join(',\n');

/**
 * Adds parts of sessions to what is stored. Commutative, so that the order of batches does not matter; the parts come
 * from newly inserted events only, so that a retry adds nothing.
 *
 * @param parts one row a session: two rows of one key in one statement fail with SQLSTATE 21000
 */
export function upsertSessions(tx: Transaction, parts: SessionRow[]): void {
  if (parts.length === 0) return;
  const { from, select, values } = unnestRows(parts, sessionColumns, { alias: 'r' });
  tx.send(
    `/* store.upsertSessions */
     insert into footfall.sessions as s (${names})
     select ${select} from ${from} order by r.site, r.session_id
     ${conflict} ${rules}`,
    values,
  );
}

/** When a session starts, or started before it changed, in milliseconds since 1970: the rollups of both times change. */
export type SessionStart = { site: string; startedAt: number };

export type SessionKey = { site: string; sessionId: string };

/** Deletes sessions whose rows are about to be written anew. */
export function deleteSessions(tx: Transaction, sessions: SessionKey[]): void {
  if (sessions.length === 0) return;
  const { from, select, values } = unnestRows(sessions, keyColumns as ArrayColumn<SessionKey>[], {
    alias: 'r',
  });
  tx.send(
    `/* store.deleteSessions */
     with gone as materialized (select ${select} from ${from})
     delete from footfall.sessions s using gone where s.site = gone.site and s.session_id = gone.session_id`,
    values,
  );
}

export type MovedEvent = {
  site: string;
  eventDay: string;
  eventId: string;
  sessionId: string | null;
  visitorId: string | null;
};

const movedColumns: ArrayColumn<MovedEvent>[] = [
  { key: 'site', name: 'site', type: 'text' },
  { key: 'eventDay', name: 'event_day', type: 'date' },
  { key: 'eventId', name: 'event_id', type: 'uuid' },
  { key: 'sessionId', name: 'session_id', type: 'uuid' },
  { key: 'visitorId', name: 'visitor_id', type: 'text' },
];

/** Writes session and visitor of events that are stored already. */
export function moveEvents(tx: Transaction, events: MovedEvent[]): void {
  if (events.length === 0) return;
  const { from, select, values } = unnestRows(events, movedColumns, { alias: 'r' });
  const days = events.map(({ eventDay }) => eventDay).sort();
  const first = movedColumns.length + 1;
  // The range of days is there for the planner: without it every partition would be opened.
  tx.send(
    `/* store.moveEvents */
     with moved as materialized (select ${select} from ${from})
     update footfall.events e set session_id = moved.session_id, visitor_id = moved.visitor_id from moved
     where e.site = moved.site and e.event_day = moved.event_day and e.event_id = moved.event_id
       and e.event_day between $${first}::date and $${first + 1}::date`,
    [...values, days[0], days.at(-1)],
  );
}
