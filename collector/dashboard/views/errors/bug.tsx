export type BugState = 'open' | 'resolved' | 'ignored' | 'regressed';

/** Where something was thrown, as it was sent. */
export type Frame = {
  func: string | null;
  file: string | null;
  line: number | null;
  column: number | null;
};

/** A bug as `GET /api/v1/errors` lists it. */
export type Bug = {
  id: string;
  type: string | null;
  message: string | null;
  culprit: Frame;
  state: BugState;
  first_seen: string;
  last_seen: string;
  release: string | null;
  releases: string[];
  browsers: string[];
  occurrences: number;
  sessions: number;
  visitors: number;
};

/** What a bug is called: its type and message. */
export function nameBug({ type, message }: Pick<Bug, 'type' | 'message'>): string {
  return [type, message].filter(Boolean).join(': ') || 'Error without a message';
}

/** Where it was thrown, in one line. */
export function placeOf({ culprit: { func, file, line, column } }: Pick<Bug, 'culprit'>): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  return [func, place].filter(Boolean).join(' · ') || 'Where is not known';
}

const states: Record<BugState, { title: string; kind: string }> = {
  open: { title: 'Open', kind: '' },
  resolved: { title: 'Resolved', kind: 'is-good' },
  ignored: { title: 'Ignored', kind: '' },
  regressed: { title: 'Came back', kind: 'is-bad' },
};

/** The state of a bug; "open" is the usual one and is not said. */
export function StateBadge({ state }: { state: BugState }) {
  if (state === 'open') return null;
  const { title, kind } = states[state];
  return <span class={`badge ${kind}`}>{title}</span>;
}
