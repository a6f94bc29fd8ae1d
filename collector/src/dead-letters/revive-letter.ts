import type { Site } from '../access/sites.js';
import type { DeadLetter } from '../ingest/dead-letter.js';
import { type EnrichDeps, enrichEvents } from '../ingest/enrich.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { readEnvelope } from '../ingest/read-envelope.js';
import { scrubEvents } from '../ingest/scrub.js';
import { validateEvents } from '../ingest/validate.js';
import { Refusal } from '../refusal.js';
import type { StoredLetter } from './stored-letters.js';

/** A letter whose event passes now, or the same letter with the reason that it has today. */
export type Revived = { letter: StoredLetter; event: PendingEvent | null };

/** Takes a dead letter through validation and enrichment again, as of the time when it came. */
export async function reviveLetter(letter: StoredLetter, site: Site): Promise<Revived> {
  const { batch: around, client, event, receivedAt } = letter;
  if (event === null) return { letter, event: null };
  try {
    const batch = readEnvelope({ ...around, events: [event] });
    const { valid, refused } = validateEvents(batch.events, client);
    const events = scrubEvents(valid);
    const { clientHints, ...sender } = client;
    const known = { ...sender, site, address: '', clientHints: clientHints ?? undefined };
    const [row] = await enrichEvents(rememberedBy(letter), { batch, client: known, receivedAt, events });
    const [why] = refused;
    if (row) return { letter, event: row };
    return { letter: why ? { ...letter, reason: why.code, message: why.message } : letter, event: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { letter: { ...letter, reason: 'schema', message: error.message }, event: null };
  }
}

// The address is gone and so may be the salt: place and visitor are those that were derived when the event came. What the
// visitor was called the day before is not known any more, so a name is given that nobody has.
function rememberedBy({ client }: StoredLetter): EnrichDeps {
  const visitorId = client.visitorId ?? '';
  let today: string | undefined;
  return {
    geo: { lookup: () => client.place },
    visitors: {
      async hash(_browser, { day }) {
        today ??= day;
        return day === today ? visitorId : `${visitorId} before`;
      },
    },
  };
}

/** The letter as the commit would write it: under its old id, so that nothing is added. */
export function asDeadLetter(
  letter: StoredLetter,
  { reason, sqlstate }: { reason: string; sqlstate: string | null },
): DeadLetter {
  return { ...letter, reason, sqlstate, excerpt: null };
}
