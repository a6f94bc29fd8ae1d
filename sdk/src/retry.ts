/** What an answer means for the batch that was sent. */
export type Verdict = 'delivered' | 'refused' | 'halve' | 'stop' | 'later';

const backoffFloorMs = 3000;
const backoffCeilingMs = 300_000;

/** Status 0 stands for no answer at all. The rules are those of the contract of POST /v1/events. */
export function judge(
  status: number,
  { events, isLastTry }: { events: number; isLastTry?: boolean },
): Verdict {
  if (status === 200) return 'delivered';
  if (status === 500 && events === 1 && isLastTry) return 'refused';
  if (status === 401 || status === 403) return 'stop';
  if (events > 1 && (status === 408 || status === 413)) return 'halve';
  return status < 400 || status > 499 || status === 408 || status === 429 ? 'later' : 'refused';
}

/**
 * Full jitter that grows above a floor. The floor keeps a client to two requests in an outage of six seconds;
 * without one, jitter near zero makes it many.
 */
export function backoffMs(failures: number, random: number): number {
  return Math.min(backoffFloorMs * (1 + random * (2 ** failures - 1)), backoffCeilingMs);
}

/** Retry-After is a number of seconds or a date (RFC 9110, section 10.2.3). Undefined where it says nothing. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  const ms = seconds >= 0 ? seconds * 1000 : Date.parse(header ?? '') - nowMs;
  return ms >= 0 ? ms : undefined;
}
