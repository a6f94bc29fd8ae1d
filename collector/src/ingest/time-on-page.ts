import type { PendingEvent } from './event-row.js';

// As long as the column holds, which is 24 days: a session of a wrong clock.
const maxMs = 2_147_483_647;

/**
 * Sets the time on those pages whose next pageview is in the same flush. The rollups find the others, and mend these
 * where another pageview comes in between; but what is right at once need not be written twice.
 */
export function setTimesOnPage(events: PendingEvent[]): void {
  const nextOf = new Map<string, number>();
  for (const event of sortLatestFirst(events.filter(({ type }) => type === 'pageview'))) {
    if (event.sessionId === null) continue;
    const session = `${event.site} ${event.sessionId}`;
    const next = nextOf.get(session);
    if (next !== undefined && next - event.occurredAt <= maxMs) event.timeOnPageMs = next - event.occurredAt;
    nextOf.set(session, event.occurredAt);
  }
}

function sortLatestFirst(events: PendingEvent[]): PendingEvent[] {
  return events.sort((a, b) => b.occurredAt - a.occurredAt || (a.eventId < b.eventId ? 1 : -1));
}
