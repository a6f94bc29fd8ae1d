import type { Database, Transaction } from '../db/database.js';
import { unnestRows } from '../db/unnest.js';
import type { Stream } from './stream.js';

/** A passive event that no session holds. */
export type WaitingEvent = {
  site: string;
  stream: Stream;
  occurredAt: number;
  eventId: string;
  eventDay: string;
};

const columns = [
  { key: 'site' as const, name: 'site', type: 'text' },
  { key: 'stream' as const, name: 'stream', type: 'text' },
  { key: 'occurredAt' as const, name: 'occurred_at', type: 'timestamptz' },
  { key: 'eventId' as const, name: 'event_id', type: 'uuid' },
  { key: 'eventDay' as const, name: 'event_day', type: 'date' },
];
const names = columns.map(({ name }) => name).join(', ');
// A day more than the age at which a browser's event is refused: no session can come to be around it any more.
const maxWaitMs = 36 * 86_400_000;

export function addWaiting(tx: Transaction, events: WaitingEvent[]): void {
  if (events.length === 0) return;
  const { from, select, values } = unnestRows(events, columns, { alias: 'r' });
  tx.send(
    `/* waiting.addWaiting */
     insert into footfall.waiting_events (${names})
     select ${select} from ${from} order by r.site, r.stream, r.occurred_at, r.event_id
     on conflict do nothing`,
    values,
  );
}

export function removeWaiting(tx: Transaction, events: WaitingEvent[]): void {
  if (events.length === 0) return;
  const { from, select, values } = unnestRows(events, columns, { alias: 'r' });
  tx.send(
    `/* waiting.removeWaiting */
     with gone as materialized (select ${select} from ${from})
     delete from footfall.waiting_events w using gone
     where w.site = gone.site and w.stream = gone.stream and w.occurred_at = gone.occurred_at
       and w.event_id = gone.event_id`,
    values,
  );
}

/** Deletes events that have waited for longer than any browser may bring the session around them. */
export async function deleteOldWaiting(database: Database, now: number): Promise<void> {
  await database.asIngest((tx) =>
    tx.query('delete from footfall.waiting_events where occurred_at < $1::timestamptz', [
      new Date(now - maxWaitMs).toISOString(),
    ]),
  );
}
