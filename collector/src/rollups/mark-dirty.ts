import type { Transaction } from '../db/database.js';

const bucketMs = 900_000;

/**
 * Marks the quarter hours that a transaction changed, for the rollups: those of its events, and those in which the
 * sessions that changed start or started before. Part of that transaction, so that no mark is lost.
 */
export function markDirty(
  tx: Transaction,
  events: readonly { site: string; occurredAt: number }[],
  starts: readonly { site: string; startedAt: number }[],
): void {
  const marks = new Map<string, { site: string; bucket: number }>();
  const add = (site: string, time: number) => {
    const bucket = Math.floor(time / bucketMs) * bucketMs;
    marks.set(`${site} ${bucket}`, { site, bucket });
  };
  for (const { site, occurredAt } of events) add(site, occurredAt);
  for (const { site, startedAt } of starts) add(site, startedAt);
  if (marks.size === 0) return;
  const rows = [...marks.values()];
  tx.send(
    `/* mark-dirty.markDirty */
     insert into footfall.rollup_marks (site, bucket) select * from unnest($1::text[], $2::timestamptz[])`,
    [rows.map(({ site }) => site), rows.map(({ bucket }) => new Date(bucket).toISOString())],
  );
}
