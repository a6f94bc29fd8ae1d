import type { IngestMetrics } from '../metrics/ingest-metrics.js';
import { Refusal } from '../refusal.js';
import type { PendingEvent } from './event-row.js';
import type { Outcomes } from './isolate.js';
import type { RefusedEvent } from './validate.js';

type Answered = {
  rows: PendingEvent[];
  /** Of the whole flush. */
  outcomes: Outcomes;
  refused: RefusedEvent[];
  excluded: number;
  sentAt: number | undefined;
  receivedAt: number;
};

/** Counts the events of a batch that was answered. */
export function countOutcomes({ events, clockSkewSeconds }: IngestMetrics, answered: Answered): void {
  const { rows, outcomes, refused, excluded, sentAt, receivedAt } = answered;
  for (const row of rows) {
    const outcome = outcomes.get(row) ?? 'duplicate';
    if (outcome === 'too_old') events.add({ outcome: 'rejected', reason: 'too_old' });
    else if (outcome === 'refused') events.add({ outcome: 'rejected', reason: 'schema' });
    else if (outcome === 'erased') events.add({ outcome: 'rejected', reason: 'erased' });
    else events.add({ outcome, reason: '' });
  }
  for (const { code } of refused) events.add({ outcome: 'rejected', reason: code });
  events.add({ outcome: 'rejected', reason: 'excluded' }, excluded);
  if (sentAt !== undefined && rows.length > 0) clockSkewSeconds.observe(Math.abs(receivedAt - sentAt) / 1000);
}

/** Counts the events of a batch that was refused as a whole; its client sends it again. */
export function countRefusal(
  { events }: IngestMetrics,
  { events: count, error }: { events: number; error: unknown },
): void {
  const reason = error instanceof Refusal ? error.code : 'unavailable';
  events.add({ outcome: reason === 'rate_limited' ? reason : 'rejected', reason }, count);
}
