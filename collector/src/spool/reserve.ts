import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from './sync-directory.js';

/** A file that holds space for the moment in which there is none, so that the spool can be emptied then. */
export type Reserve = {
  /** Fills it where there is room; where there is none, the next time is soon enough. */
  fill(): Promise<void>;
  release(): Promise<void>;
};

const maxReserveBytes = 16 << 20;
const share = 16;
const chunkBytes = 1 << 20;

/** @param maxBytes the quota of the spool; the reserve is at most a sixteenth of it, and of the volume */
export function createReserve(directory: string, maxBytes: number): Reserve {
  const path = join(directory, 'reserve');
  return {
    async fill() {
      const { blocks, bsize } = await statfs(directory);
      const bytes = Math.floor(Math.min(maxReserveBytes, maxBytes / share, (blocks * bsize) / share));
      await write(path, bytes).catch(() => rm(path, { force: true }));
    },
    release: () => rm(path, { force: true }),
  };
}

// With data, not as a hole: a hole holds no space.
async function write(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    const { size } = await file.stat();
    for (let written = size; written < bytes; written += chunkBytes) {
      await file.write(Buffer.alloc(Math.min(chunkBytes, bytes - written)));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(path);
}
