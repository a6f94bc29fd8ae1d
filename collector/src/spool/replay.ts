import { setTimeout as delay } from 'node:timers/promises';
import type { Availability } from '../db/availability.js';
import { classifyFailure } from '../db/failure.js';
import type { FreeSpace } from '../free-space.js';
import type { SegmentFile } from './directory.js';
import type { Spool } from './open-spool.js';
import { type Replaying, replaySegment } from './replay-segment.js';

export type Replay = {
  /** Empties the spool in the background. */
  start(): void;
  stop(): Promise<void>;
};

type Options = Replaying & {
  spool: Spool;
  availability: Availability;
  /** Of the volume that the database grows on, where that is ours to know. */
  databaseSpace: FreeSpace | undefined;
};

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
    events += await replaySegment(options, { segment, signal }).catch(expectTaken);
  }
  if (events === 0) return;
  log(`spool: ${events} events replayed`);
  await spool.reserve.fill();
}

// Another collector on the same directory took it meanwhile, and stores the same events.
function expectTaken(error: unknown): number {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
  throw error;
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
