import { createHash } from 'node:crypto';
import { redactText } from '@footfall/schema/redact-text';
import type { Transaction } from '../db/database.js';
import { unnestRows } from '../db/unnest.js';
import { keepRoom } from './dead-letter-room.js';
import type { LetterClient } from './letter-client.js';
import { sanitize } from './sanitize.js';
import { scrubValue } from './scrub.js';

/** One row of footfall.dead_letter. */
export type DeadLetter = {
  site: string;
  deadLetterId: string;
  receivedAt: number;
  reason: string;
  message: string;
  sqlstate: string | null;
  eventId: string | null;
  event: unknown;
  excerpt: string | null;
  batch: unknown;
  client: LetterClient;
};

type Refused = {
  site: string;
  receivedAt: number;
  reason: string;
  message: string;
  eventId: string | null;
  event: unknown;
  batch: unknown;
  client: LetterClient;
};

const excerptChars = 4096;

/** Beyond this an event is kept as an excerpt: a site's letters of a day stay below half a gigabyte. */
const maxEventChars = 65_536;

/** More than an event may have, so that a limit can be raised and its letters replayed; less than a stack can hold. */
const letterLimits = { depth: 256, keys: 20_000 };

const columns: { key: keyof DeadLetter; name: string; type: string }[] = [
  { key: 'site', name: 'site', type: 'text' },
  { key: 'deadLetterId', name: 'dead_letter_id', type: 'uuid' },
  { key: 'receivedAt', name: 'received_at', type: 'timestamptz' },
  { key: 'reason', name: 'reason', type: 'text' },
  { key: 'message', name: 'message', type: 'text' },
  { key: 'sqlstate', name: 'sqlstate', type: 'text' },
  { key: 'eventId', name: 'event_id', type: 'text' },
  { key: 'event', name: 'event', type: 'jsonb' },
  { key: 'excerpt', name: 'excerpt', type: 'text' },
  { key: 'batch', name: 'batch', type: 'jsonb' },
  { key: 'client', name: 'client', type: 'jsonb' },
];

const names = columns.map(({ name }) => name).join(', ');

/** Makes the dead letter of a refused event. An event that is too large to be held is kept as an excerpt of its text. */
export function toDeadLetter({ event, message, ...rest }: Refused): DeadLetter {
  const clean = sanitize(event, letterLimits);
  const value = 'problem' in clean ? null : scrubValue(clean.value);
  const whole = 'problem' in clean ? undefined : JSON.stringify(value);
  const isWhole = whole !== undefined && whole.length <= maxEventChars;
  const text = isWhole ? whole : redactText(excerptOf(event));
  return {
    ...rest,
    message: message.toWellFormed().replaceAll('\0', '\ufffd'),
    eventId: rest.eventId?.toWellFormed().replaceAll('\0', '\ufffd') ?? null,
    deadLetterId: idOf(`${rest.site} ${rest.reason} ${text}`),
    sqlstate: null,
    event: isWhole ? value : null,
    excerpt: isWhole ? null : text,
  };
}

// The content decides the id: a batch that is sent again leaves one row.
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Gives each letter of a batch a row of its own. Without an id, equal events could be one that was sent again; within a
 * batch they are several, and the count of equal ones before is the same at every try.
 */
export function tellTwinsApart(letters: DeadLetter[]): DeadLetter[] {
  const counts = new Map<string, number>();
  return letters.map((letter) => {
    const { deadLetterId, eventId } = letter;
    const count = (counts.get(deadLetterId) ?? 0) + 1;
    counts.set(deadLetterId, count);
    return count === 1 || eventId !== null
      ? letter
      : { ...letter, deadLetterId: idOf(`${deadLetterId} ${count}`) };
  });
}

// JSON.stringify throws on a depth that JSON.parse took: then the keys of the top level have to do.
function excerptOf(event: unknown): string {
  const text = stringify(event) ?? Object.keys(Object(event)).join(', ');
  return text.slice(0, excerptChars).toWellFormed().replaceAll('\0', '\ufffd');
}

function stringify(event: unknown): string | undefined {
  try {
    return JSON.stringify(event);
  } catch {
    return undefined;
  }
}

/** Writes dead letters as far as their sites have room; those that are there already stay. */
export async function writeDeadLetters(tx: Transaction, letters: DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  const kept = await keepRoom(tx, letters);
  if (kept.length > 0) insertLetters(tx, kept);
}

function insertLetters(tx: Transaction, letters: DeadLetter[]): void {
  const { from, select, values } = unnestRows(letters, columns, { alias: 'r' });
  tx.send(
    `/* dead-letter.insertLetters */
     insert into footfall.dead_letter (${names})
     select ${select} from ${from} order by r.site, r.dead_letter_id
     on conflict do nothing`,
    values,
  );
}
