import { timeOfUuidv7 } from '@footfall/schema/ids';
import { maxAgeDays, oddClockMs } from '@footfall/schema/limits';
import { utcDay } from '../utc-day.js';
import type { Flag } from './sanitize.js';

const dayMs = 86_400_000;
const maxClock = Date.UTC(9999, 11, 31);

/** Where an event stands in time, all in milliseconds since 1970. */
export type Placement = {
  occurredAt: number;
  /** The UTC day whose partition holds the event. */
  eventDay: string;
  /** The id's own day cannot be trusted: odd_ids decides. */
  isOdd: boolean;
  isTooOld: boolean;
  flags: Flag[];
};

type Clocks = { id: string; ts: number; sentAt: number | undefined; receivedAt: number };

/** The browser's clock at sending, or nothing where it is absent or beyond the four digits of a year. */
export function readSentAt(sentAt: number | undefined): number | undefined {
  return sentAt !== undefined && sentAt >= 0 && sentAt <= maxClock ? sentAt : undefined;
}

/**
 * Places an event of a browser: the time is corrected by the difference between the server's and the browser's
 * clock at sending, the day is that inside the id unless one of the clocks is odd.
 */
export function placeEvent({ id, ts, sentAt, receivedAt }: Clocks): Placement {
  const offset = sentAt === undefined ? 0 : receivedAt - sentAt;
  const corrected = ts + offset;
  const occurredAt = Math.floor(Math.min(corrected, receivedAt));
  const idTime = timeOfUuidv7(id);
  const isOdd =
    Math.abs(offset) > oddClockMs ||
    Math.abs(ts - idTime) > oddClockMs ||
    isOutsideWindow(idTime, receivedAt);
  const flags: Flag[] = [];
  if (sentAt === undefined) flags.push('no_sent_at');
  if (corrected - receivedAt > oddClockMs) flags.push('future_ts');
  if (isOdd) flags.push('odd_clock');
  return {
    occurredAt,
    eventDay: utcDayOf(isOdd ? occurredAt : idTime),
    isOdd,
    isTooOld: occurredAt < receivedAt - maxAgeDays * dayMs,
    flags,
  };
}

/** Places an event of a server or an import: its time is taken as given, of any age. */
export function placeTrustedEvent({ id, ts }: { id: string; ts: number }): Placement {
  const idTime = timeOfUuidv7(id);
  const isOdd = Math.abs(ts - idTime) > oddClockMs;
  return {
    occurredAt: Math.floor(ts),
    eventDay: utcDayOf(isOdd ? ts : idTime),
    isOdd,
    isTooOld: false,
    flags: isOdd ? ['odd_clock'] : [],
  };
}

function isOutsideWindow(idTime: number, receivedAt: number): boolean {
  return idTime < receivedAt - maxAgeDays * dayMs || idTime > receivedAt + oddClockMs;
}

// PostgreSQL's dates begin in 4713 BC and a Date's year may have six digits: neither matters within four digits.
function utcDayOf(unixMs: number): string {
  const clamped = Math.min(Math.max(unixMs, 0), maxClock);
  return utcDay(clamped);
}
