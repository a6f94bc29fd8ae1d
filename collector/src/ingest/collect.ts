import type { BatchAnswer, Rejection } from '@footfall/schema';
import { type DeadLetter, tellTwinsApart, toDeadLetter } from './dead-letter.js';
import { type Client, type EnrichDeps, enrichEvents } from './enrich.js';
import type { PendingEvent } from './event-row.js';
import type { Committer, Submission } from './group-commit.js';
import type { Outcomes } from './isolate.js';
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
  const { valid, refused } = validateEvents(batch.events);
  const events = scrubEvents(valid);
  const pending = await enrichEvents(deps, { ...received, batch, events });
  const sources: Sources = new Map(pending.map((event, at) => [event, events[at] ?? noSource()]));
  const outcomes = await deps.committer.submit(toSubmission({ received, batch, refused, sources }));
  return answer({ sources, outcomes, refused, serverTime: received.receivedAt });
}

function noSource(): never {
  throw new Error('collect: enrichEvents returns a row for each event, in their order');
}

function toSubmission({
  received,
  batch,
  refused,
  sources,
}: {
  received: Received;
  batch: Batch;
  refused: RefusedEvent[];
  sources: Sources;
}): Submission {
  const { events: _, ...around } = batch;
  const shared = { site: received.client.site.site, receivedAt: received.receivedAt, batch: around };
  return {
    bytes: received.bytes,
    events: [...sources.keys()],
    letters: tellTwinsApart(
      refused.map(({ code, message, id, event }) =>
        toDeadLetter({ ...shared, reason: code, message, eventId: id, event }),
      ),
    ),
    toLetter(pending, { reason, sqlstate }): DeadLetter {
      const source = sources.get(pending) ?? noSource();
      const message = describeRefusal(source, reason);
      return {
        ...toDeadLetter({ ...shared, reason, message, eventId: pending.eventId, event: source.event }),
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
  serverTime,
}: {
  sources: Sources;
  outcomes: Outcomes;
  refused: RefusedEvent[];
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
    serverTime,
  };
}

function toRejection({ eventId }: PendingEvent, source: ValidEvent, code: 'too_old' | 'schema'): Rejection {
  return { index: source.index, id: eventId, code, message: describeRefusal(source, code) };
}
