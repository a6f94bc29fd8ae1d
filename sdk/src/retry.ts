/** What an answer means for the batch that was sent. Numbers, since the bundle would hold each word several times. */
export const delivered = 0;
export const refused = 1;
export const halve = 2;
export const stop = 3;
export const later = 4;
export type Verdict = typeof delivered | typeof refused | typeof halve | typeof stop | typeof later;

const backoffFloorMs = 3000;
const backoffCeilingMs = 300_000;

/** Status 0 stands for no answer at all. The rules are those of the contract of POST /v1/events. */
export function judge(status: number, events: number): Verdict {
  if (status === 200) return delivered;
  if (status === 401 || status === 403) return stop;
  if (events > 1 && (status === 408 || status === 413)) return halve;
  const isFinal = status > 399 && status < 500 && status !== 408 && status !== 429;
  return isFinal ? refused : later;
}

/**
 * Full jitter that grows above a floor. The floor keeps a client to two requests in an outage of six seconds;
 * without one, jitter near zero makes it many.
 */
export function backoffMs(failures: number, random: number): number {
  return Math.min(backoffFloorMs * (1 + random * (2 ** failures - 1)), backoffCeilingMs);
}

/** Retry-After is a number of seconds or a date (RFC 9110, section 10.2.3). Undefined where it says nothing. */
export function retryAfterMs(header: string, nowMs: number): number | undefined {
  const seconds = Number.parseFloat(header);
  const ms = seconds >= 0 ? seconds * 1000 : Date.parse(header) - nowMs;
  return ms >= 0 ? ms : undefined;
}
