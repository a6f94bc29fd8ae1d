import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../test-collector.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const retryPauseMs = 20;
const chromeToken =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** What the clients know: the truth that the database is compared with. */
export type Oracle = {
  sent: Set<string>;
  acknowledged: Set<string>;
  /** Requests without an answer so far. */
  inFlight: number;
  /** What the answers said of all attempts. */
  answers: { accepted: number; duplicate: number; rejected: number; refused: number; failed: number };
  /** How often each kind of batch occurred. */
  kinds: { replayed: number; oddClock: number; offline: number; cookieless: number };
};

export type Load = {
  oracle: Oracle;
  /** Resolves when the clients have acknowledged that many events. */
  until(events: number): Promise<void>;
  /** Lets the clients finish what they have begun; every event is acknowledged then. */
  finish(): Promise<void>;
};

type Batch = {
  ids: string[];
  visitorId?: string;
  sessionId?: string;
  userAgent: string;
  offsetMs: number;
  events: object[];
};
type Options = { origin: string; clients: number; eventsPerSecond?: number };

/** Runs clients that send batches, each again and again with the same ids until it is acknowledged. */
export function startLoad({ origin, clients, eventsPerSecond = 1_000 }: Options): Load {
  const oracle: Oracle = {
    sent: new Set(),
    acknowledged: new Set(),
    inFlight: 0,
    answers: { accepted: 0, duplicate: 0, rejected: 0, refused: 0, failed: 0 },
    kinds: { replayed: 0, oddClock: 0, offline: 0, cookieless: 0 },
  };
  let isFinishing = false;
  const watchers: { events: number; resolve: () => void }[] = [];
  const began = performance.now();

  async function run(client: number): Promise<void> {
    for (let turn = 0; !isFinishing; turn += 1) {
      const batch = makeBatch({ client, turn, oracle });
      await sendUntilAcknowledged(origin, batch, oracle);
      if (turn % 10 === 9) {
        oracle.kinds.replayed += 1;
        await sendUntilAcknowledged(origin, batch, oracle);
      }
      for (const { resolve } of watchers.filter(({ events }) => events <= oracle.acknowledged.size))
        resolve();
      const ahead = (oracle.acknowledged.size / eventsPerSecond) * 1000 - (performance.now() - began);
      if (ahead > 0) await delay(Math.min(ahead, 1_000));
    }
  }

  const running = Array.from({ length: clients }, (_, client) => run(client));
  return {
    oracle,
    until: (events) => {
      if (events <= oracle.acknowledged.size) return Promise.resolve();
      return new Promise((resolve) => watchers.push({ events, resolve }));
    },
    async finish() {
      isFinishing = true;
      await Promise.all(running);
    },
  };
}

const types = ['pageview', 'click', 'scroll_depth', 'custom', 'form_start', 'error'] as const;

function makeBatch({ client, turn, oracle }: { client: number; turn: number; oracle: Oracle }): Batch {
  const isCookieless = client % 5 === 4;
  const isOffline = turn % 12 === 5;
  // One client in twenty has a wrong clock, by up to ten days either way.
  const offsetMs = client % 20 === 7 ? Math.round((Math.random() - 0.5) * 20 * dayMs) : 0;
  if (isCookieless) oracle.kinds.cookieless += 1;
  if (isOffline) oracle.kinds.offline += 1;
  if (offsetMs !== 0) oracle.kinds.oddClock += 1;
  const before = isOffline ? Math.random() * 20 * dayMs : 0;
  const events = Array.from({ length: 1 + Math.floor(Math.random() * 20) }, () =>
    makeEvent(isCookieless ? earlierToday() : Date.now() - before, offsetMs),
  );
  for (const { id } of events) oracle.sent.add(id);
  const group = isOffline ? `offline-${turn}` : `${Math.floor(turn / 6)}`;
  return {
    ids: events.map(({ id }) => id),
    events,
    offsetMs,
    userAgent: `${chromeToken} Client/${client}.${Math.floor(turn / 40)}`,
    ...(!isCookieless && { visitorId: `visitor-${client}`, sessionId: sessionOf(client, group) }),
  };
}

const sessionIds = new Map<string, string>();

function sessionOf(client: number, group: string): string {
  const key = `${client} ${group}`;
  const id = sessionIds.get(key) ?? newId();
  sessionIds.set(key, id);
  return id;
}

// Up to three hours back, in any order: the sessions of such a visitor grow, join and are cut again.
function earlierToday(): number {
  const now = Date.now();
  return now - Math.random() * Math.min(3 * hourMs, now % dayMs);
}

function makeEvent(at: number, offsetMs: number) {
  const type = types[Math.floor(Math.random() * types.length)] ?? 'pageview';
  const ts = Math.floor(at) + offsetMs;
  return {
    id: newId(ts),
    type,
    ts,
    url: `https://shop.example/page-${Math.floor(Math.random() * 50)}`,
    ...(type === 'custom' && { name: 'added' }),
  };
}

async function sendUntilAcknowledged(origin: string, batch: Batch, oracle: Oracle): Promise<void> {
  for (;;) {
    oracle.inFlight += 1;
    const answer = await send(origin, batch).catch(() => undefined);
    oracle.inFlight -= 1;
    if (answer?.status === 200) {
      for (const key of ['accepted', 'duplicate'] as const) oracle.answers[key] += answer.body[key];
      oracle.answers.rejected += answer.body.rejected.length;
      for (const id of batch.ids) oracle.acknowledged.add(id);
      return;
    }
    oracle.answers[answer === undefined ? 'failed' : 'refused'] += 1;
    if (answer && answer.status !== 503) throw new Error(`expected 200 or 503, got ${answer.status}`);
    await delay(retryPauseMs);
  }
}

type Answer = { accepted: number; duplicate: number; rejected: unknown[] };

async function send(origin: string, { visitorId, sessionId, userAgent, offsetMs, events }: Batch) {
  const response = await fetch(`${origin}/v1/events?site=demo`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'user-agent': userAgent },
    body: JSON.stringify({
      sentAt: Date.now() + offsetMs,
      ...(visitorId && { visitor: { id: visitorId } }),
      ...(sessionId && { session: { id: sessionId } }),
      events,
    }),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}
