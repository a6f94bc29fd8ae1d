import type { Database, Transaction } from '../db/database.js';
import { unnestRows } from '../db/unnest.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { utcDay } from '../utc-day.js';
import { type Stream, visitorStream } from './stream.js';

const dayMs = 86_400_000;
const saltLifeMs = 2 * dayMs;
const maxLinkAgeMs = 36 * dayMs;

/** Two hashes of one cookieless visitor, of a day and of the day before. */
export type VisitorLink = { site: string; stream: Stream; previousStream: Stream; day: string };

/** The cookieless stream whose open session goes on as a client session. */
export type SessionLink = {
  site: string;
  sessionId: string;
  stream: Stream;
  linkedAt: number;
  eventId: string;
  openFrom: number;
  openTo: number;
};

/** An event that consent moved to a client session, with the stream that it came from. */
export type RekeyedEvent = {
  site: string;
  eventDay: string;
  eventId: string;
  stream: Stream;
  linkedAt: number;
};

/** The link across midnight that an event tells of, if its sessions can depend on it. */
export function visitorLinkOf(event: PendingEvent): VisitorLink | undefined {
  const { cookieless, site, isBot, occurredAt, clientSessionId, linksCookieless } = event;
  if (!cookieless || cookieless.previousId === null) return undefined;
  if (clientSessionId !== null && !linksCookieless) return undefined;
  return {
    site,
    stream: visitorStream(cookieless.visitorId, { isBot }),
    previousStream: visitorStream(cookieless.previousId, { isBot }),
    day: utcDay(occurredAt),
  };
}

/** Whether an event links before a stored link does: only the first of a client session counts. */
export function isEarlierLink(
  { occurredAt, eventId }: { occurredAt: number; eventId: string },
  stored: { linkedAt: number; eventId: string } | undefined,
): boolean {
  if (!stored) return true;
  return occurredAt === stored.linkedAt ? eventId < stored.eventId : occurredAt < stored.linkedAt;
}

const visitorLinkColumns = [
  { key: 'site' as const, name: 'site', type: 'text' },
  { key: 'stream' as const, name: 'stream', type: 'text' },
  { key: 'previousStream' as const, name: 'previous_stream', type: 'text' },
  { key: 'day' as const, name: 'day', type: 'date' },
];

export function writeVisitorLinks(tx: Transaction, links: VisitorLink[]): void {
  if (links.length === 0) return;
  const { from, select, values } = unnestRows(links, visitorLinkColumns, { alias: 'r' });
  tx.send(
    `/* links.writeVisitorLinks */
     insert into footfall.visitor_links (site, stream, previous_stream, day)
     select distinct on (r.site, r.stream) ${select} from ${from} order by r.site, r.stream
     on conflict do nothing`,
    values,
  );
}

const sessionLinkColumns = [
  { key: 'site' as const, name: 'site', type: 'text' },
  { key: 'sessionId' as const, name: 'session_id', type: 'uuid' },
  { key: 'stream' as const, name: 'stream', type: 'text' },
  { key: 'eventId' as const, name: 'event_id', type: 'uuid' },
  { key: 'linkedAt' as const, name: 'linked_at', type: 'timestamptz' },
  { key: 'openFrom' as const, name: 'open_from', type: 'timestamptz' },
  { key: 'openTo' as const, name: 'open_to', type: 'timestamptz' },
];
const sessionLinkNames = sessionLinkColumns.map(({ name }) => name);

/** Writes links as they are now: the caller has found the first event that makes each. */
export function writeSessionLinks(tx: Transaction, links: SessionLink[]): void {
  if (links.length === 0) return;
  const { from, select, values } = unnestRows(links, sessionLinkColumns, { alias: 'r' });
  tx.send(
    `/* links.writeSessionLinks */
     insert into footfall.session_links (${sessionLinkNames.join(', ')})
     select ${select} from ${from} order by r.site, r.session_id
     on conflict (site, session_id) do update set
       ${sessionLinkNames.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    values,
  );
}

const rekeyedColumns = [
  { key: 'site' as const, name: 'site', type: 'text' },
  { key: 'eventDay' as const, name: 'event_day', type: 'date' },
  { key: 'eventId' as const, name: 'event_id', type: 'uuid' },
];
const originColumns = [
  ...rekeyedColumns,
  { key: 'stream' as const, name: 'stream', type: 'text' },
  { key: 'linkedAt' as const, name: 'linked_at', type: 'timestamptz' },
];
const rekeyedNames = originColumns.map(({ name }) => name).join(', ');

/** Remembers where events came from that are given to a persistent visitor. */
export function addRekeyed(tx: Transaction, events: RekeyedEvent[]): void {
  if (events.length === 0) return;
  const { from, select, values } = unnestRows(events, originColumns, { alias: 'r' });
  tx.send(
    `/* links.addRekeyed */
     insert into footfall.rekeyed_events (${rekeyedNames})
     select ${select} from ${from} order by r.site, r.event_day, r.event_id
     on conflict do nothing`,
    values,
  );
}

/** Forgets events that are their cookieless visitor's again. */
export function removeRekeyed(
  tx: Transaction,
  events: Pick<RekeyedEvent, 'site' | 'eventDay' | 'eventId'>[],
): void {
  if (events.length === 0) return;
  const { from, select, values } = unnestRows(events, rekeyedColumns, { alias: 'r' });
  tx.send(
    `/* links.removeRekeyed */
     with gone as materialized (select ${select} from ${from})
     delete from footfall.rekeyed_events e using gone
     where e.site = gone.site and e.event_day = gone.event_day and e.event_id = gone.event_id`,
    values,
  );
}

/**
 * Deletes what links a cookieless visitor to another day or to a person, with the salt of its day: from then on nothing
 * arrives for it that could depend on a link.
 */
export async function deleteOldLinks(database: Database, now: number): Promise<void> {
  const oldest = utcDay(now - saltLifeMs);
  await database.asIngest(async (tx) => {
    await tx.query('delete from footfall.visitor_links where day < $1::date', [oldest]);
    const start = `${oldest}T00:00:00Z`;
    await tx.query('delete from footfall.rekeyed_events where linked_at < $1::timestamptz', [start]);
    await tx.query(
      `/* links.deleteOldLinks */
       update footfall.session_links set stream = null where stream is not null and linked_at < $1::timestamptz`,
      [start],
    );
    await tx.query('delete from footfall.session_links where linked_at < $1::timestamptz', [
      new Date(now - maxLinkAgeMs).toISOString(),
    ]);
  });
}
