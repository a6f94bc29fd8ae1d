import type { ClientHints } from '@footfall/schema';
import type { Place } from './enrich/geo.js';
import type { Client } from './enrich.js';
import type { PendingEvent } from './event-row.js';
import type { RefusedEvent, ValidEvent } from './validate.js';

/**
 * What a request told of its sender, as a dead letter keeps it. Place and visitor are derived when it comes: a replay
 * has neither the address nor, after two days, the salt.
 */
export type LetterClient = {
  isServer: boolean;
  userAgent: string;
  clientHints: ClientHints | null;
  language: string | null;
  visitorId: string | null;
  place: Place;
};

/** Who sent a request, without the address that it came from. */
export type Sender = Pick<Client, 'isServer' | 'userAgent' | 'clientHints' | 'language'>;

/** Takes from a request what a replay will need. `row` is the event, or what the request would make of any. */
export function toLetterClient(
  { isServer, userAgent, clientHints, language }: Sender,
  { visitorId, country, region, city }: PendingEvent,
): LetterClient {
  return {
    isServer,
    userAgent,
    clientHints: clientHints ?? null,
    language,
    visitorId,
    place: { country, region, city },
  };
}

const anyId = '00000000-0000-7000-8000-000000000000';
const maxTimestamp = 8.64e15;

/**
 * A valid event in the place of a refused one, at its time where it has one: what enriching makes of it is what is known
 * of the sender at that time.
 */
export function standInFor({ index, event }: RefusedEvent, receivedAt: number): ValidEvent {
  const ts = typeof event === 'object' && event !== null && 'ts' in event ? event.ts : undefined;
  const isTime = typeof ts === 'number' && Math.abs(ts) <= maxTimestamp;
  return {
    index,
    event: { id: anyId, type: 'custom', name: 'refused', ts: isTime ? ts : receivedAt },
    flags: new Set(),
  };
}
