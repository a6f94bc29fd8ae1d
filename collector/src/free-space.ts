import { statfs } from 'node:fs/promises';

/** Watches how much is free on a volume. */
export type FreeSpace = {
  /** At the last look. */
  bytes(): number;
  isLow(): boolean;
  look(): Promise<void>;
};

type Options = { directory: string; minFreeBytes: number | undefined; log: (line: string) => void };

const gibibyte = 1024 ** 3;
const minShare = 0.05;

/**
 * Low is less than 1 GiB or 5 % of the volume, whichever is more: PostgreSQL stops in a panic when its volume is full.
 *
 * @param minFreeBytes replaces both
 */
export async function watchFreeSpace({ directory, minFreeBytes, log }: Options): Promise<FreeSpace> {
  let freeBytes = 0;
  let limitBytes = 0;
  let wasLow = false;

  const isLow = () => freeBytes < limitBytes;

  async function look(): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(directory);
    freeBytes = bavail * bsize;
    limitBytes = minFreeBytes ?? Math.max(gibibyte, Math.ceil(minShare * blocks * bsize));
    if (isLow() !== wasLow) tell();
    wasLow = isLow();
  }

  function tell(): void {
    const found = `disk: ${directory}: ${freeBytes} bytes free`;
    log(isLow() ? `${found}, expected ${limitBytes}: no events are taken there` : `${found}: enough again`);
  }

  await look();
  return { look, bytes: () => freeBytes, isLow };
}
