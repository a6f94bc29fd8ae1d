import type { BatchAnswer, Rejection } from '@footfall/schema';
import { applyExclusions } from './apply-exclusions.js';
import { type DeadLetter, tellTwinsApart, toDeadLetter } from './dead-letter.js';
import { type Client, type EnrichDeps, enrichEvents } from './enrich.js';
import type { PendingEvent } from './event-row.js';
import type { Committer, Submission } from './group-commit.js';
import type { Outcomes } from './isolate.js';
import { standInFor, toLetterClient } from './letter-client.js';
import { type Batch, readEnvelope } from './read-envelope.js';
import { scrubEvents } from './scrub.js';
import { type RefusedEvent, type ValidEvent, validateEvents } from './validate.js';

export type CollectDeps = EnrichDeps & { committer: Committer };

/** A request as it came in: who sent it, when, and its parsed body with the size that it had. */
export type Received = { client: Client; receivedAt: number; body: unknown; bytes: number };

type Sources = Map<PendingEvent, ValidEvent>;

/**
 * Takes a batch from its parsed body to its answer. When it returns, every accepted event is durable.
 *
 * @throws Refusal 400 for an envelope that is not one, 413 for too many events, 503 when too much is waiting
 */
export async function collect(deps: CollectDeps, received: Received): Promise<BatchAnswer> {
  const batch = readEnvelope(received.body);
  const { kept, excluded } = applyExclusions(received.client, validateEvents(batch.events));
  const { valid, refused } = kept;
  const events = scrubEvents(valid);
  const pending = await enrichEvents(deps, { ...received, batch, events });
  const sources: Sources = new Map(pending.map((event, at) => [event, events[at] ?? noSource()]));
  const letters = await writeLetters(deps, { received, batch, refused });
  const outcomes = await deps.committer.submit(toSubmission({ received, batch, letters, sources }));
  return answer({ sources, outcomes, refused, excluded, serverTime: received.receivedAt });
}

function noSource(): never {
  throw new Error('collect: enrichEvents returns a row for each event, in their order');
}

type Refusals = { received: Received; batch: Batch; refused: RefusedEvent[] };

async function writeLetters(deps: EnrichDeps, { received, batch, refused }: Refusals): Promise<DeadLetter[]> {
  if (refused.length === 0) return [];
  const events = refused.map((event) => standInFor(event, received.receivedAt));
  const rows = await enrichEvents(deps, { ...received, batch, events });
  const shared = describeBatch(received, batch);
  const letters = refused.map(({ code, message, id, event }, at) => {
    const client = toLetterClient(received.client, rows[at] ?? noSource());
    return toDeadLetter({ ...shared, client, reason: code, message, eventId: id, event });
  });
  return tellTwinsApart(letters);
}

function describeBatch({ client, receivedAt }: Received, { events: _, ...batch }: Batch) {
  return { site: client.site.site, receivedAt, batch };
}

function toSubmission({
  received,
  batch,
  letters,
  sources,
}: {
  received: Received;
  batch: Batch;
  letters: DeadLetter[];
  sources: Sources;
}): Submission {
  const shared = describeBatch(received, batch);
  return {
    bytes: received.bytes,
    events: [...sources.keys()],
    letters,
    toLetter(pending, { reason, sqlstate }): DeadLetter {
      const source = sources.get(pending) ?? noSource();
      const message = describeRefusal(source, reason);
      const client = toLetterClient(received.client, pending);
      const { event } = source;
      return {
        ...toDeadLetter({ ...shared, client, reason, message, eventId: pending.eventId, event }),
        sqlstate,
      };
    },
  };
}

function describeRefusal({ index }: { index: number }, reason: 'too_old' | 'schema'): string {
  if (reason === 'too_old') return `events[${index}].ts: expected at most 35 days before now`;
  return `events[${index}]: expected values that the database can hold`;
}

function answer({
  sources,
  outcomes,
  refused,
  excluded,
  serverTime,
}: {
  sources: Sources;
  outcomes: Outcomes;
  refused: RefusedEvent[];
  excluded: number;
  serverTime: number;
}): BatchAnswer {
  const count = { stored: 0, duplicate: 0 };
  const rejected: Rejection[] = refused.map(({ index, id, code, message }) => ({ index, id, code, message }));
  for (const [pending, source] of sources) {
    const outcome = outcomes.get(pending) ?? 'duplicate';
    if (outcome === 'stored' || outcome === 'duplicate') count[outcome] += 1;
    else rejected.push(toRejection(pending, source, outcome === 'too_old' ? 'too_old' : 'schema'));
  }
  return {
    accepted: count.stored,
    duplicate: count.duplicate,
    rejected: rejected.sort((a, b) => a.index - b.index),
    ...(excluded > 0 && { excluded }),
    serverTime,
  };
}

function toRejection({ eventId }: PendingEvent, source: ValidEvent, code: 'too_old' | 'schema'): Rejection {
  return { index: source.index, id: eventId, code, message: describeRefusal(source, code) };
}
