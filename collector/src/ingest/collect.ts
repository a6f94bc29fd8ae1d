import type { BatchAnswer, Rejection } from '@footfall/schema';
import type { RateLimits } from '../access/rate-limits.js';
import type { IngestMetrics } from '../metrics/ingest-metrics.js';
import { applyExclusions } from './apply-exclusions.js';
import { attachDrops } from './client-drops.js';
import { countOutcomes, countRefusal } from './count-outcomes.js';
import { type DeadLetter, tellTwinsApart, toDeadLetter } from './dead-letter.js';
import { type Client, type EnrichDeps, enrichEvents } from './enrich.js';
import type { PendingEvent } from './event-row.js';
import type { Committer, Submission } from './group-commit.js';
import type { Outcomes } from './isolate.js';
import { standInFor, toLetterClient } from './letter-client.js';
import { describeRefusal, letterMaker, type Origin } from './letter-of.js';
import { type Batch, readEnvelope } from './read-envelope.js';
import { scrubEvents } from './scrub.js';
import { type RefusedEvent, type ValidEvent, validateEvents } from './validate.js';

export type CollectDeps = EnrichDeps & {
  committer: Committer;
  metrics: IngestMetrics;
  /** Throws a Refusal where a sender or a site sends too much. */
  limits: Pick<RateLimits, 'takeEvents'>;
};

/** A request as it came in: who sent it, when, and its parsed body with the size that it had. */
export type Received = { client: Client; receivedAt: number; body: unknown; bytes: number };

type Sources = Map<PendingEvent, ValidEvent>;

/**
 * Takes a batch from its parsed body to its answer. When it returns, every accepted event is durable.
 *
 * @throws Refusal 400 for an envelope that is not one, 413 for too many events, 429 over a rate limit, 503 when too much is waiting
 */
export async function collect(deps: CollectDeps, received: Received): Promise<BatchAnswer> {
  const batch = readEnvelope(received.body);
  const { client } = received;
  try {
    deps.limits.takeEvents({ ...client, site: client.site.site }, batch.events.length);
    return await store(deps, { received, batch });
  } catch (error) {
    countRefusal(deps.metrics, { events: batch.events.length, error });
    throw error;
  }
}

async function store(
  deps: CollectDeps,
  { received, batch }: { received: Received; batch: Batch },
): Promise<BatchAnswer> {
  const { kept, excluded } = applyExclusions(received.client, validateEvents(batch.events, received.client));
  const { valid, refused } = kept;
  const events = scrubEvents(valid);
  const pending = await enrichEvents(deps, { ...received, batch, events });
  attachDrops(pending, batch.dropped);
  const sources: Sources = new Map(pending.map((event, at) => [event, events[at] ?? noSource()]));
  const letters = await writeLetters(deps, { received, batch, refused });
  const outcomes = await deps.committer.submit(toSubmission({ received, batch, letters, sources }));
  const { receivedAt } = received;
  countOutcomes(deps.metrics, {
    rows: pending,
    outcomes,
    refused,
    excluded,
    sentAt: batch.sentAt,
    receivedAt,
  });
  return answer({ sources, outcomes, refused, excluded, serverTime: receivedAt });
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
  const events = [...sources.keys()];
  const { isServer, userAgent, clientHints, language } = received.client;
  const origin: Origin = {
    ...describeBatch(received, batch),
    sender: { isServer, userAgent, clientHints, language },
    sources: [...sources.values()].map(({ index, event }) => ({ index, event })),
  };
  return { bytes: received.bytes, events, letters, origin, toLetter: letterMaker(events, origin) };
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
  const count = { stored: 0, duplicate: 0, spooled: 0, erased: 0 };
  const rejected: Rejection[] = refused.map(({ index, id, code, message }) => ({ index, id, code, message }));
  for (const [pending, source] of sources) {
    const outcome = outcomes.get(pending) ?? 'duplicate';
    if (outcome === 'too_old') rejected.push(toRejection(pending, source, 'too_old'));
    else if (outcome === 'refused') rejected.push(toRejection(pending, source, 'schema'));
    else count[outcome] += 1;
  }
  const leftOut = excluded + count.erased;
  return {
    // What is spooled may turn out to be stored already: that is known only when the database is back.
    accepted: count.stored + count.spooled,
    duplicate: count.duplicate,
    rejected: rejected.sort((a, b) => a.index - b.index),
    ...(leftOut > 0 && { excluded: leftOut }),
    serverTime,
  };
}

function toRejection({ eventId }: PendingEvent, source: ValidEvent, code: 'too_old' | 'schema'): Rejection {
  return { index: source.index, id: eventId, code, message: describeRefusal(source.index, code) };
}
