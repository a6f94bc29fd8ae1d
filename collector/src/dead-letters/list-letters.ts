import type { Transaction } from '../db/database.js';
import { type Place, placeTime } from '../page-cursor.js';

/** Letters of a site that came in a range of time, `to` exclusive. */
export type LetterRange = {
  site: string;
  from: string | undefined;
  to: string | undefined;
  reason: string | undefined;
};

/** A letter without what its event says. */
export type ListedLetter = {
  id: string;
  /** ISO 8601 in UTC, to the microsecond. */
  at: string;
  reason: string;
  message: string;
  sqlstate: string | null;
  eventId: string | null;
  type: string | null;
  name: string | null;
};

/** A letter as it is kept: its event is scrubbed, and of its sender there is no address. */
export type WholeLetter = ListedLetter & {
  event: unknown;
  /** The beginning as text, where the event could not be kept. */
  excerpt: string | null;
  batch: unknown;
  client: unknown;
};

/** `letters` are kept and can be replayed; `dropped` came when the day had no more room. */
export type LetterCount = { day: string; reason: string; letters: number; dropped: number };

const columns = `dead_letter_id as id, ${placeTime('received_at')} as at, reason, message, sqlstate,
  event_id as "eventId", left(event ->> 'type', 200) as type, left(event ->> 'name', 200) as name`;

/** Letters behind a place, the newest first. */
export async function listLetters(
  tx: Transaction,
  { site, from, to, reason }: LetterRange,
  { after, limit }: { after: Place | undefined; limit: number },
): Promise<ListedLetter[]> {
  return tx.query<ListedLetter>(
    `/* list-letters.listLetters */
     select ${columns} from footfall.dead_letter d
     where site = $1::text and received_at >= coalesce($2::timestamptz, '-infinity')
       and received_at < coalesce($3::timestamptz, 'infinity') and ($4::text is null or reason = $4::text)
       and ($5::timestamptz is null or (received_at, dead_letter_id) < ($5::timestamptz, $6::uuid))
     order by received_at desc, dead_letter_id desc limit $7::integer`,
    [site, from ?? null, to ?? null, reason ?? null, after?.at ?? null, after?.id ?? null, limit],
  );
}

/** One letter with its event. */
export async function findLetter(
  tx: Transaction,
  { site, id }: { site: string; id: string },
): Promise<WholeLetter | undefined> {
  const rows = await tx.query<WholeLetter>(
    `/* list-letters.findLetter */
     select ${columns}, event, excerpt, batch, client from footfall.dead_letter d
     where site = $1::text and dead_letter_id::text = $2::text`,
    [site, id],
  );
  return rows[0];
}

/** How many letters there are by UTC day and reason, the newest day first. */
export async function countByDay(
  tx: Transaction,
  { site, from, to, reason }: LetterRange,
): Promise<LetterCount[]> {
  return tx.query<LetterCount>(
    `/* list-letters.countByDay */
     with kept as (
       select (received_at at time zone 'UTC')::date as day, reason, count(*) as letters, 0::bigint as dropped
       from footfall.dead_letter
       where site = $1::text and received_at >= coalesce($2::timestamptz, '-infinity')
         and received_at < coalesce($3::timestamptz, 'infinity')
       group by 1, 2
     ),
     surplus as (
       select day, reason, 0::bigint as letters, events as dropped from footfall.dead_letter_overflow
       where site = $1::text and day >= coalesce(($2::timestamptz at time zone 'UTC')::date, '-infinity')
         and day::timestamp at time zone 'UTC' < coalesce($3::timestamptz, 'infinity')
     )
     select day, reason, sum(letters)::bigint as letters, sum(dropped)::bigint as dropped
     from (select * from kept union all select * from surplus) as counts
     where $4::text is null or reason = $4::text
     group by day, reason order by day desc, letters desc, reason`,
    [site, from ?? null, to ?? null, reason ?? null],
  );
}

/** What browsers say they had to drop before they could send it, by UTC day and reason, the newest day first. */
export type DropCount = { day: string; reason: string; events: number };

export async function countDropsByDay(
  tx: Transaction,
  { site, from, to }: Omit<LetterRange, 'reason'>,
): Promise<DropCount[]> {
  return tx.query<DropCount>(
    `/* list-letters.countDropsByDay */
     select day, reason, events from footfall.client_drops
     where site = $1::text and day >= coalesce(($2::timestamptz at time zone 'UTC')::date, '-infinity')
       and day::timestamp at time zone 'UTC' < coalesce($3::timestamptz, 'infinity')
     order by day desc, events desc, reason`,
    [site, from ?? null, to ?? null],
  );
}
