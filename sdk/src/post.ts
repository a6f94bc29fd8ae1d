import { retryAfterMs } from './retry.js';

/** Status 0: no answer that can be trusted. */
export type Answer = { status: number; retryAfterMs?: number | undefined };

/** Beyond this a request counts as failed; the events are sent again under the same ids. */
const timeoutMs = 20_000;

/** What fits into one packet is not worth compressing. */
const minGzipChars = 1400;

type How = {
  /** The page may not live long enough for an answer. */
  isLeaving: boolean;
  keepalive: boolean;
};

/** Posts a batch as text/plain, which needs no CORS preflight. */
export async function post(
  url: string,
  body: string | ArrayBuffer,
  { isLeaving, keepalive }: How,
): Promise<Answer> {
  try {
    // A beacon has no answer: the events stay, are sent again, and the collector knows their ids.
    if (isLeaving && !('keepalive' in Request.prototype)) navigator.sendBeacon(url, body);
    const response = await fetch(url, {
      method: 'POST',
      body,
      keepalive,
      credentials: 'omit',
      headers: { 'content-type': 'text/plain' },
      signal: AbortSignal.timeout?.(timeoutMs) ?? null,
    });
    const { status, headers } = response;
    // A hotel's sign-in page answers 200 to everything: only the collector's own answer removes events.
    if (status === 200) return { status: (await response.json()).accepted >= 0 ? status : 0 };
    return { status, retryAfterMs: retryAfterMs(headers.get('retry-after') ?? '', Date.now()) };
  } catch {
    return { status: 0 };
  }
}

/**
 * Compresses what is worth it, where the browser can; the collector knows gzip by its first bytes. Without blobs, which
 * WebKit stops reading when the page goes.
 */
export async function compress(text: string): Promise<string | ArrayBuffer> {
  if (text.length < minGzipChars || !('CompressionStream' in window)) return text;
  const stream = new Response(text).body?.pipeThrough(new CompressionStream('gzip'));
  return new Response(stream).arrayBuffer().catch(() => text);
}
