import { readFile, rm, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Availability } from '../db/availability.js';
import type { Database } from '../db/database.js';
import { classifyFailure } from '../db/failure.js';
import type { FreeSpace } from '../free-space.js';
import type { Submission } from '../ingest/group-commit.js';
import { commitIsolating } from '../ingest/isolate.js';
import type { IngestMetrics } from '../metrics/ingest-metrics.js';
import { keepDamaged, type SegmentFile } from './directory.js';
import type { Spool } from './open-spool.js';
import { decodeRecords } from './record.js';
import { fromRecord } from './submission-record.js';

export type Replay = {
  /** Empties the spool in the background. */
  start(): void;
  stop(): Promise<void>;
};

type Options = {
  spool: Spool;
  database: Database;
  availability: Availability;
  metrics: Pick<IngestMetrics, 'replayed' | 'damaged'>;
  /** Of the volume that the database grows on, where that is ours to know. */
  databaseSpace: FreeSpace | undefined;
  log: (line: string) => void;
};

const maxChunkEvents = 500;
const maxChunkBytes = 1 << 20;
const statementMs = 30_000;
const retryMs = 10_000;
const lowDiskMs = 1_000;
const roomBytes = 64 << 20;

/**
 * Stores what was spooled, oldest first, through the same commit as all else. A segment is deleted when all of it is in
 * the database; whatever interrupts that, the next replay finds what is stored already and adds the rest.
 */
export function createReplay(options: Options): Replay {
  const { availability, log } = options;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let isWanted = false;
  let retry: NodeJS.Timeout | undefined;

  function start(): void {
    clearTimeout(retry);
    isWanted = true;
    running ??= replayWhileWanted().finally(() => {
      running = undefined;
    });
  }

  // A record may be written just when the last look found nothing: whoever wrote it asks again.
  async function replayWhileWanted(): Promise<void> {
    while (isWanted && !stopping.signal.aborted) {
      isWanted = false;
      await replayAll(options, stopping.signal).catch(giveUp);
    }
  }

  // A lost database calls back when it returns. Whatever else it is may pass or be mended.
  function giveUp(error: unknown): void {
    if (stopping.signal.aborted) return;
    if (classifyFailure(error) === 'retry') {
      availability.lose(error);
      return;
    }
    log(`spool: the replay waits ${retryMs / 1000} s: ${reasonOf(error)}`);
    retry = setTimeout(start, retryMs);
  }

  availability.onReturn(start);
  return {
    start,
    async stop() {
      stopping.abort();
      clearTimeout(retry);
      await running;
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function replayAll(options: Options, signal: AbortSignal): Promise<void> {
  const { spool, log } = options;
  let events = 0;
  while (!signal.aborted && options.availability.isUp()) {
    await makeRoom(options, signal);
    const segment = await takeOldest(spool);
    if (segment === undefined) break;
    events += await replaySegment(options, { segment, signal });
  }
  if (events === 0) return;
  log(`spool: ${events} events replayed`);
  await spool.reserve.fill();
}

// Rows need space before their segment gives any back. Never down to the last of it, where PostgreSQL panics.
async function makeRoom({ spool, databaseSpace }: Options, signal: AbortSignal): Promise<void> {
  if (!databaseSpace?.isLow()) return;
  await spool.reserve.release();
  await databaseSpace.look();
  while (databaseSpace.bytes() < roomBytes && databaseSpace.isLow() && !signal.aborted) {
    await delay(lowDiskMs, undefined, { signal }).catch(() => {});
    await databaseSpace.look();
  }
}

// On some file systems even a rename needs space.
async function takeOldest(spool: Spool): Promise<SegmentFile | undefined> {
  try {
    return await spool.takeOldest();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    await spool.reserve.release();
    return spool.takeOldest();
  }
}

/** @returns how many events it held */
async function replaySegment(
  options: Options,
  { segment, signal }: { segment: SegmentFile; signal: AbortSignal },
): Promise<number> {
  const { whole, damaged } = await readSegment(segment, options);
  let events = 0;
  for (const chunk of chunksOf(whole)) {
    if (signal.aborted) return events;
    events += await commitChunk(options, chunk);
  }
  if (damaged > 0) await keepDamaged(segment);
  else await rm(segment.path, { force: true });
  return events;
}

async function readSegment(segment: SegmentFile, { metrics, log }: Options) {
  const name = basename(segment.path);
  const records = decodeRecords(await readFile(segment.path));
  if (records.tornAt !== undefined) {
    log(`spool: ${name}: a last line that was never written whole, and never acknowledged, is cut off`);
    await truncate(segment.path, records.tornAt);
  }
  if (records.damaged > 0) {
    log(`spool: ${name}: ${records.damaged} damaged lines are skipped; the file stays beside as *.damaged`);
    metrics.damaged.add({}, records.damaged);
  }
  return records;
}

function* chunksOf(records: string[]): Generator<Submission[]> {
  let chunk: Submission[] = [];
  let events = 0;
  let bytes = 0;
  for (const record of records) {
    const submission = fromRecord(record);
    events += submission.events.length;
    bytes += submission.bytes;
    if (chunk.length > 0 && (events > maxChunkEvents || bytes > maxChunkBytes)) {
      yield chunk;
      [chunk, events, bytes] = [[], submission.events.length, submission.bytes];
    }
    chunk.push(submission);
  }
  if (chunk.length > 0) yield chunk;
}

async function commitChunk({ database, metrics }: Options, chunk: Submission[]): Promise<number> {
  const outcomes = await commitIsolating(database.within(statementMs), chunk);
  for (const outcome of outcomes.values()) metrics.replayed.add({ outcome });
  return outcomes.size;
}
