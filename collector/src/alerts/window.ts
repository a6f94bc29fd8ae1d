/** A stretch of quarter hours, in milliseconds since 1970. */
export type Window = { startMs: number; endMs: number };

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
// Browsers send what they hold within seconds, and retry for a while.
const graceMs = 5 * minuteMs;

/** The last window of whole quarter hours that ended five minutes ago, so that its events have arrived. */
export function lastWindow(now: number, minutes: number): Window {
  const endMs = Math.floor((now - graceMs) / quarterMs) * quarterMs;
  return { startMs: endMs - minutes * minuteMs, endMs };
}

/** A moment as PostgreSQL reads it. */
export function iso(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

/** The UTC day of a moment. */
export function dayOf(unixMs: number): string {
  return iso(unixMs).slice(0, 10);
}
