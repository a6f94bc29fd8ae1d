import { timeOfUuidv7 } from '@footfall/schema/ids';
import type { Transaction } from '../db/database.js';
import { unnestRows } from '../db/unnest.js';
import { eventColumns, type PendingEvent } from './event-row.js';

/** A primary key within a flush, as text. */
export type EventKey = `${string} ${string}`;

type KeyRow = { site: string; event_id: string };
type OddEvent = PendingEvent & { idDay: string };

const names = eventColumns.map(({ name }) => name).join(', ');
const oddColumns = [...eventColumns, { key: 'idDay' as const, name: 'id_day', type: 'date' }];

export function keyOf({ site, eventId }: { site: string; eventId: string }): EventKey {
  return `${site} ${eventId.toLowerCase()}`;
}

/**
 * Inserts the events that are new and returns their keys; whatever is stored already stays as it is.
 *
 * The rows are sorted by primary key: two transactions that insert the same keys in different order deadlock.
 */
export async function insertEvents(tx: Transaction, events: PendingEvent[]): Promise<Set<EventKey>> {
  const regular = events.filter((event) => !event.isOdd);
  const odd = events.filter((event) => event.isOdd);
  const inserted = [...(await insertRegular(tx, regular)), ...(await insertOdd(tx, odd.map(withIdDay)))];
  return new Set(inserted.map(({ site, event_id }) => keyOf({ site, eventId: event_id })));
}

async function insertRegular(tx: Transaction, events: PendingEvent[]): Promise<KeyRow[]> {
  if (events.length === 0) return [];
  const { from, select, values } = unnestRows(events, eventColumns, { alias: 'r' });
  return tx.query<KeyRow>(
    `/* insert-events.insertRegular */
     with incoming as materialized (select ${select} from ${from})
     insert into footfall.events (${names})
     select incoming.* from incoming
     left join footfall.odd_ids o on o.site = incoming.site and o.event_id = incoming.event_id
     where o.event_id is null
     order by incoming.site, incoming.event_day, incoming.event_id
     on conflict do nothing
     returning site, event_id`,
    values,
  );
}

// The id's own day is probed too: an event whose clock was right at the first try must not enter again as an odd one.
async function insertOdd(tx: Transaction, events: OddEvent[]): Promise<KeyRow[]> {
  if (events.length === 0) return [];
  const { from, select, values } = unnestRows(events, oddColumns, { alias: 'r' });
  return tx.query<KeyRow>(
    `/* insert-events.insertOdd */
     with incoming as materialized (select ${select} from ${from}),
     fresh as materialized (
       select incoming.* from incoming
       left join footfall.events e
         on e.site = incoming.site and e.event_day = incoming.id_day and e.event_id = incoming.event_id
       where e.event_id is null
     ),
     claimed as (
       insert into footfall.odd_ids (site, event_id, event_day)
       select site, event_id, event_day from fresh order by site, event_id
       on conflict do nothing
       returning site, event_id
     )
     insert into footfall.events (${names})
     select ${eventColumns.map(({ name }) => `fresh.${name}`).join(', ')}
     from fresh join claimed on claimed.site = fresh.site and claimed.event_id = fresh.event_id
     order by fresh.site, fresh.event_day, fresh.event_id
     on conflict do nothing
     returning site, event_id`,
    values,
  );
}

/** Which of the events are stored already, under the day of their id or as odd ones. */
export async function findStored(tx: Transaction, events: PendingEvent[]): Promise<Set<EventKey>> {
  if (events.length === 0) return new Set();
  const keyColumns = oddColumns.filter(({ name }) => ['site', 'event_id', 'id_day'].includes(name));
  const { from, select, values } = unnestRows(events.map(withIdDay), keyColumns, { alias: 'r' });
  const rows = await tx.query<KeyRow>(
    `/* insert-events.findStored */
     with incoming as materialized (select ${select} from ${from})
     select incoming.site, incoming.event_id from incoming
     left join footfall.events e
       on e.site = incoming.site and e.event_day = incoming.id_day and e.event_id = incoming.event_id
     left join footfall.odd_ids o on o.site = incoming.site and o.event_id = incoming.event_id
     where e.event_id is not null or o.event_id is not null`,
    values,
  );
  return new Set(rows.map(({ site, event_id }) => keyOf({ site, eventId: event_id })));
}

function withIdDay(event: PendingEvent): OddEvent {
  const idTime = Math.min(timeOfUuidv7(event.eventId), Date.UTC(9999, 11, 31));
  return { ...event, idDay: new Date(idTime).toISOString().slice(0, 10) };
}
