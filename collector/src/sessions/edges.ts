import type { PendingEvent } from '../ingest/event-row.js';
import type { Edge } from './join-streams.js';
import { visitorLinkOf } from './links.js';
import type { StreamState } from './load-streams.js';
import { keyOfStream } from './lock-streams.js';
import { sessionStream } from './stream.js';

/** The streams of one visitor on days that follow each other. */
export function edgesOfNeighbours({ site, stream, neighbours }: StreamState): Edge[] {
  return neighbours.map((other) => [keyOfStream({ site, stream }), keyOfStream({ site, stream: other })]);
}

/** The streams that an event shows to be one visitor's, on two days. */
export function edgesOfEvent(event: PendingEvent): Edge[] {
  const link = visitorLinkOf(event);
  if (!link) return [];
  const { site, stream, previousStream } = link;
  return [[keyOfStream({ site, stream }), keyOfStream({ site, stream: previousStream })]];
}

/** Client sessions and the cookieless streams before them. */
export function edgesOfLinks({ site, links }: StreamState): Edge[] {
  return links.flatMap(({ sessionId, stream }): Edge[] =>
    stream === null
      ? []
      : [[keyOfStream({ site, stream: sessionStream(sessionId) }), keyOfStream({ site, stream })]],
  );
}
