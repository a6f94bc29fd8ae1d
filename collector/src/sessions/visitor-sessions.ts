import { sessionGapMs } from '@footfall/schema/limits';
import type { Transaction } from '../db/database.js';
import type { Interval } from './assign.js';

export type Visitor = { site: string; visitorId: string };
export type VisitorWindow = Visitor & { from: number; to: number };

type IntervalRow = { site: string; visitor_id: string; session_id: string; started_at: Date; ended_at: Date };

/** A key of one visitor within a flush. */
export function visitorKey({ site, visitorId }: Visitor): string {
  return `${site} ${visitorId}`;
}

/**
 * Lets one transaction at a time derive sessions of a visitor, until it ends. Taken in sorted order, so that two
 * flushes with the same visitors wait for each other instead of deadlocking.
 */
export async function lockVisitors(tx: Transaction, visitors: Visitor[]): Promise<void> {
  if (visitors.length === 0) return;
  await tx.query(
    `/* visitor-sessions.lockVisitors */
     with keys as materialized (
       select distinct hashtextextended(visitor, 0) as key from unnest($1::text[]) as visitor order by key
     )
     select pg_advisory_xact_lock(key) from keys`,
    [visitors.map(visitorKey)],
  );
}

/** The derived sessions of visitors that lie within a gap of each one's window of time. */
export async function loadIntervals(
  tx: Transaction,
  windows: VisitorWindow[],
): Promise<Map<string, Interval[]>> {
  const rows = await tx.query<IntervalRow>(
    `/* visitor-sessions.loadIntervals */
     with windows as materialized (
       select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
         as w (site, visitor_id, from_time, to_time)
     )
     select s.site, s.visitor_id, s.session_id, s.started_at, s.ended_at
     from windows w
     join footfall.sessions s on s.site = w.site and s.visitor_id = w.visitor_id
       and s.started_at <= w.to_time and s.ended_at >= w.from_time
     where not s.is_client_id and s.entry_rank < 2`,
    [
      windows.map(({ site }) => site),
      windows.map(({ visitorId }) => visitorId),
      windows.map(({ from }) => new Date(from - sessionGapMs).toISOString()),
      windows.map(({ to }) => new Date(to + sessionGapMs).toISOString()),
    ],
  );
  return groupByVisitor(rows);
}

function groupByVisitor(rows: IntervalRow[]): Map<string, Interval[]> {
  const intervals = new Map<string, Interval[]>();
  for (const row of rows) {
    const key = visitorKey({ site: row.site, visitorId: row.visitor_id });
    const interval = {
      sessionId: row.session_id,
      startedAt: row.started_at.getTime(),
      endedAt: row.ended_at.getTime(),
    };
    intervals.set(key, [...(intervals.get(key) ?? []), interval]);
  }
  return intervals;
}
