import { Refusal } from '../refusal.js';
import {
  claimSegment,
  listSegments,
  makeSpoolDirectory,
  removeOldDamaged,
  type SegmentFile,
} from './directory.js';
import { groupAppends, type Waiting } from './group-appends.js';
import { createReserve, type Reserve } from './reserve.js';
import { createSegmentWriter } from './segment-writer.js';

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

const maxSegmentBytes = 8 << 20;
const segmentShare = 8;
const fullCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Opens the spool.
 *
 * @throws StartError when the directory cannot be used
 */
export async function openSpool({ directory, maxBytes, now, log }: Options): Promise<Spool> {
  await makeSpoolDirectory(directory);
  await removeOldDamaged(directory, now());
  const reserve = createReserve(directory, maxBytes);
  await reserve.fill();
  const segmentBytes = Math.min(maxSegmentBytes, maxBytes / segmentShare);
  const writer = createSegmentWriter({ directory, segmentBytes, now });
  const { append, written } = groupAppends(writeGroup);

  async function writeGroup(group: Waiting[]): Promise<void> {
    try {
      const fitting = refuseOverQuota(group, maxBytes - (await measure()).bytes);
      if (fitting.length > 0) await writer.write(Buffer.concat(fitting.map(({ record }) => record)));
      for (const { resolve } of fitting) resolve();
    } catch (error) {
      const refusal = await explain(error);
      for (const { reject } of group) reject(refusal);
    }
  }

  async function explain(error: unknown): Promise<Refusal> {
    if (isFull(error)) return refuseFull(error);
    log(`spool: ${directory} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    // After a failed fsync the kernel forgets what it could not write: the file is not written to again.
    await writer.seal().catch(() => {});
    const message = 'the collector cannot store events now';
    return new Refusal(503, 'unavailable', message, { retryAfterSeconds: 10, cause: error });
  }

  async function takeOldest(): Promise<SegmentFile | undefined> {
    for (;;) {
      const [oldest] = await listSegments(directory);
      if (oldest === undefined) return undefined;
      // An open file would keep its space after it is deleted.
      if (oldest.path === writer.path()) await sealWhenWritten();
      const claimed = await claimSegment(directory, oldest);
      if (claimed) return claimed;
    }
  }

  async function sealWhenWritten(): Promise<void> {
    await written();
    await writer.seal();
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
