import { readFile, rm, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Database } from '../db/database.js';
import type { Submission } from '../ingest/group-commit.js';
import { commitIsolating } from '../ingest/isolate.js';
import type { IngestMetrics } from '../metrics/ingest-metrics.js';
import { keepDamaged, type SegmentFile } from './directory.js';
import { decodeRecords } from './record.js';
import { fromRecord } from './submission-record.js';

export type Replaying = {
  database: Database;
  metrics: Pick<IngestMetrics, 'replayed' | 'damaged'>;
  log: (line: string) => void;
};

const maxChunkEvents = 500;
const maxChunkBytes = 1 << 20;
const statementMs = 30_000;

/**
 * Stores what is in a segment and then deletes it, or keeps it aside where lines of it are damaged.
 *
 * @returns how many events it held
 */
export async function replaySegment(
  options: Replaying,
  { segment, signal }: { segment: SegmentFile; signal: AbortSignal },
): Promise<number> {
  const { whole, damaged } = await readSegment(segment, options);
  let events = 0;
  for (const chunk of chunksOf(whole)) {
    if (signal.aborted) return events;
    events += await commitChunk(options, chunk);
  }
  if (damaged.length > 0) await keepDamaged(segment);
  else await rm(segment.path, { force: true });
  return events;
}

async function readSegment(segment: SegmentFile, { metrics, log }: Replaying) {
  const name = basename(segment.path);
  const bytes = await readFile(segment.path).catch(expectUnreadable);
  const records = bytes ? decodeRecords(bytes) : { whole: [], damaged: [Buffer.alloc(0)], tornAt: undefined };
  if (records.tornAt !== undefined) {
    log(`spool: ${name}: a last line that was never written whole, and never acknowledged, is cut off`);
    await truncate(segment.path, records.tornAt);
  }
  if (records.damaged.length > 0) {
    log(
      `spool: ${name}: ${records.damaged.length} damaged lines are skipped; the file stays beside as *.damaged`,
    );
    metrics.damaged.add({}, records.damaged.length);
  }
  return records;
}

// A bad sector must not keep back what is behind it.
function expectUnreadable(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'EIO') return undefined;
  throw error;
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

async function commitChunk({ database, metrics }: Replaying, chunk: Submission[]): Promise<number> {
  const outcomes = await commitIsolating(database.within(statementMs), chunk);
  for (const outcome of outcomes.values()) metrics.replayed.add({ outcome });
  return outcomes.size;
}
