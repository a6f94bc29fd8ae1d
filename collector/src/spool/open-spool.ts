import { Refusal } from '../refusal.js';
import {
  claimSegment,
  listSegments,
  makeSpoolDirectory,
  newSegmentPath,
  removeOldDamaged,
  type SegmentFile,
} from './directory.js';
import { createReserve, type Reserve } from './reserve.js';
import { createSegment, type Segment } from './segment.js';

/** Batches on the local disk, for as long as the database is away. */
export type Spool = {
  /**
   * Resolves when a record is durable.
   *
   * @throws Refusal 503 when the quota or the disk is full, or the disk fails
   */
  append(record: Buffer): Promise<void>;
  /** The oldest segment, whole from now on, or nothing when the spool is empty. */
  takeOldest(): Promise<SegmentFile | undefined>;
  reserve: Reserve;
  /** What is in it now. Segments of other collectors in the same directory count as well. */
  measure(): Promise<{ bytes: number; oldestAt: number | undefined }>;
  close(): Promise<void>;
};

type Options = { directory: string; maxBytes: number; now: () => number; log: (line: string) => void };
type Waiting = { record: Buffer; resolve(): void; reject(error: unknown): void };

const maxSegmentBytes = 8 << 20;
const segmentShare = 8;
const fullCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Opens the spool. Records that come together share one write and one fdatasync.
 *
 * @throws StartError when the directory cannot be used
 */
export async function openSpool({ directory, maxBytes, now, log }: Options): Promise<Spool> {
  await makeSpoolDirectory(directory);
  await removeOldDamaged(directory, now());
  const reserve = createReserve(directory, maxBytes);
  await reserve.fill();
  const segmentBytes = Math.min(maxSegmentBytes, maxBytes / segmentShare);
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let current: Segment | undefined;

  function append(record: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ record, resolve, reject });
      writing ??= writeAll().finally(() => {
        writing = undefined;
      });
    });
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await writeGroup(group);
    }
  }

  async function writeGroup(group: Waiting[]): Promise<void> {
    try {
      const fitting = refuseOverQuota(group, maxBytes - (await measure()).bytes);
      if (fitting.length > 0) await writeLines(Buffer.concat(fitting.map(({ record }) => record)));
      for (const { resolve } of fitting) resolve();
    } catch (error) {
      const refusal = await giveUpSegment(error);
      for (const { reject } of group) reject(refusal);
    }
  }

  // The lines of a segment that was taken away while they were written may have been missed: they go into another.
  async function writeLines(lines: Buffer): Promise<void> {
    for (;;) {
      if (current && current.bytes() + lines.byteLength > segmentBytes) await seal();
      current ??= await createSegment(newSegmentPath(directory, now()));
      if (await current.append(lines)) return;
      await seal();
    }
  }

  // After a failed fsync the kernel forgets what it could not write: the file is not written to again.
  async function giveUpSegment(error: unknown): Promise<Refusal> {
    if (isFull(error)) return refuseFull(error);
    log(`spool: ${directory} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    await seal().catch(() => {});
    return new Refusal(503, 'unavailable', 'the collector cannot store events now', {
      retryAfterSeconds: 10,
      cause: error,
    });
  }

  async function seal(): Promise<void> {
    const sealed = current;
    current = undefined;
    await sealed?.close();
  }

  // An open file would keep its space after it is deleted.
  async function sealWhenWritten(): Promise<void> {
    await writing;
    await seal();
  }

  async function takeOldest(): Promise<SegmentFile | undefined> {
    for (;;) {
      const [oldest] = await listSegments(directory);
      if (oldest === undefined) return undefined;
      if (oldest.path === current?.path) await sealWhenWritten();
      const claimed = await claimSegment(directory, oldest);
      if (claimed) return claimed;
    }
  }

  async function measure(): Promise<{ bytes: number; oldestAt: number | undefined }> {
    const files = await listSegments(directory);
    return { bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), oldestAt: files[0]?.createdAt };
  }

  return { append, takeOldest, reserve, measure, close: sealWhenWritten };
}

// In their order, so that a small record behind a large one may still fit.
function refuseOverQuota(group: Waiting[], freeBytes: number): Waiting[] {
  let left = freeBytes;
  return group.filter((one) => {
    const fits = one.record.byteLength <= left;
    if (fits) left -= one.record.byteLength;
    else one.reject(refuseFull(undefined));
    return fits;
  });
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && fullCodes.has(error.code);
}

function refuseFull(cause: unknown): Refusal {
  return new Refusal(503, 'spool_full', 'the database is away and the spool is full', {
    retryAfterSeconds: 10,
    cause,
  });
}
