import { createHmac, randomBytes } from 'node:crypto';
import type { Database, Transaction } from '../db/database.js';
import type { DeadLetter } from '../ingest/dead-letter.js';
import type { PendingEvent } from '../ingest/event-row.js';
import type { Subject } from './subject.js';

const keyBytes = 32;
const hashBytes = 16;
const uncorrectedMs = 3_600_000;
// A day more than the age at which a browser's event is refused.
const keptMs = 36 * 86_400_000;

type Name = `visitor ${string}` | `user ${string}` | `session ${string}`;

/** What stands for an identifier once it is erased. */
export function hashSubject(key: Buffer, site: string, name: Name): Buffer {
  return createHmac('sha256', key).update(`${site} ${name}`).digest().subarray(0, hashBytes);
}

/** The key of the hashes; made where there is none. */
export async function keepSubjectKey(tx: Transaction): Promise<Buffer> {
  await tx.query(
    `/* tombstones.keepSubjectKey */
     insert into footfall.privacy_keys (name, key) values ('subject', $1::bytea) on conflict do nothing`,
    [randomBytes(keyBytes)],
  );
  const rows = await tx.query<{ key: Buffer }>(
    `select key from footfall.privacy_keys where name = 'subject'`,
  );
  if (!rows[0]) throw new Error('privacy_keys: expected a row of subject');
  return rows[0].key;
}

/** From now on, what happened to a subject up to `erasedAt` is not stored again. */
export async function bury(tx: Transaction, subject: Subject, erasedAt: number): Promise<void> {
  const key = await keepSubjectKey(tx);
  const { site, visitors, users, sessions } = subject;
  const names: Name[] = [
    ...visitors.map((id): Name => `visitor ${id}`),
    ...users.map((id): Name => `user ${id}`),
    ...sessions.map((id): Name => `session ${id}`),
  ];
  await tx.query(
    `/* tombstones.bury */
     insert into footfall.tombstones as t (site, subject_hash, erased_at)
     select $1::text, hash, $3::timestamptz from (select distinct unnest($2::bytea[]) as hash) h order by hash
     on conflict (site, subject_hash) do update set erased_at = greatest(t.erased_at, excluded.erased_at)`,
    [site, names.map((name) => hashSubject(key, site, name)), new Date(erasedAt).toISOString()],
  );
}

/** Deletes the tombstones that no late event can meet any more. */
export async function deleteOldTombstones(database: Database, now: number): Promise<void> {
  await database.asOwner((tx) =>
    tx.query('delete from footfall.tombstones where erased_at < $1::timestamptz', [
      new Date(now - keptMs).toISOString(),
    ]),
  );
}

/** Rows that belong to people who were erased after them. */
export type Erased = { events: Set<PendingEvent>; letters: Set<DeadLetter> };

type Claim = { site: string; names: Name[]; isBefore: (erasedAt: number) => boolean };
type Held<Row> = { row: Row; claim: Claim };

/**
 * Finds the events and letters of erased people. Call it in the transaction of the commit, behind its locks. While
 * nobody was erased in the last weeks it is one look at an empty table.
 */
export async function findErased(
  tx: Transaction,
  { events, letters }: { events: PendingEvent[]; letters: DeadLetter[] },
): Promise<Erased> {
  const nothing: Erased = { events: new Set(), letters: new Set() };
  const [known] = await tx.query<{ key: Buffer }>(
    `/* tombstones.findErased */
     select key from footfall.privacy_keys where name = 'subject' and exists (select from footfall.tombstones)`,
  );
  if (!known) return nothing;
  const held = {
    events: events.map((row) => ({ row, claim: claimOfEvent(row) })),
    letters: letters.map((row) => ({ row, claim: claimOfLetter(row) })),
  };
  const claims = [...held.events, ...held.letters].map(({ claim }) => claim);
  const found = await readTombstones(tx, known.key, claims);
  if (found.size === 0) return nothing;
  return { events: keepErased(held.events, found), letters: keepErased(held.letters, found) };
}

function keepErased<Row>(held: Held<Row>[], found: Map<string, number>): Set<Row> {
  const erased = held.filter(({ claim: { site, names, isBefore } }) =>
    names.some((name) => {
      const erasedAt = found.get(`${site} ${name}`);
      return erasedAt !== undefined && isBefore(erasedAt);
    }),
  );
  return new Set(erased.map(({ row }) => row));
}

/** @returns when each was erased, in milliseconds since 1970, by `site name` */
async function readTombstones(tx: Transaction, key: Buffer, claims: Claim[]): Promise<Map<string, number>> {
  const asked = new Map<string, { site: string; hash: Buffer }>();
  for (const { site, names } of claims)
    for (const name of names) asked.set(`${site} ${name}`, { site, hash: hashSubject(key, site, name) });
  const rows = await tx.query<{ site: string; subject_hash: Buffer; erased_at: Date }>(
    `/* tombstones.readTombstones */
     select t.site, t.subject_hash, t.erased_at from footfall.tombstones t
     join (select distinct * from unnest($1::text[], $2::bytea[]) as a (site, subject_hash)) a
       on a.site = t.site and a.subject_hash = t.subject_hash`,
    [[...asked.values()].map(({ site }) => site), [...asked.values()].map(({ hash }) => hash)],
  );
  const times = new Map(
    rows.map(({ site, subject_hash, erased_at }) => [
      `${site} ${subject_hash.toString('hex')}`,
      erased_at.getTime(),
    ]),
  );
  return new Map(
    [...asked].flatMap(([name, { site, hash }]) => {
      const erasedAt = times.get(`${site} ${hash.toString('hex')}`);
      return erasedAt === undefined ? [] : [[name, erasedAt]];
    }),
  );
}

function claimOfEvent(event: PendingEvent): Claim {
  const { site, visitorId, userId, clientSessionId, cookieless, occurredAt, flags } = event;
  const names = [
    ...namesOf({ visitors: [visitorId, cookieless?.visitorId], userId, sessionId: clientSessionId }),
    ...unitOf(event),
  ];
  // A time that nothing corrected may be late by as much as is taken for an honest clock; one in the future tells nothing.
  const slackMs = flags?.includes('no_sent_at') ? uncorrectedMs : 0;
  const isUnknown = flags?.includes('future_ts') ?? false;
  return { site, names, isBefore: (erasedAt) => isUnknown || occurredAt <= erasedAt + slackMs };
}

function unitOf({ type, props }: PendingEvent): Name[] {
  const { unit, unitType = 'visitor' } = (type === 'exposure' && props ? props : {}) as Record<
    string,
    unknown
  >;
  if (typeof unit !== 'string' || (unitType !== 'visitor' && unitType !== 'user')) return [];
  return [`${unitType} ${unit}`];
}

type BatchAround = { visitor?: { id?: string; userId?: string }; session?: { id?: string } };

function claimOfLetter({ site, batch, client, event }: DeadLetter): Claim {
  const { visitor, session } = (batch ?? {}) as BatchAround;
  const visitors = [visitor?.id, client.visitorId];
  const names = namesOf({ visitors, userId: visitor?.userId, sessionId: session?.id });
  const ts = typeof event === 'object' && event !== null && 'ts' in event ? event.ts : undefined;
  return { site, names, isBefore: (erasedAt) => typeof ts !== 'number' || ts <= erasedAt + uncorrectedMs };
}

type Maybe = string | null | undefined;

function namesOf({
  visitors,
  userId,
  sessionId,
}: {
  visitors: Maybe[];
  userId: Maybe;
  sessionId: Maybe;
}): Name[] {
  return [
    ...new Set([
      ...visitors.flatMap((id): Name[] => (id ? [`visitor ${id}`] : [])),
      ...(userId ? [`user ${userId}` as const] : []),
      ...(sessionId ? [`session ${sessionId.toLowerCase()}` as const] : []),
    ]),
  ];
}
