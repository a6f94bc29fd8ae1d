import type { Transaction } from '../db/database.js';
import { unnestRows } from '../db/unnest.js';
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
  'user_id = greatest(s.user_id, excluded.user_id)',
  ...countColumns.map(({ name }) => `${name} = s.${name} + excluded.${name}`),
  ...entryColumns.map(
    ({ name }) => `${name} = case when ${isEarlierEntry} then excluded.${name} else s.${name} end`,
  ),
  ...exitColumns.map(
    ({ name }) => `${name} = case when ${isLaterExit} then excluded.${name} else s.${name} end`,
  ),
].join(',\n');

/** When a session starts, or started before it changed, in milliseconds since 1970: the rollups of both times change. */
export type SessionStart = { site: string; startedAt: number };

type StartRow = { site: string; started_at: Date };

function toStart({ site, started_at }: StartRow): SessionStart {
  return { site, startedAt: started_at.getTime() };
}

/**
 * Adds parts of sessions to what is stored. Commutative, so that the order of batches does not matter; the parts come
 * from newly inserted events only, so that a retry adds nothing.
 *
 * @param parts one row a session: two rows of one key in one statement fail with SQLSTATE 21000
 * @returns the starts of these sessions, before and after
 */
export async function upsertSessions(tx: Transaction, parts: SessionRow[]): Promise<SessionStart[]> {
  if (parts.length === 0) return [];
  const { from, select, values } = unnestRows(parts, sessionColumns, { alias: 'r' });
  const rows = await tx.query<StartRow>(
    `/* store.upsertSessions */
     with parts as materialized (select ${select} from ${from}),
     before as materialized (
       select s.site, s.started_at from parts
       join footfall.sessions s on s.site = parts.site and s.session_id = parts.session_id
     ),
     written as (
       insert into footfall.sessions as s (${names})
       select ${names} from parts order by site, session_id
       ${conflict} ${rules}
       returning s.site, s.started_at
     )
     select site, started_at from before union select site, started_at from written`,
    values,
  );
  return rows.map(toStart);
}

/**
 * Replaces sessions by rows that were aggregated anew from all of their events.
 *
 * @returns the starts of the old and of the new sessions
 */
export async function replaceSessions(
  tx: Transaction,
  site: string,
  oldIds: string[],
  rows: SessionRow[],
): Promise<SessionStart[]> {
  const gone = await tx.query<StartRow>(
    `/* store.replaceSessions */
     delete from footfall.sessions where site = $1::text and session_id = any($2::uuid[])
     returning site, started_at`,
    [site, oldIds],
  );
  return [...gone.map(toStart), ...(await upsertSessions(tx, rows))];
}
