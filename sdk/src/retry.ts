/** What an answer means for the batch that was sent. */
export type Verdict = 'delivered' | 'refused' | 'halve' | 'stop' | 'later';

const backoffFloorMs = 3000;
const backoffCeilingMs = 300_000;

/** Status 0 stands for no answer at all. The rules are those of the contract of POST /v1/events. */
export function judge(status: number, { events }: { events: number }): Verdict {
  if (status === 200) return 'delivered';
  if (status === 401 || status === 403) return 'stop';
  if (events > 1 && (status === 408 || status === 413)) return 'halve';
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'later';
}

/**
 * Full jitter that grows above a floor. The floor keeps a client to two requests in an outage of six seconds;
 * without one, jitter near zero makes it many.
 */
export function backoffMs(failures: number, random: number): number {
  const spread = backoffFloorMs * (2 ** Math.min(failures, 10) - 1);
  return Math.min(backoffFloorMs + random * spread, backoffCeilingMs);
}

/** Retry-After is a number of seconds or a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, 86_400_000) : undefined;
}
