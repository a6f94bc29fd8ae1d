import { retryAfterMs } from './retry.js';

/** Status 0: no answer that can be trusted. */
export type Answer = { status: number; retryAfterMs?: number | undefined };

/** Beyond this a request counts as failed; the events are sent again under the same ids. */
const timeoutMs = 20_000;

/** Posts a batch as text/plain, which needs no CORS preflight. */
export async function post(
  url: string,
  { body, keepalive }: { body: string; keepalive: boolean },
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      keepalive,
      credentials: 'omit',
      headers: { 'content-type': 'text/plain' },
      signal: AbortSignal.timeout?.(timeoutMs) ?? null,
    });
    return await answerOf(response);
  } catch {
    return { status: 0 };
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  if (status !== 200) return { status, retryAfterMs: retryAfterMs(headers.get('retry-after'), Date.now()) };
  // A hotel's sign-in page answers 200 to everything: only the collector's own answer removes events.
  const answer: { accepted?: unknown } | null = await response.json();
  return { status: typeof answer?.accepted === 'number' ? 200 : 0 };
}
