import type { Transaction } from '../db/database.js';

type Letter = { site: string; receivedAt: number; reason: string };
type Day = { site: string; day: string };

/** Of a site and day. A page that sends nothing but errors must not fill the disk; a broken release can be replayed. */
export const maxLettersPerDay = 5_000;

/** The letters that their site and day have room for. The others are counted. */
export async function keepRoom<Some extends Letter>(tx: Transaction, letters: Some[]): Promise<Some[]> {
  const days = new Map<string, Day>(letters.map((letter) => [keyOf(letter), dayOf(letter)]));
  const room = await findRoom(tx, [...days.values()]);
  const kept: Some[] = [];
  const surplus: Some[] = [];
  for (const letter of letters) {
    const left = room.get(keyOf(letter)) ?? maxLettersPerDay;
    room.set(keyOf(letter), left - 1);
    (left > 0 ? kept : surplus).push(letter);
  }
  if (surplus.length > 0) await countSurplus(tx, surplus);
  return kept;
}

function dayOf({ site, receivedAt }: Letter): Day {
  return { site, day: new Date(receivedAt).toISOString().slice(0, 10) };
}

function keyOf(letter: Letter): string {
  const { site, day } = dayOf(letter);
  return `${site} ${day}`;
}

async function findRoom(tx: Transaction, days: Day[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ site: string; day: string; room: number }>(
    `/* dead-letter-room.findRoom */
     with days as materialized (select * from unnest($1::text[], $2::date[]) as d (site, day))
     select d.site, d.day, $3::integer - (
       select count(*) from (
         select from footfall.dead_letter l
         where l.site = d.site and l.received_at >= d.day::timestamp at time zone 'UTC'
           and l.received_at < (d.day + 1)::timestamp at time zone 'UTC'
         limit $3::integer
       ) as letters
     ) as room from days d`,
    [days.map(({ site }) => site), days.map(({ day }) => day), maxLettersPerDay],
  );
  return new Map(rows.map(({ site, day, room }) => [`${site} ${day}`, room]));
}

async function countSurplus(tx: Transaction, letters: Letter[]): Promise<void> {
  await tx.query(
    `/* dead-letter-room.countSurplus */
     insert into footfall.dead_letter_overflow as o (site, day, reason, events)
     select site, day, reason, count(*) from unnest($1::text[], $2::date[], $3::text[]) as l (site, day, reason)
     group by site, day, reason order by site, day, reason
     on conflict (site, day, reason) do update set events = o.events + excluded.events`,
    [
      letters.map(({ site }) => site),
      letters.map((letter) => dayOf(letter).day),
      letters.map(({ reason }) => reason),
    ],
  );
}
