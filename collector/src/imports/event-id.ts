import { createHash } from 'node:crypto';
import { uuidv7 } from '@footfall/schema/ids';

// About 15 MB. Identical lines have the same second in them, so that they stand close together.
const maxRemembered = 100_000;

/**
 * Makes the ids of log lines: a UUIDv7 of the line's time, its random part the SHA-256 of site, line and how many
 * identical lines came before. So a second import adds nothing, whatever the rule, and whether the file was cut in two
 * or has grown by lines at its end in between.
 *
 * The count starts anew with each import, since a line cannot tell whether its twin in another file is a second request
 * or the same one in a copy of the file. Identical lines that a rotation tore apart (same second, client, page, size and
 * agent, on both sides of the cut) are therefore stored once. So are those with 100,000 other lines between them.
 * Within a second, ids are in no order: a place in the file would change with every cut.
 */
export function createEventIds(site: string): (line: { text: string; time: number }) => string {
  const counts = new Map<string, number>();

  function countTwins(key: string): number {
    const count = (counts.get(key) ?? 0) + 1;
    counts.delete(key);
    counts.set(key, count);
    if (counts.size > maxRemembered) forgetOldest(counts);
    return count;
  }

  return function eventIdOf({ text, time }) {
    const first = hash(site, text, 1);
    const count = countTwins(first.toString('base64', 0, 16));
    return uuidv7(time, count === 1 ? first : hash(site, text, count));
  };
}

function hash(site: string, text: string, count: number): Buffer {
  return createHash('sha256').update(`${site}\n${count}\n${text}`).digest();
}

function forgetOldest(counts: Map<string, number>): void {
  const oldest = counts.keys().next().value;
  if (oldest !== undefined) counts.delete(oldest);
}
