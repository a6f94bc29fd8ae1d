import { writeAudit } from '../access/audit.js';
import type { Database } from '../db/database.js';
import { oddLock } from '../ingest/odd-lock.js';
import { lockStreams } from '../sessions/lock-streams.js';
import { type Stream, sessionStream, visitorStream } from '../sessions/stream.js';
import { eraseSpooled } from '../spool/erase-spooled.js';
import {
  countBeforeRollup,
  type Deleted,
  deleteAfterRollup,
  deleteEvents,
  deleteRest,
  listEventTables,
} from './delete-rows.js';
import { keepReceiptKey, type Receipt, signReceipt } from './receipt.js';
import { findSubject, followLinks, type Subject, type SubjectName } from './subject.js';
import { bury, hashSubject, keepSubjectKey } from './tombstones.js';

export type Progress = { step: 'events' | 'rollups'; done: number; total: number };

export type EraseDeps = {
  database: Database;
  /** Of this collector; what waits elsewhere is refused when it arrives. */
  spoolDir: string;
  now: () => number;
};

type Request = { name: SubjectName; requestedBy: string; onProgress: (progress: Progress) => void };

const refusedMs = 35 * 86_400_000;

// A session goes on for a day at most. Each lock takes room in a table that all connections share.
const openMs = 2 * 86_400_000;
const maxLocks = 1_000;

/**
 * Erases a person from every table, from the spool and from the rollups. Late events of theirs, from before the end of
 * it, are refused for 35 days. What breaks it off leaves the tombstones; begun again it goes on.
 */
export async function erase(deps: EraseDeps, request: Request): Promise<Receipt> {
  const { database } = deps;
  const subject = await findSubject(database, request.name);
  const begun = await begin(deps, request, subject);
  await waitForCommits(database);
  const spooledBatches = await eraseSpooled(deps.spoolDir, subject);
  const deleted: Deleted = { rows: {}, buckets: new Set() };
  await database.asOwner((tx) => countBeforeRollup(tx, { subject, deleted }));
  await eraseEvents(database, { subject, deleted }, request);
  const whole = await eraseRest(deps, { subject, deleted });
  const daysRecomputed = await rollUpAgain(database, { subject: whole, deleted }, request);
  await database.asOwner((tx) => deleteAfterRollup(tx, { subject: whole, deleted }));
  return complete(deps, request, { ...begun, deleted: deleted.rows, spooledBatches, daysRecomputed });
}

type Begun = { erasureId: string; hash: Buffer; requestedAt: number };

async function begin(
  { database, now }: EraseDeps,
  { name, requestedBy }: Request,
  subject: Subject,
): Promise<Begun> {
  const requestedAt = now();
  return database.asOwner(async (tx) => {
    await bury(tx, subject, requestedAt);
    const hash = hashSubject(await keepSubjectKey(tx), name.site, `${name.kind} ${name.id}`);
    const rows = await tx.query<{ erasure_id: string }>(
      `/* erase.begin */
       insert into footfall.erasures (site, subject_kind, subject_hash, requested_by, requested_at)
       values ($1::text, $2::text, $3::bytea, $4::text, $5::timestamptz) returning erasure_id`,
      [name.site, name.kind, hash, requestedBy, new Date(requestedAt).toISOString()],
    );
    await writeAudit(tx, {
      at: requestedAt,
      site: name.site,
      actor: requestedBy,
      action: 'privacy.erase',
      target: `${name.kind} ${hash.toString('hex')}`,
    });
    return { erasureId: rows[0]?.erasure_id ?? '', hash, requestedAt };
  });
}

// Commits that began before the tombstones were there do not see them.
async function waitForCommits(database: Database): Promise<void> {
  await database.asOwner((tx) => tx.query('select pg_advisory_xact_lock($1::bigint)', [oddLock.toString()]));
}

type Work = { subject: Subject; deleted: Deleted };

async function eraseEvents(database: Database, work: Work, { onProgress }: Request): Promise<void> {
  const partitions = await database.asOwner(listEventTables);
  for (const [done, partition] of partitions.entries()) {
    onProgress({ step: 'events', done, total: partitions.length });
    await deleteEvents(database, { ...work, partition });
  }
  onProgress({ step: 'events', done: partitions.length, total: partitions.length });
}

// Nobody decides on the sessions of the subject meanwhile. Short, since the flushes that need them wait.
async function eraseRest({ database, now }: EraseDeps, { subject, deleted }: Work): Promise<Subject> {
  return database.asOwner(async (tx) => {
    const streams = await findOpenStreams(database, subject, now());
    const keys = streams.map((stream) => ({ site: subject.site, stream }));
    await lockStreams(tx, { key: oddLock, isShared: true }, keys);
    const whole = await followLinks(tx, subject);
    await bury(tx, whole, now());
    await deleteRest(tx, { subject: whole, deleted });
    return whole;
  });
}

async function findOpenStreams(
  database: Database,
  { site, visitors, sessions }: Subject,
  now: number,
): Promise<Stream[]> {
  const rows = await database.asOwner((tx) =>
    tx.query<{ session_id: string }>(
      `/* erase.findOpenStreams */
       select session_id from footfall.sessions
       where site = $1::text and session_id = any ($2::uuid[]) and last_seen_at > $3::timestamptz
       order by last_seen_at desc`,
      [site, sessions, new Date(now - openMs).toISOString()],
    ),
  );
  return [
    ...visitors.flatMap((id) => [visitorStream(id, { isBot: false }), visitorStream(id, { isBot: true })]),
    ...rows.map(({ session_id }) => sessionStream(session_id)),
  ].slice(0, maxLocks);
}

// Ascending: a later day looks for its visitors on the earlier ones.
async function rollUpAgain(
  database: Database,
  { subject: { site }, deleted }: Work,
  { onProgress }: Request,
): Promise<number> {
  const days = await database.asOwner((tx) =>
    tx.query<{ day: string }>(
      `/* erase.rollUpAgain */
       select distinct (b::timestamptz at time zone s.timezone)::date as day
       from unnest($2::text[]) as b, footfall.sites s where s.site = $1::text order by day`,
      [site, [...deleted.buckets]],
    ),
  );
  for (const [done, { day }] of days.entries()) {
    onProgress({ step: 'rollups', done, total: days.length });
    await database.asOwner((tx) =>
      tx.query('select footfall.roll_up($1::text, 1, $2::date, $2::date)', [site, day]),
    );
  }
  return days.length;
}

type Done = Begun & Pick<Receipt, 'deleted' | 'spooledBatches' | 'daysRecomputed'>;

async function complete(
  { database, now }: EraseDeps,
  { name, requestedBy }: Request,
  done: Done,
): Promise<Receipt> {
  const completedAt = now();
  return database.asOwner(async (tx) => {
    const receipt = signReceipt(await keepReceiptKey(tx), {
      version: 1,
      erasureId: done.erasureId,
      site: name.site,
      subject: { kind: name.kind, hash: done.hash.toString('hex') },
      requestedBy,
      requestedAt: new Date(done.requestedAt).toISOString(),
      completedAt: new Date(completedAt).toISOString(),
      deleted: done.deleted,
      spooledBatches: done.spooledBatches,
      daysRecomputed: done.daysRecomputed,
      lateEventsRefusedUntil: new Date(completedAt + refusedMs).toISOString(),
    });
    await tx.query(
      `/* erase.complete */
       update footfall.erasures set completed_at = $3::timestamptz, receipt = $4::jsonb
       where site = $1::text and erasure_id = $2::uuid`,
      [name.site, done.erasureId, receipt.completedAt, JSON.stringify(receipt)],
    );
    return receipt;
  });
}
