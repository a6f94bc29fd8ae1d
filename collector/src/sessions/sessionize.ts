import type { Transaction } from '../db/database.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { aggregateSessions, isActive } from './aggregate.js';
import { assignSessions, type Interval } from './assign.js';
import { moveEvents, rebuildSessions } from './rebuild.js';
import { type SessionStart, upsertSessions } from './store.js';
import { loadIntervals, lockVisitors, type VisitorWindow, visitorKey } from './visitor-sessions.js';

type Group = { window: VisitorWindow; events: PendingEvent[]; stored: Interval[] };

/** The sessions of a flush: planned before its events are inserted, settled with those that turned out to be new. */
export type SessionPlan = { groups: Group[] };

/** Locks the visitors whose sessions are derived from their events and gives each of these events a session. */
export async function planSessions(tx: Transaction, events: PendingEvent[]): Promise<SessionPlan> {
  const groups = groupByVisitor(events.filter(isDerived));
  await lockVisitors(
    tx,
    groups.map(({ window }) => window),
  );
  if (groups.length === 0) return { groups };
  const stored = await loadIntervals(
    tx,
    groups.map(({ window }) => window),
  );
  for (const group of groups) {
    group.stored = stored.get(visitorKey(group.window)) ?? [];
    assignGroup(group);
  }
  return { groups };
}

/**
 * Writes the sessions of the events that were inserted. Duplicates leave no trace in them.
 *
 * @returns when the sessions that changed start, and when they started before
 */
export async function settleSessions(
  tx: Transaction,
  plan: SessionPlan,
  inserted: PendingEvent[],
): Promise<SessionStart[]> {
  const isNew = new Set(inserted);
  const rebuilds: Group[] = [];
  for (const group of plan.groups) {
    const events = group.events.filter((event) => isNew.has(event));
    if (events.length === 0) continue;
    const settled = { ...group, events, window: windowOf(group.window, events) };
    if (events.length < group.events.length) await reassign(tx, settled);
    if (needsRebuild(settled)) rebuilds.push(settled);
  }
  const starts = await upsertSessions(tx, aggregateSessions(inserted));
  for (const { window, events } of rebuilds) {
    starts.push(...(await rebuildSessions(tx, window, sessionIdsOf(events))));
  }
  return starts;
}

function isDerived(event: PendingEvent): event is PendingEvent & { visitorId: string } {
  return !event.isClientSession && !event.isServer && !event.isTooOld && event.visitorId !== null;
}

function groupByVisitor(events: (PendingEvent & { visitorId: string })[]): Group[] {
  const groups = new Map<string, Group>();
  for (const event of events) {
    const key = visitorKey(event);
    const { site, visitorId, occurredAt } = event;
    const group = groups.get(key) ?? {
      window: { site, visitorId, from: occurredAt, to: occurredAt },
      events: [],
      stored: [],
    };
    group.events.push(event);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({ ...group, window: windowOf(group.window, group.events) }));
}

function windowOf(window: VisitorWindow, events: PendingEvent[]): VisitorWindow {
  const times = events.map(({ occurredAt }) => occurredAt);
  return { ...window, from: Math.min(...times), to: Math.max(...times) };
}

function assignGroup({ stored, events }: Group): void {
  const { sessionOf } = assignSessions(stored, events.map(toArrival));
  for (const event of events) event.sessionId = sessionOf.get(event.eventId) ?? null;
}

function needsRebuild({ stored, events }: Group): boolean {
  return assignSessions(stored, events.map(toArrival)).mustRebuild;
}

// The plan counted on events that turned out to be stored already: without them the cut may be another.
async function reassign(tx: Transaction, group: Group): Promise<void> {
  const before = new Map(group.events.map((event) => [event, event.sessionId]));
  assignGroup(group);
  await moveEvents(
    tx,
    group.events.filter((event) => event.sessionId !== before.get(event)),
  );
}

function toArrival(event: PendingEvent) {
  return { eventId: event.eventId, occurredAt: event.occurredAt, isActive: isActive(event) };
}

function sessionIdsOf(events: PendingEvent[]): string[] {
  return events.flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId]));
}
