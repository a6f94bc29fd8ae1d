import { type FreeSpace, watchFreeSpace } from './free-space.js';
import { Refusal } from './refusal.js';

/** Keeps events out while a disk is nearly full. */
export type DiskGuard = {
  /** Of the embedded server; another server's disk is not ours to see. */
  database: FreeSpace | undefined;
  spool: FreeSpace;
  stop(): void;
};

const lookEveryMs = 1_000;

type Options = {
  databaseDir: string | undefined;
  spoolDir: string;
  minFreeBytes: number | undefined;
  log: (line: string) => void;
};

/** Looks at the volumes of database and spool once a second. */
export async function startDiskGuard({
  databaseDir,
  spoolDir,
  minFreeBytes,
  log,
}: Options): Promise<DiskGuard> {
  const watch = (directory: string) => watchFreeSpace({ directory, minFreeBytes, log });
  const database = databaseDir === undefined ? undefined : await watch(databaseDir);
  const spool = await watch(spoolDir);
  const volumes = [spool, ...(database ? [database] : [])];
  const timer = setInterval(() => {
    for (const volume of volumes) volume.look().catch((error) => log(`disk: ${String(error)}`));
  }, lookEveryMs).unref();
  return { database, spool, stop: () => clearInterval(timer) };
}

/** @throws Refusal 503 when a volume has too little room for what is to be written to it */
export function requireSpace(space: FreeSpace | undefined): void {
  if (!space?.isLow()) return;
  throw new Refusal(503, 'disk_full', 'the disk of the collector is nearly full', { retryAfterSeconds: 60 });
}
