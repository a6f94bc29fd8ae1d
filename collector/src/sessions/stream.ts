import type { PendingEvent } from '../ingest/event-row.js';

/**
 * Says which events are cut into sessions together: those of one client session id, or those of one visitor, people and
 * bots apart. It follows from the event alone, so that it is known before anything is read.
 */
export type Stream = `session ${string}` | `person ${string}` | `bot ${string}`;

type Identity = Pick<PendingEvent, 'clientSessionId' | 'visitorId' | 'isBot'>;

/** The stream of an event; none for an event of a server that names neither session nor visitor. */
export function streamOf({ clientSessionId, visitorId, isBot }: Identity): Stream | null {
  if (clientSessionId !== null) return sessionStream(clientSessionId);
  return visitorId === null ? null : visitorStream(visitorId, { isBot });
}

export function sessionStream(sessionId: string): Stream {
  return `session ${sessionId}`;
}

export function visitorStream(visitorId: string, { isBot }: { isBot: boolean }): Stream {
  return isBot ? `bot ${visitorId}` : `person ${visitorId}`;
}

/** What a stream's events have in common: the client session id, or the visitor. */
export function readStream(stream: Stream): { sessionId: string } | { visitorId: string; isBot: boolean } {
  const at = stream.indexOf(' ');
  const id = stream.slice(at + 1);
  return stream.startsWith('session ')
    ? { sessionId: id }
    : { visitorId: id, isBot: stream.startsWith('bot ') };
}
