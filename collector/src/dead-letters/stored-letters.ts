import type { Database } from '../db/database.js';
import type { LetterClient } from '../ingest/letter-client.js';

/** Which dead letters; undefined is any. */
export type LetterFilter = { site: string | undefined; reason: string | undefined };

export type StoredLetter = {
  site: string;
  deadLetterId: string;
  receivedAt: number;
  reason: string;
  message: string;
  sqlstate: string | null;
  eventId: string | null;
  /** Null where only an excerpt was kept. */
  event: unknown;
  batch: object;
  client: LetterClient;
};

type LetterRow = {
  site: string;
  dead_letter_id: string;
  received_at: Date;
  reason: string;
  message: string;
  sqlstate: string | null;
  event_id: string | null;
  event: unknown;
  batch: object;
  client: LetterClient;
};

type Place = { site: string; deadLetterId: string };

const pageRows = 200;

/** How many letters there are, for a display of progress. */
export async function countLetters(database: Database, { site, reason }: LetterFilter): Promise<number> {
  const rows = await database.asIngest((tx) =>
    tx.query<{ letters: number }>(
      `/* stored-letters.countLetters */
       select count(*) as letters from footfall.dead_letter
       where ($1::text is null or site = $1::text) and ($2::text is null or reason = $2::text)`,
      [site ?? null, reason ?? null],
    ),
  );
  return rows[0]?.letters ?? 0;
}

/** The next letters behind a place, in the order of their key: what comes in meanwhile disturbs nothing. */
export async function readLetters(
  database: Database,
  { site, reason }: LetterFilter,
  after: Place | undefined,
): Promise<StoredLetter[]> {
  const rows = await database.asIngest((tx) =>
    tx.query<LetterRow>(
      `/* stored-letters.readLetters */
       select site, dead_letter_id, received_at, reason, message, sqlstate, event_id, event, batch, client
       from footfall.dead_letter
       where ($1::text is null or site = $1::text) and ($2::text is null or reason = $2::text)
         and ($3::text is null or (site, dead_letter_id) > ($3::text, $4::uuid))
       order by site, dead_letter_id limit $5::integer`,
      [site ?? null, reason ?? null, after?.site ?? null, after?.deadLetterId ?? null, pageRows],
    ),
  );
  return rows.map(toLetter);
}

function toLetter({ dead_letter_id, received_at, event_id, ...row }: LetterRow): StoredLetter {
  return { ...row, deadLetterId: dead_letter_id, receivedAt: received_at.getTime(), eventId: event_id };
}

/** Takes letters away whose events are stored, and writes down why the others stay. */
export async function settleLetters(
  database: Database,
  { done, stay }: { done: StoredLetter[]; stay: StoredLetter[] },
): Promise<void> {
  await database.asIngest(async (tx) => {
    await tx.query(
      `/* stored-letters.settleLetters */
       delete from footfall.dead_letter d using unnest($1::text[], $2::uuid[]) as l (site, dead_letter_id)
       where d.site = l.site and d.dead_letter_id = l.dead_letter_id`,
      [done.map(({ site }) => site), done.map(({ deadLetterId }) => deadLetterId)],
    );
    await tx.query(
      `/* stored-letters.settleLetters */
       update footfall.dead_letter d set reason = l.reason, message = l.message, sqlstate = l.sqlstate
       from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[])
         as l (site, dead_letter_id, reason, message, sqlstate)
       where d.site = l.site and d.dead_letter_id = l.dead_letter_id
         and (d.reason, d.message, d.sqlstate) is distinct from (l.reason, l.message, l.sqlstate)`,
      [
        stay.map(({ site }) => site),
        stay.map(({ deadLetterId }) => deadLetterId),
        stay.map(({ reason }) => reason),
        stay.map(({ message }) => message),
        stay.map(({ sqlstate }) => sqlstate),
      ],
    );
  });
}
