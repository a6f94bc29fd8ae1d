import { uuidv7 } from '@footfall/schema/ids';

let lastMs = 0;
let counter = 0;

/**
 * A UUIDv7 that sorts after every earlier one of this page, so that the order of the keys in storage is the
 * order of the events. Within a millisecond the 12 bits after the time count up (RFC 9562, section 6.2).
 */
export function nextId(nowMs = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  if (nowMs > lastMs || clockWasSetBack(nowMs)) startMillisecond(nowMs, random);
  else if (++counter > 0xfff) startMillisecond(lastMs + 1, random);
  random[6] = counter >> 8;
  random[7] = counter & 0xff;
  return uuidv7(lastMs, random);
}

function clockWasSetBack(nowMs: number): boolean {
  return lastMs - nowMs > 1000;
}

/** Starts in the lower half of the 12 bits, which leaves at least 2048 ids in the millisecond. */
function startMillisecond(ms: number, random: Uint8Array): void {
  lastMs = ms;
  counter = (((random[6] ?? 0) & 7) << 8) | (random[7] ?? 0);
}
