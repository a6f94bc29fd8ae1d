import type { Transaction } from '../db/database.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { loadStreams, type StreamState, type StreamWindow } from './load-streams.js';
import { keyOfStream, lockMoreStreams, type StreamKey } from './lock-streams.js';
import { readStream, type Stream, sessionStream } from './stream.js';

/** Streams whose sessions must be cut again together, and the time within which they can change. */
export type Component = {
  site: string;
  arrivals: PendingEvent[];
  streams: Set<Stream>;
  from: number;
  to: number;
  /** What is stored of each stream in that time. */
  states: StreamState[];
};

/**
 * Adds to components whatever their sessions depend on, until nothing is missing: sessions that follow each other without a
 * gap and are cut by the 24 hours alone, the visitor's hashes of other days, streams that consent has linked. Sessions that
 * ended earlier stay as they are, since a cut depends on earlier events only: else a client that never pauses would be read
 * from its first day on.
 *
 * @throws StreamsBusy when a stream is needed that another transaction works on
 */
export async function closeComponents(
  tx: Transaction,
  { components, locked }: { components: Component[]; locked: Set<string> },
): Promise<Component[]> {
  let open = components;
  const closed: Component[] = [];
  while (open.length > 0) {
    await lockMissing(tx, open.flatMap(keysOf), locked);
    const states = await loadStreams(tx, open.flatMap(windowsOf));
    const grown = open.map((component) => grow(component, states.splice(0, component.streams.size)));
    closed.push(...grown.filter((component, at) => isSame(component, open[at])));
    open = grown.filter((component, at) => !isSame(component, open[at]));
  }
  return closed;
}

function keysOf({ site, streams }: Component): StreamKey[] {
  return [...streams].map((stream) => ({ site, stream }));
}

function windowsOf({ site, streams, from, to }: Component): StreamWindow[] {
  return [...streams].map((stream) => ({ site, stream, from, to }));
}

export async function lockMissing(tx: Transaction, streams: StreamKey[], locked: Set<string>): Promise<void> {
  const missing = streams.filter((key) => !locked.has(keyOfStream(key)));
  if (missing.length === 0) return;
  await lockMoreStreams(tx, missing);
  for (const key of missing) locked.add(keyOfStream(key));
}

function grow(component: Component, states: StreamState[]): Component {
  const spans = states.flatMap(spansOf);
  const ends = states.flatMap(({ sessions }) => sessions.map(({ endedAt }) => endedAt));
  return {
    ...component,
    states,
    streams: new Set([...component.streams, ...states.flatMap(relatedStreams)]),
    from: Math.min(component.from, ...spans.map(({ from }) => from)),
    to: Math.max(component.to, ...ends, ...spans.map(({ to }) => to)),
  };
}

/** What has to be seen from its start, because its events may have to leave it. */
function spansOf({ named, links }: StreamState): { from: number; to: number }[] {
  return [
    ...(named ? [{ from: named.startedAt, to: named.lastSeenAt }] : []),
    ...links.map(({ openFrom, openTo }) => ({ from: openFrom, to: openTo })),
  ];
}

function relatedStreams({ stream, neighbours, links }: StreamState): Stream[] {
  const isVisitor = 'visitorId' in readStream(stream);
  const linked = links.flatMap((link) => {
    if (isVisitor) return [sessionStream(link.sessionId)];
    return link.stream === null ? [] : [link.stream];
  });
  return [...neighbours, ...linked];
}

function isSame(a: Component, b: Component | undefined): boolean {
  return b !== undefined && a.streams.size === b.streams.size && a.from === b.from && a.to === b.to;
}
