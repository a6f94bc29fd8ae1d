import { batchSchema, type Envelope } from '@footfall/schema';
import { maxBatchEvents } from '@footfall/schema/limits';
import { Refusal } from '../refusal.js';
import { sanitize } from './sanitize.js';

/** A batch whose envelope is valid. Its events are not checked yet. */
export type Batch = Envelope;

/**
 * Checks what surrounds the events of a batch.
 *
 * @throws Refusal 400 where it does not fit the schema, 413 for more than 500 events
 */
export function readEnvelope(body: unknown): Batch {
  const parsed = batchSchema.safeParse(cleanAround(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join('.') || 'body';
    throw new Refusal(400, 'malformed', `${path}: ${issue?.message ?? 'does not fit the schema'}`, { path });
  }
  const { events } = parsed.data;
  if (events.length <= maxBatchEvents) return parsed.data;
  throw new Refusal(413, 'too_large', `events: expected at most ${maxBatchEvents}, got ${events.length}`, {
    path: 'events',
    hint: 'send the events in smaller batches',
  });
}

// Visitor and context are stored beside the events: they must be as clean as these, which are checked one by one later.
function cleanAround(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('events' in body)) return body;
  const { events, ...around } = body;
  const clean = sanitize(around);
  if ('problem' in clean) throw new Refusal(400, 'malformed', `body: ${clean.message} around the events`);
  return Object.assign(Object(clean.value), { events });
}
