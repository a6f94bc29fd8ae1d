import type { Transaction } from '../db/database.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { lockMissing } from './close-components.js';
import { edgesOfEvent, edgesOfNeighbours } from './edges.js';
import { joinStreams } from './join-streams.js';
import { visitorLinkOf, writeVisitorLinks } from './links.js';
import { loadStreams, type StreamState, type StreamWindow } from './load-streams.js';
import { type FirstLock, keyOfStream, lockStreams, type StreamKey } from './lock-streams.js';
import { type Known, type Resolution, resolveSessions, streamKeyOf } from './resolve.js';
import type { SessionStart } from './store.js';
import { writeSessions } from './write-sessions.js';

/** The sessions of a flush: planned before its events are inserted, settled with those that turned out to be new. */
export type SessionPlan = { known: Known; events: PendingEvent[]; resolution: Resolution };

/**
 * Locks the streams that events belong to and gives each event its session.
 *
 * @param firstLock what the caller wants to hold before any stream
 * @param alsoLocked streams that an earlier try of the same flush was missing
 * @throws StreamsBusy when linked streams are needed that another transaction holds
 */
export async function planSessions(
  tx: Transaction,
  events: PendingEvent[],
  { firstLock, alsoLocked }: { firstLock: FirstLock; alsoLocked: StreamKey[] },
): Promise<SessionPlan> {
  const windows = windowsOf(events);
  const keys = [...windows, ...alsoLocked];
  await lockStreams(tx, firstLock, keys);
  const known = await loadKnown(tx, { windows, events, locked: new Set(keys.map(keyOfStream)) });
  return { known, events, resolution: await resolveSessions(tx, known, events) };
}

/**
 * Writes the sessions of the events that were inserted. Duplicates leave no trace in them.
 *
 * @returns when the sessions that changed start, and when they started before
 */
export async function settleSessions(
  tx: Transaction,
  { known, events, resolution }: SessionPlan,
  inserted: PendingEvent[],
): Promise<SessionStart[]> {
  if (inserted.length === 0) return [];
  const insertedAs = new Map(inserted.map((event) => [event, event.sessionId]));
  // The plan counted on events that turned out to be stored already: without them the cut may be another.
  const isAsPlanned = inserted.length === events.length;
  const settled = isAsPlanned ? resolution : await resolveSessions(tx, known, inserted);
  const starts = writeSessions(tx, { known, resolution: settled, insertedAs });
  writeVisitorLinks(
    tx,
    inserted.flatMap((event) => visitorLinkOf(event) ?? []),
  );
  return starts;
}

/** The streams of events, each with the time that its events span. */
function windowsOf(events: PendingEvent[]): StreamWindow[] {
  const windows = new Map<string, StreamWindow>();
  for (const event of events) {
    for (const key of streamsOf(event)) {
      const { occurredAt } = event;
      const known = windows.get(keyOfStream(key)) ?? { ...key, from: occurredAt, to: occurredAt };
      known.from = Math.min(known.from, occurredAt);
      known.to = Math.max(known.to, occurredAt);
      windows.set(keyOfStream(key), known);
    }
  }
  return [...windows.values()];
}

function streamsOf(event: PendingEvent): StreamKey[] {
  const own = streamKeyOf(event);
  // What consent links is asked for when the link turns out to be new: nearly always it is known already.
  const link = event.clientSessionId === null ? visitorLinkOf(event) : undefined;
  return [...(own ? [own] : []), ...(link ? [{ site: link.site, stream: link.previousStream }] : [])];
}

type Search = { windows: StreamWindow[]; events: PendingEvent[]; locked: Set<string> };

/** Reads what is stored around events, with the other days of the same visitors. */
async function loadKnown(tx: Transaction, { windows, events, locked }: Search): Promise<Known> {
  let wanted = windows;
  for (;;) {
    const states = await loadStreams(tx, wanted);
    const widened = widen(wanted, states, events);
    if (widened === wanted)
      return { states: new Map(states.map((state) => [keyOfStream(state), state])), locked };
    wanted = widened;
    await lockMissing(tx, wanted, locked);
  }
}

/** Gives the streams of one visitor one window, where links show that there are several; else the windows as they are. */
function widen(windows: StreamWindow[], states: StreamState[], events: PendingEvent[]): StreamWindow[] {
  const edges = [...states.flatMap(edgesOfNeighbours), ...events.flatMap(edgesOfEvent)];
  if (edges.length === 0) return windows;
  const rootOf = joinStreams(windows.map(keyOfStream), edges);
  const lanes = new Map<string, { from: number; to: number }>();
  for (const window of windows) {
    const root = rootOf(keyOfStream(window));
    const { from, to } = lanes.get(root) ?? window;
    lanes.set(root, { from: Math.min(from, window.from), to: Math.max(to, window.to) });
  }
  const keys = [...windows, ...states.flatMap(neighbourKeys)];
  const unique = new Map(keys.map(({ site, stream }) => [keyOfStream({ site, stream }), { site, stream }]));
  const widened = [...unique].map(([key, stream]) => ({
    ...stream,
    from: 0,
    to: 0,
    ...lanes.get(rootOf(key)),
  }));
  const before = new Map(windows.map((window) => [keyOfStream(window), window]));
  const isSame = widened.every((window) => {
    const known = before.get(keyOfStream(window));
    return known?.from === window.from && known.to === window.to;
  });
  return isSame ? windows : widened;
}

function neighbourKeys({ site, neighbours }: StreamState): StreamKey[] {
  return neighbours.map((stream) => ({ site, stream }));
}
