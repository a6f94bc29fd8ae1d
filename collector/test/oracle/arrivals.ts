import type { Recorded } from './sessions.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** An event as a client makes it, once: a retry sends the very same. */
export type Made = {
  id: string;
  /** The time inside the id. */
  idTime: number;
  ts: number;
  type: string;
  path: string;
  engagedMs: number;
};

/** One try to deliver it: who sends it, and what the clocks say. */
export type Delivery = {
  receivedAt: number;
  sentAt: number | undefined;
  address: string;
  agent: string;
  isBot: boolean;
  isServer: boolean;
  visitorId: string | null;
  sessionId: string | null;
  userId: string | null;
  links: boolean;
};

/** What the first delivery makes of an event. Later ones change nothing. */
export type Arrived = Recorded & { eventDay: string };

export function arrive(made: Made, delivery: Delivery): Arrived {
  const { isServer, receivedAt, visitorId, sessionId, userId } = delivery;
  const at = isServer ? made.ts : correctTime(made, delivery);
  const browser = browserAt(at, delivery);
  const isCookieless = !isServer && visitorId === null;
  const joins = delivery.links && !isServer && sessionId !== null && visitorId !== null;
  return {
    id: made.id,
    at,
    type: made.type,
    path: made.path,
    engagedMs: made.engagedMs,
    isServer,
    isBot: delivery.isBot && !isServer,
    user: userId,
    named: sessionId,
    visitor: isCookieless ? browser.visitor : visitorId,
    before: isCookieless ? browser.before : null,
    joins: joins && receivedAt - at <= 2 * day ? browser : null,
    eventDay: utcDay(isOdd(made, delivery) ? at : made.idTime),
  };
}

/** The server's clock decides; nothing can have happened after it arrived. */
function correctTime({ ts }: Made, { sentAt, receivedAt }: Delivery): number {
  const behind = sentAt === undefined ? 0 : receivedAt - sentAt;
  return Math.min(ts + behind, receivedAt);
}

function isOdd({ ts, idTime }: Made, { isServer, sentAt, receivedAt }: Delivery): boolean {
  const isFarFromId = Math.abs(ts - idTime) > hour;
  if (isServer) return isFarFromId;
  const isClockWrong = sentAt !== undefined && Math.abs(receivedAt - sentAt) > hour;
  return isFarFromId || isClockWrong || idTime < receivedAt - 35 * day || idTime > receivedAt + hour;
}

/** The cookieless visitor: address, agent and the UTC day, that of receipt, and apart, after 48 hours. */
function browserAt(at: number, { address, agent, receivedAt }: Delivery) {
  const nameOn = (time: number) => `${address} ${agent} ${utcDay(time)}`;
  if (receivedAt - at > 2 * day) return { visitor: `${nameOn(receivedAt)} late`, before: null };
  const midnight = Date.parse(`${utcDay(at)}T00:00:00Z`);
  const isJustAfter = at - midnight <= 30 * minute;
  const isSaltThere = receivedAt < midnight + 2 * day;
  return { visitor: nameOn(at), before: isJustAfter && isSaltThere ? nameOn(midnight - 1) : null };
}

function utcDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
