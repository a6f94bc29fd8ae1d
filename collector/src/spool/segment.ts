import { type FileHandle, open, stat } from 'node:fs/promises';
import { syncDirectory } from './sync-directory.js';

/** A file of the spool that is being written. */
export type Segment = {
  path: string;
  /** How much of it is durable. */
  bytes(): number;
  /**
   * Adds lines. Durable when it resolves; when it rejects, nothing of them counts.
   *
   * @returns false when the file is no longer where it was: then somebody else may have read it to its end already
   */
  append(lines: Buffer): Promise<boolean>;
  close(): Promise<void>;
};

/** Begins a segment. Its name is durable before its first line is. */
export async function createSegment(path: string): Promise<Segment> {
  const file = await open(path, 'wx', 0o600);
  await syncDirectory(path);
  const { ino } = await file.stat();
  let durableBytes = 0;
  return {
    path,
    bytes: () => durableBytes,
    async append(lines) {
      try {
        await writeWhole(file, { lines, position: durableBytes });
        await file.datasync();
      } catch (error) {
        // A full disk takes a part of the lines. It is cut off again, which needs no space.
        await file.truncate(durableBytes);
        throw error;
      }
      durableBytes += lines.byteLength;
      return isStillAt(path, ino);
    },
    close: () => file.close(),
  };
}

async function writeWhole(
  file: FileHandle,
  { lines, position }: { lines: Buffer; position: number },
): Promise<void> {
  let written = 0;
  while (written < lines.byteLength) {
    const { bytesWritten } = await file.write(lines, written, lines.byteLength - written, position + written);
    written += bytesWritten;
  }
}

async function isStillAt(path: string, ino: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.ino === ino;
}
