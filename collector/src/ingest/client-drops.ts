import type { Transaction } from '../db/database.js';
import type { PendingEvent } from './event-row.js';

// What the SDK counts. The site key is public: whatever else a batch names must not become a row each.
const reasons: ReadonlySet<string> = new Set([
  'too_large',
  'queue_full',
  'corrupt',
  'before_send',
  'consent_pending',
  'error_rate',
  'error_extension',
  'error_cross_origin',
  'error_resize_loop',
  'error_crawler',
]);
const maxPerBatch = 1_000_000;
const dayMs = 86_400_000;

/**
 * Puts what a batch says was dropped on its first event: a batch that is sent again finds that event stored, and counts
 * nothing twice.
 */
export function attachDrops(
  events: readonly PendingEvent[],
  dropped: Record<string, number> | undefined,
): void {
  const [first] = events;
  if (!first || !dropped) return;
  const counts: Record<string, number> = {};
  for (const [name, count] of Object.entries(dropped)) {
    const reason = reasons.has(name) || /^http_[45]\d\d$/.test(name) ? name : 'other';
    counts[reason] = Math.min((counts[reason] ?? 0) + count, maxPerBatch);
  }
  first.dropped = counts;
}

/** Counts what the browsers of these events, which were just stored, had to drop. */
export function countDrops(tx: Transaction, events: readonly PendingEvent[]): void {
  const drops = events.flatMap(({ site, receivedAt, dropped = {} }) =>
    Object.entries(dropped).map(([reason, count]) => ({ site, day: dayOf(receivedAt), reason, count })),
  );
  if (drops.length === 0) return;
  tx.send(
    `/* client-drops.countDrops */
     insert into footfall.client_drops as c (site, day, reason, events)
     select site, day, reason, sum(events) from unnest($1::text[], $2::date[], $3::text[], $4::bigint[])
       as d (site, day, reason, events)
     where events > 0 group by site, day, reason order by site, day, reason
     on conflict (site, day, reason) do update set events = c.events + excluded.events`,
    [
      drops.map(({ site }) => site),
      drops.map(({ day }) => day),
      drops.map(({ reason }) => reason),
      drops.map(({ count }) => count),
    ],
  );
}

function dayOf(unixMs: number): string {
  return new Date(Math.floor(unixMs / dayMs) * dayMs).toISOString().slice(0, 10);
}
