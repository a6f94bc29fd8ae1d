import { open, readFile, rename, rm } from 'node:fs/promises';
import type { Submission } from '../ingest/group-commit.js';
import type { Subject } from '../privacy/subject.js';
import { claimSegment, listDamaged, listSegments, newSegmentPath, type SegmentFile } from './directory.js';
import { decodeRecords, encodeRecord } from './record.js';
import { fromRecord } from './submission-record.js';
import { syncDirectory } from './sync-directory.js';

/**
 * Takes the batches of a person out of the spool, and every damaged line that names one of their ids.
 *
 * @returns how many batches went
 */
export async function eraseSpooled(directory: string, subject: Subject): Promise<number> {
  const isTheirs = recognize(subject);
  let erased = 0;
  for (const segment of await listSegments(directory).catch(expectNone))
    erased += await eraseSegment(directory, segment, isTheirs);
  for (const path of await listDamaged(directory).catch(expectNone))
    erased += await rewrite(path, path, isTheirs);
  return erased;
}

/** The spooled batches of a person, for an export. */
export async function readSpooled(directory: string, subject: Subject): Promise<unknown[]> {
  const isTheirs = recognize(subject);
  const found: unknown[] = [];
  for (const { path } of await listSegments(directory).catch(expectNone)) {
    const { whole } = decodeRecords(await readFile(path).catch(expectReplayed));
    found.push(...whole.filter(isTheirs.record).map((json) => JSON.parse(json)));
  }
  return found;
}

// The command may run where nothing was ever spooled.
function expectNone(error: unknown): never[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}

function expectReplayed(error: unknown): Buffer {
  expectNone(error);
  return Buffer.alloc(0);
}

type Recognizer = { record(json: string): boolean; damaged(line: Buffer): boolean };

function recognize({ visitors, users, sessions }: Subject): Recognizer {
  const ids = { visitors: new Set(visitors), users: new Set(users), sessions: new Set(sessions) };
  const texts = [...visitors, ...users, ...sessions].map((id) => JSON.stringify(id));
  return {
    // A batch is of one visitor, user and session.
    record: (json) => isOf(fromRecord(json), ids),
    damaged: (line) => texts.some((text) => line.includes(text)),
  };
}

type Ids = Record<'visitors' | 'users' | 'sessions', Set<unknown>>;
type Around = { visitor?: { id?: unknown; userId?: unknown }; session?: { id?: unknown } };

function isOf({ events, letters, origin }: Submission, ids: Ids): boolean {
  const batches = [origin.batch, ...letters.map(({ batch }) => batch)] as (Around | null)[];
  return (
    events.some(
      ({ visitorId, userId, clientSessionId, cookieless }) =>
        ids.visitors.has(visitorId) ||
        ids.visitors.has(cookieless?.visitorId) ||
        ids.users.has(userId) ||
        ids.sessions.has(clientSessionId),
    ) ||
    letters.some(({ client }) => ids.visitors.has(client.visitorId)) ||
    batches.some(
      (batch) =>
        ids.visitors.has(batch?.visitor?.id) ||
        ids.users.has(batch?.visitor?.userId) ||
        ids.sessions.has(batch?.session?.id),
    )
  );
}

// Claimed like for a replay: whoever writes to it or reads it notices.
async function eraseSegment(directory: string, segment: SegmentFile, isTheirs: Recognizer): Promise<number> {
  const claimed = await claimSegment(directory, segment);
  if (!claimed) return 0;
  return rewrite(claimed.path, newSegmentPath(directory, claimed.createdAt), isTheirs);
}

// What is left is durable under its new name before the old file goes: a batch that is in both for a moment is stored once.
async function rewrite(path: string, newPath: string, isTheirs: Recognizer): Promise<number> {
  const { whole, damaged } = decodeRecords(await readFile(path).catch(expectReplayed));
  const kept = whole.filter((json) => !isTheirs.record(json)).map(encodeRecord);
  const keptDamaged = damaged.filter((line) => !isTheirs.damaged(line));
  const erased = whole.length - kept.length;
  if (erased === 0 && keptDamaged.length === damaged.length) return 0;
  const lines = [...kept, ...keptDamaged.map((line) => Buffer.concat([line, Buffer.from('\n')]))];
  if (lines.length > 0) await writeWhole(`${newPath}.part`, newPath, Buffer.concat(lines));
  if (lines.length === 0 || newPath !== path) await rm(path, { force: true });
  await syncDirectory(path);
  return erased;
}

async function writeWhole(part: string, path: string, bytes: Buffer): Promise<void> {
  const file = await open(part, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await syncDirectory(path);
}
