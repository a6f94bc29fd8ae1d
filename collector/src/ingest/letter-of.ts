import { type DeadLetter, toDeadLetter } from './dead-letter.js';
import type { PendingEvent } from './event-row.js';
import { type Sender, toLetterClient } from './letter-client.js';

/** What a batch was before it became rows, as plain JSON. Dead letters of its events are made of it. */
export type Origin = {
  site: string;
  receivedAt: number;
  /** The batch without its events. */
  batch: unknown;
  sender: Sender;
  /** One for each row, in their order. */
  sources: { index: number; event: unknown }[];
};

export type Refused = { reason: 'too_old' | 'schema'; sqlstate: string | null };

/** Makes the dead letters of the rows of a batch. */
export function letterMaker(rows: PendingEvent[], origin: Origin) {
  return (row: PendingEvent, { reason, sqlstate }: Refused): DeadLetter => {
    const { site, receivedAt, batch, sender, sources } = origin;
    const client = toLetterClient(sender, row);
    const { index, event } = sources[rows.indexOf(row)] ?? { index: 0, event: null };
    const message = describeRefusal(index, reason);
    const letter = toDeadLetter({
      site,
      receivedAt,
      batch,
      client,
      reason,
      message,
      eventId: row.eventId,
      event,
    });
    return { ...letter, sqlstate };
  };
}

/** Why an event that is valid in itself was refused. */
export function describeRefusal(index: number, reason: Refused['reason']): string {
  if (reason === 'too_old') return `events[${index}].ts: expected at most 35 days before now`;
  return `events[${index}]: expected values that the database can hold`;
}
