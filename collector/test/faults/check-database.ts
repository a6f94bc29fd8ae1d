import pg from 'pg';
import { findWrongRollups } from './check-rollups.js';
import type { Oracle } from './load.js';

export type Verdict = {
  acknowledged: number;
  stored: number;
  lost: number;
  twice: number;
  unknown: number;
  sessions: number;
  wrongSessions: string[];
  wrongRollups: string[];
};

/** What a flawless database shows of a verdict. */
export const flawless = { lost: 0, twice: 0, unknown: 0, wrongSessions: [], wrongRollups: [] };

type EventRow = {
  event_id: string;
  session_id: string | null;
  visitor_id: string | null;
  type: string;
  at: number;
  url: string | null;
};

type SessionRow = {
  session_id: string;
  is_client_id: boolean;
  started: number;
  ended: number;
  last_seen: number;
  event_count: number;
  pageview_count: number;
  interaction_count: number;
  error_count: number;
  entry_url: string | null;
  exit_url: string | null;
};

const sessionGapMs = 1_800_000;
const interactions = new Set(['click', 'form_start', 'form_submit', 'text_copy', 'custom']);

/** Compares what is stored with what was acknowledged, each session with its events, and the rollups with both. */
export async function checkDatabase(url: string, oracle: Oracle): Promise<Verdict> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: events } = await client.query<EventRow>(
      `select event_id, session_id, visitor_id, type, (extract(epoch from occurred_at) * 1000)::float8 as at, url
       from footfall.events`,
    );
    const { rows: sessions } = await client.query<SessionRow>(
      `select session_id, is_client_id, event_count, pageview_count, interaction_count, error_count, entry_url, exit_url,
         (extract(epoch from started_at) * 1000)::float8 as started,
         (extract(epoch from ended_at) * 1000)::float8 as ended,
         (extract(epoch from last_seen_at) * 1000)::float8 as last_seen
       from footfall.sessions`,
    );
    return { ...judge({ events, sessions, oracle }), wrongRollups: await findWrongRollups(client) };
  } finally {
    await client.end();
  }
}

/** The newest events that are stored although nobody was told so. */
export async function findUnacknowledged(url: string, { acknowledged }: Oracle): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ event_id: string }>(
      `select event_id from footfall.events where received_at > now() - interval '1 minute'`,
    );
    return rows.map(({ event_id }) => event_id).filter((id) => !acknowledged.has(id));
  } finally {
    await client.end();
  }
}

function judge({
  events,
  sessions,
  oracle,
}: {
  events: EventRow[];
  sessions: SessionRow[];
  oracle: Oracle;
}): Omit<Verdict, 'wrongRollups'> {
  const ids = new Set(events.map(({ event_id }) => event_id));
  return {
    acknowledged: oracle.acknowledged.size,
    stored: ids.size,
    lost: [...oracle.acknowledged].filter((id) => !ids.has(id)).length,
    twice: events.length - ids.size,
    unknown: [...ids].filter((id) => !oracle.sent.has(id)).length,
    sessions: sessions.length,
    wrongSessions: [...findWrongRows(events, sessions), ...findWrongCuts(events, sessions)],
  };
}

function groupBy<Item>(items: Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return groups;
}

function inOrder(events: EventRow[]): EventRow[] {
  return events.toSorted((a, b) => a.at - b.at || (a.event_id < b.event_id ? -1 : 1));
}

/** Sessions whose row is not the sum of their events, and events whose session has no row. */
function findWrongRows(events: EventRow[], sessions: SessionRow[]): string[] {
  const groups = groupBy(events, ({ session_id }) => String(session_id));
  const wrong = sessions.filter((row) => {
    const expected = recompute(row, inOrder(groups.get(row.session_id) ?? []));
    return JSON.stringify(expected) !== JSON.stringify(row);
  });
  const known = new Set(sessions.map(({ session_id }) => session_id));
  return [
    ...wrong.map(({ session_id }) => session_id),
    ...[...groups.keys()].filter((id) => !known.has(id)).map((id) => `no row: ${id}`),
  ];
}

function recompute(row: SessionRow, events: EventRow[]): SessionRow {
  const pageviews = events.filter(({ type }) => type === 'pageview');
  return {
    session_id: row.session_id,
    is_client_id: row.is_client_id,
    event_count: events.length,
    pageview_count: pageviews.length,
    interaction_count: events.filter(({ type }) => interactions.has(type)).length,
    error_count: events.filter(({ type }) => type === 'error').length,
    entry_url: (pageviews[0] ?? events[0])?.url ?? null,
    exit_url: pageviews.at(-1)?.url ?? null,
    started: events[0]?.at ?? 0,
    ended: events.at(-1)?.at ?? 0,
    last_seen: events.at(-1)?.at ?? 0,
  };
}

/** Sessions that the collector derived, where one pass over the visitor's events cuts elsewhere. */
function findWrongCuts(events: EventRow[], sessions: SessionRow[]): string[] {
  const derived = new Set(sessions.filter((row) => !row.is_client_id).map(({ session_id }) => session_id));
  const visitors = groupBy(
    events.filter(({ session_id }) => session_id !== null && derived.has(session_id)),
    ({ visitor_id }) => String(visitor_id),
  );
  return [...visitors].flatMap(([visitor, visits]) =>
    isCutRightly(inOrder(visits)) ? [] : [`cut of ${visitor}`],
  );
}

function isCutRightly(events: EventRow[]): boolean {
  return events.every((event, at) => {
    const previous = events[at - 1];
    if (!previous) return true;
    const isSame = previous.session_id === event.session_id;
    return isSame === event.at - previous.at <= sessionGapMs;
  });
}
