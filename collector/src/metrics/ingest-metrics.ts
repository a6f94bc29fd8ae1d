import type { Counter, Histogram, Registry } from './registry.js';

export type IngestMetrics = {
  /** Each event once, at the answer to its request: what was received is the sum. */
  events: Counter;
  ackSeconds: Histogram;
  flushEvents: Histogram;
  clockSkewSeconds: Histogram;
  replayed: Counter;
  damaged: Counter;
  /** Requests of addresses that went on while they were refused: how many events they held is not known. */
  unread: Counter;
};

const secondsBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const eventsBounds = [1, 5, 20, 50, 100, 200, 500];
const skewBounds = [1, 10, 60, 600, 3_600, 86_400, 864_000];

/** What ingest counts. No label names a site or a URL: anybody who sees the metrics would see the customers. */
export function createIngestMetrics(registry: Registry): IngestMetrics {
  return {
    events: registry.counter('footfall_events_total', 'Events by what became of them, counted at the answer'),
    ackSeconds: registry.histogram(
      'footfall_ack_seconds',
      'From the body of a batch to its answer',
      secondsBounds,
    ),
    flushEvents: registry.histogram(
      'footfall_flush_events',
      'Events that shared a transaction',
      eventsBounds,
    ),
    clockSkewSeconds: registry.histogram(
      'footfall_clock_skew_seconds',
      'Between the clocks of browser and collector, either way',
      skewBounds,
    ),
    replayed: registry.counter(
      'footfall_spool_replayed_total',
      'Events that came from the spool, by what became of them',
    ),
    damaged: registry.counter(
      'footfall_spool_damaged_total',
      'Lines of the spool that were changed after they were written',
    ),
    unread: registry.counter(
      'footfall_unread_requests_total',
      'Requests that were refused before their body was read, as their address was over its limit already',
    ),
  };
}
