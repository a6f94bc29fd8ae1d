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

/**
 * Adds parts of sessions to what is stored. Commutative, so that the order of batches does not matter; the parts come
 * from newly inserted events only, so that a retry adds nothing.
 *
 * @param parts one row a session: two rows of one key in one statement fail with SQLSTATE 21000
 */
export async function upsertSessions(tx: Transaction, parts: SessionRow[]): Promise<void> {
  if (parts.length === 0) return;
  const { from, select, values } = unnestRows(parts, sessionColumns, { alias: 'r' });
  await tx.query(
    `/* store.upsertSessions */
     insert into footfall.sessions as s (${names})
     select ${select} from ${from} order by r.site, r.session_id
     ${conflict} ${rules}`,
    values,
  );
}

/** Replaces sessions by rows that were aggregated anew from all of their events. */
export async function replaceSessions(
  tx: Transaction,
  site: string,
  oldIds: string[],
  rows: SessionRow[],
): Promise<void> {
  await tx.query(
    `/* store.replaceSessions */
     delete from footfall.sessions where site = $1::text and session_id = any($2::uuid[])`,
    [site, oldIds],
  );
  await upsertSessions(tx, rows);
}
