import { type BatchAnswer, batchSchema, type Envelope, type Rejection } from '@footfall/schema';
import { maxBatchEvents } from '@footfall/schema/limits';
import type { Database } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { commit, type Outcome } from './commit.js';
import { type DeadLetter, toDeadLetter } from './dead-letter.js';
import { type Client, type EnrichDeps, enrichEvents } from './enrich.js';
import type { PendingEvent } from './event-row.js';
import { type RefusedEvent, validateEvents } from './validate.js';

export type CollectDeps = EnrichDeps & { database: Database; now: () => number };

type Indexed = { index: number; event: unknown; pending: PendingEvent };

/**
 * Takes a batch from its parsed body to its answer. When it returns, every accepted event is durable.
 *
 * @throws Refusal 400 for an envelope that is not one, 413 for too many events
 */
export async function collect(deps: CollectDeps, client: Client, body: unknown): Promise<BatchAnswer> {
  const receivedAt = deps.now();
  const batch = readEnvelope(body);
  const { valid, refused } = validateEvents(batch.events);
  const pending = await enrichEvents(deps, { batch, client, receivedAt, events: valid });
  const indexed = pending.map((event, at) => ({ ...valid[at], index: valid[at]?.index ?? at, event: valid[at]?.event, pending: event }));
  const letters = (tooOld: PendingEvent[]) => writeLetters({ client, batch, receivedAt }, refused, indexed.filter((item) => tooOld.includes(item.pending)));
  const outcomes = await commit(deps.database, pending, { deadLetters: letters });
  return answer({ indexed, outcomes, refused, serverTime: receivedAt });
}

function readEnvelope(body: unknown): Envelope {
  const parsed = batchSchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join('.') || 'body';
    throw new Refusal(400, 'malformed', `${path}: ${issue?.message ?? 'does not fit the schema'}`, { path });
  }
  if (parsed.data.events.length <= maxBatchEvents) return parsed.data;
  throw new Refusal(413, 'too_large', `events: expected at most ${maxBatchEvents}, got ${parsed.data.events.length}`, {
    path: 'events',
    hint: 'send the events in smaller batches',
  });
}

function describeAge({ index }: { index: number }): string {
  return `events[${index}].ts: expected at most 35 days before now`;
}

function writeLetters(
  { client, batch, receivedAt }: { client: Client; batch: Envelope; receivedAt: number },
  refused: RefusedEvent[],
  tooOld: Indexed[],
): DeadLetter[] {
  const { events: _, ...around } = batch;
  const shared = { site: client.site.site, receivedAt, batch: around };
  return [
    ...refused.map(({ code, message, id, event }) => toDeadLetter({ ...shared, reason: code, message, eventId: id, event })),
    ...tooOld.map((item) =>
      toDeadLetter({ ...shared, reason: 'too_old', message: describeAge(item), eventId: item.pending.eventId, event: item.event }),
    ),
  ];
}

function answer({
  indexed,
  outcomes,
  refused,
  serverTime,
}: {
  indexed: Indexed[];
  outcomes: Outcome[];
  refused: RefusedEvent[];
  serverTime: number;
}): BatchAnswer {
  const tooOld = indexed.filter((_, at) => outcomes[at] === 'too_old');
  const rejected: Rejection[] = [
    ...refused.map(({ index, id, code, message }) => ({ index, id, code, message })),
    ...tooOld.map((item) => ({
      index: item.index,
      id: item.pending.eventId,
      code: 'too_old' as const,
      message: describeAge(item),
    })),
  ];
  return {
    accepted: outcomes.filter((outcome) => outcome === 'stored').length,
    duplicate: outcomes.filter((outcome) => outcome === 'duplicate').length,
    rejected: rejected.sort((a, b) => a.index - b.index),
    serverTime,
  };
}
