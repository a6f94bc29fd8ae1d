/**
 * Sessions as ARCHITECTURE.md defines them, in the plainest way: all events at hand, sorted, looked at once. It shares no
 * line with the collector, so that a mistake would have to be made twice.
 */

const minute = 60_000;
const gap = 30 * minute;
const day = 24 * 60 * minute;

export type Recorded = {
  id: string;
  at: number;
  type: string;
  isServer: boolean;
  isBot: boolean;
  path: string;
  user: string | null;
  engagedMs: number;
  /** The id of the session that the browser named. */
  named: string | null;
  /** The visitor as stored: the id that was given, or a name for the hash of address, agent and day. */
  visitor: string | null;
  /** The cookieless visitor of the day before, where the event tells who that was. */
  before: string | null;
  /** The cookieless visitor whose open session goes on as this event's, and that one's visitor of the day before. */
  joins: { visitor: string; before: string | null } | null;
};

export type ExpectedSession = {
  session_id: string;
  is_client_id: boolean;
  client_session_id: string | null;
  visitor: string | null;
  user_id: string | null;
  is_bot: boolean;
  started_at: number;
  ended_at: number;
  last_seen_at: number;
  entry_rank: number;
  entry_event_id: string;
  entry_path: string;
  exit_event_id: string | null;
  exit_path: string | null;
  engaged_ms: number;
  pageview_count: number;
  event_count: number;
  interaction_count: number;
  error_count: number;
  is_bounce: boolean;
};

export type ExpectedEvent = { session: string | null; visitor: string | null };
export type Expected = { events: Map<string, ExpectedEvent>; sessions: ExpectedSession[] };

type Draft = { id: string; isClientId: boolean; client: string | null; events: Recorded[] };

/** The sessions of one site. */
export function expectSessions(all: Recorded[]): Expected {
  const sorted = [...all].sort(inOrder);
  const days = findPeople(sorted);
  const unnamed = sorted.filter((event) => event.named === null && event.visitor !== null);
  const kindOf = (visitor: string, isBot: boolean) => `${isBot ? 'bot' : 'person'} ${days(visitor, isBot)}`;
  let drafts = group(unnamed, (event) => kindOf(event.visitor ?? '', event.isBot)).flatMap(([who, events]) =>
    passOver(events).map((found) => ({ who, events: found })),
  );

  const rekeyed = new Map<string, string | null>();
  const joined = new Map<string, Recorded[]>();
  for (const claim of firstClaims(sorted)) {
    const who = kindOf(claim.joins?.visitor ?? '', claim.isBot);
    const open = drafts.find((draft) => draft.who === who && wouldTake(draft.events, claim.at));
    if (!open || claim.named === null) continue;
    joined.set(claim.named, open.events);
    for (const event of open.events) rekeyed.set(event.id, claim.visitor);
    drafts = drafts.filter((draft) => draft !== open);
  }

  const sessions: Draft[] = drafts.map(({ events }) => nameAfterFirst(events, null));
  for (const [named, events] of group(
    sorted.filter((event) => event.named !== null),
    (event) => event.named ?? '',
  ))
    sessions.push(...cutNamed(named, [...events, ...(joined.get(named) ?? [])].sort(inOrder)));

  const visitorOf = (event: Recorded) => rekeyed.get(event.id) ?? event.visitor;
  const events = new Map(
    all.map((event) => [event.id, { session: null, visitor: visitorOf(event) } as ExpectedEvent]),
  );
  for (const session of sessions)
    for (const event of session.events)
      events.set(event.id, { session: session.id, visitor: visitorOf(event) });
  return { events, sessions: sessions.map((session) => describe(session, visitorOf)) };
}

function inOrder(a: Recorded, b: Recorded): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.id < b.id ? -1 : 1;
}

export function isActive({ type, isServer }: Recorded): boolean {
  return !isServer && !['engagement', 'web_vital', 'exposure'].includes(type);
}

/** Gives the visitors of several days one name, where an event says that they are one. */
function findPeople(events: Recorded[]): (visitor: string, isBot: boolean) => string {
  const names = new Map<string, string>();
  const nameOf = (key: string): string => names.get(key) ?? key;
  for (const { visitor, before, joins, isBot, named } of events) {
    const pairs = [named === null ? [visitor, before] : [], joins ? [joins.visitor, joins.before] : []];
    for (const [today, yesterday] of pairs) {
      if (!today || !yesterday) continue;
      const from = nameOf(`${isBot} ${today}`);
      const to = nameOf(`${isBot} ${yesterday}`);
      for (const key of [`${isBot} ${today}`, `${isBot} ${yesterday}`]) names.set(key, nameOf(key));
      for (const [key, name] of names) if (name === from) names.set(key, to);
    }
  }
  return (visitor, isBot) => nameOf(`${isBot} ${visitor}`);
}

function group<Item>(items: Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const keys = [...new Set(items.map(keyOf))];
  return keys.map((key) => [key, items.filter((item) => keyOf(item) === key)]);
}

/** One pass over the active events; then each passive one looks for the session that was alive at its time. */
function passOver(events: Recorded[]): Recorded[][] {
  const sessions: Recorded[][] = [];
  for (const event of events.filter(isActive)) {
    const last = sessions.at(-1);
    if (last && wouldTake(last, event.at)) last.push(event);
    else sessions.push([event]);
  }
  const passive = events.filter((event) => !isActive(event));
  const alive = sessions.map(
    (session) => [session, passive.filter((event) => isAliveAt(session, event.at, sessions))] as const,
  );
  return alive.map(([session, more]) => [...session, ...more].sort(inOrder));
}

/** Whether an event of a time, at or after the start, would belong to a session. */
function wouldTake(session: Recorded[], at: number): boolean {
  const active = session.filter(isActive).map((event) => event.at);
  const start = Math.min(...active);
  return at >= start && at - Math.max(...active) <= gap && at - start <= day;
}

function isAliveAt(session: Recorded[], at: number, all: Recorded[][]): boolean {
  const started = all.filter((other) => Math.min(...other.map((event) => event.at)) <= at);
  return started.at(-1) === session && wouldTake(session, at);
}

/** The first event of each client session that asks to go on with a cookieless one; the earliest first. */
function firstClaims(sorted: Recorded[]): Recorded[] {
  const claims = sorted.filter((event) => event.joins !== null && event.named !== null);
  return claims.filter((claim) => claims.find((other) => other.named === claim.named) === claim);
}

function cutNamed(named: string, sorted: Recorded[]): Draft[] {
  const first = sorted.find(isActive);
  if (!first) return [{ id: named, isClientId: true, client: null, events: sorted }];
  const own = sorted.filter((event) => event.at <= first.at + day);
  const later = sorted.filter((event) => event.at > first.at + day);
  return [
    { id: named, isClientId: true, client: null, events: own },
    ...passOver(later).map((events) => nameAfterFirst(events, named)),
  ];
}

function nameAfterFirst(events: Recorded[], client: string | null): Draft {
  const first = events.find(isActive);
  const id = (first?.id ?? '').replace(/^(.{14})7/, '$18');
  return { id, isClientId: false, client, events };
}

function describe(
  { id, isClientId, client, events }: Draft,
  visitorOf: (event: Recorded) => string | null,
): ExpectedSession {
  const active = events.filter(isActive);
  const pageviews = active.filter((event) => event.type === 'pageview');
  const pageviewCount = events.filter((event) => event.type === 'pageview').length;
  const alive = active.length > 0 ? active : events;
  const entry = pageviews[0] ?? active[0] ?? events[0];
  const exit = pageviews.at(-1);
  if (!entry) throw new Error('a session without events');
  const interactions = events.filter((event) =>
    ['click', 'form_start', 'form_submit', 'text_copy', 'custom'].includes(event.type),
  );
  const engagedMs = events.reduce(
    (sum, event) => sum + (event.type === 'engagement' ? Math.round(event.engagedMs) : 0),
    0,
  );
  const users = events.flatMap((event) => (event.user === null ? [] : [event.user])).sort();
  return {
    session_id: id,
    is_client_id: isClientId,
    client_session_id: client,
    visitor: visitorOf(entry),
    user_id: users.at(-1) ?? null,
    is_bot: events.some((event) => event.isBot),
    started_at: Math.min(...alive.map((event) => event.at)),
    ended_at: Math.max(...alive.map((event) => event.at)),
    last_seen_at: Math.max(...events.map((event) => event.at)),
    entry_rank: pageviews.length > 0 ? 0 : active.length > 0 ? 1 : 2,
    entry_event_id: entry.id,
    entry_path: entry.path,
    exit_event_id: exit?.id ?? null,
    exit_path: exit?.path ?? null,
    engaged_ms: engagedMs,
    pageview_count: pageviewCount,
    event_count: events.length,
    interaction_count: interactions.length,
    error_count: events.filter((event) => event.type === 'error').length,
    is_bounce: pageviewCount === 1 && interactions.length === 0 && engagedMs < 10_000,
  };
}
