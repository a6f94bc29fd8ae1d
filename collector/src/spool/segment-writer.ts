import { newSegmentPath } from './directory.js';
import { createSegment, type Segment } from './segment.js';

/** Writes lines into one segment after the other. One call at a time. */
export type SegmentWriter = {
  /** Durable when it resolves. */
  write(lines: Buffer): Promise<void>;
  /** The segment that is written to, if there is one. */
  path(): string | undefined;
  /** Ends the segment; the next line begins another. */
  seal(): Promise<void>;
};

type Options = { directory: string; segmentBytes: number; now: () => number };

export function createSegmentWriter({ directory, segmentBytes, now }: Options): SegmentWriter {
  let current: Segment | undefined;

  async function seal(): Promise<void> {
    const sealed = current;
    current = undefined;
    await sealed?.close();
  }

  return {
    async write(lines) {
      if (current && current.bytes() + lines.byteLength > segmentBytes) await seal();
      for (;;) {
        current ??= await createSegment(newSegmentPath(directory, now()));
        if (await current.append(lines)) return;
        // It was taken away meanwhile, by a reader that may have missed these lines: they go into another.
        await seal();
      }
    },
    path: () => current?.path,
    seal,
  };
}
