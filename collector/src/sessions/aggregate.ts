import type { EventType } from '@footfall/schema';
import type { EventRow, PendingEvent } from '../ingest/event-row.js';
import { entryColumns, type SessionRow } from './session-row.js';

// They tell of what is going on, or went on, and neither start nor prolong a session.
const passiveTypes: ReadonlySet<EventType> = new Set(['engagement', 'web_vital', 'exposure']);
const interactionTypes: ReadonlySet<EventType> = new Set([
  'click',
  'form_start',
  'form_submit',
  'text_copy',
  'custom',
]);

/** Whether an event starts a session and keeps it alive. */
export function isActive({ type, isServer }: { type: EventType; isServer: boolean }): boolean {
  return !isServer && !passiveTypes.has(type);
}

/** Folds events into one row per session, in any order. Events without a session are left out. */
export function aggregateSessions(events: PendingEvent[]): SessionRow[] {
  const sessions = new Map<string, SessionRow>();
  for (const event of events) {
    if (event.sessionId === null) continue;
    const key = `${event.site} ${event.sessionId}`;
    const known = sessions.get(key);
    if (known) addEvent(known, event);
    else sessions.set(key, startSession(event, event.sessionId));
  }
  return [...sessions.values()];
}

// One literal: objects that are spread together here cost ten times as much, once for each session of a flush.
function startSession(event: PendingEvent, sessionId: string): SessionRow {
  const canExit = rankOf(event) === 0;
  const { environment } = event;
  return {
    site: event.site,
    sessionId,
    clientSessionId: sessionId === event.clientSessionId ? null : event.clientSessionId,
    isClientId: sessionId === event.clientSessionId,
    isBot: event.isBot,
    userId: event.userId,
    startedAt: event.occurredAt,
    endedAt: event.occurredAt,
    lastSeenAt: event.occurredAt,
    engagedMs: engagedMsOf(event),
    pageviewCount: event.type === 'pageview' ? 1 : 0,
    eventCount: 1,
    interactionCount: interactionTypes.has(event.type) ? 1 : 0,
    errorCount: event.type === 'error' ? 1 : 0,
    exitAt: canExit ? event.occurredAt : null,
    exitEventId: canExit ? event.eventId : null,
    exitUrl: canExit ? event.url : null,
    exitPath: canExit ? event.path : null,
    entryRank: rankOf(event),
    entryAt: event.occurredAt,
    entryEventId: event.eventId,
    entryUrl: event.url,
    entryHost: event.host,
    entryPath: event.path,
    entryTitle: event.title,
    visitorId: event.visitorId,
    referrer: event.referrer,
    referrerSource: event.referrerSource,
    referrerMedium: event.referrerMedium,
    channel: event.channel,
    utmSource: event.utmSource,
    utmMedium: event.utmMedium,
    utmCampaign: event.utmCampaign,
    utmContent: event.utmContent,
    utmTerm: event.utmTerm,
    clickId: event.clickId,
    browser: event.browser,
    browserVersion: event.browserVersion,
    os: event.os,
    osVersion: event.osVersion,
    device: event.device,
    country: event.country,
    region: event.region,
    city: event.city,
    language: event.language,
    botReason: event.botReason,
    userAgent: environment.userAgent,
    timezone: environment.timezone,
    screenWidth: environment.screenWidth,
    screenHeight: environment.screenHeight,
    viewportWidth: environment.viewportWidth,
    viewportHeight: environment.viewportHeight,
    pixelRatio: environment.pixelRatio,
  };
}

// A pageview that a server wrote is counted, but a session neither begins nor ends with it.
function rankOf(event: PendingEvent): 0 | 1 | 2 {
  if (!isActive(event)) return 2;
  return event.type === 'pageview' ? 0 : 1;
}

function engagedMsOf({ type, props }: EventRow): number {
  if (type !== 'engagement' || typeof props !== 'object' || props === null) return 0;
  const engagedMs = 'engagedMs' in props ? props.engagedMs : 0;
  return typeof engagedMs === 'number' ? Math.round(engagedMs) : 0;
}

// Commutative and the same as the upsert in store.ts. In place, since most events of a session only count.
function addEvent(session: SessionRow, event: PendingEvent): void {
  addTimes(session, event);
  if (isEarlierEntry(event, session)) takeEntry(session, startSession(event, session.sessionId));
  if (event.type === 'pageview') addPageview(session, event);
  if (event.userId !== null && (session.userId === null || event.userId > session.userId))
    session.userId = event.userId;
  session.isBot ||= event.isBot;
  session.eventCount += 1;
  session.engagedMs += engagedMsOf(event);
  if (interactionTypes.has(event.type)) session.interactionCount += 1;
  if (event.type === 'error') session.errorCount += 1;
}

// Passive events count for the last sight of a session, never for its start and end, unless there is nothing else.
function addTimes(session: SessionRow, event: PendingEvent): void {
  const { occurredAt } = event;
  session.lastSeenAt = Math.max(session.lastSeenAt, occurredAt);
  const isPassive = rankOf(event) === 2;
  const wasPassive = session.entryRank === 2;
  if (isPassive && !wasPassive) return;
  if (wasPassive && !isPassive) {
    session.startedAt = occurredAt;
    session.endedAt = occurredAt;
  }
  session.startedAt = Math.min(session.startedAt, occurredAt);
  session.endedAt = Math.max(session.endedAt, occurredAt);
}

function takeEntry(session: SessionRow, earlier: SessionRow): void {
  for (const { key } of entryColumns) Object.assign(session, { [key]: earlier[key] });
}

function addPageview(session: SessionRow, event: PendingEvent): void {
  session.pageviewCount += 1;
  if (rankOf(event) !== 0 || !isLaterExit(event, session)) return;
  session.exitAt = event.occurredAt;
  session.exitEventId = event.eventId;
  session.exitUrl = event.url;
  session.exitPath = event.path;
}

function isEarlierEntry(event: PendingEvent, session: SessionRow): boolean {
  const rank = rankOf(event);
  if (rank !== session.entryRank) return rank < session.entryRank;
  if (event.occurredAt !== session.entryAt) return event.occurredAt < session.entryAt;
  return event.eventId < session.entryEventId;
}

function isLaterExit(event: PendingEvent, { exitAt, exitEventId }: SessionRow): boolean {
  if (exitAt === null || exitEventId === null) return true;
  return event.occurredAt === exitAt ? event.eventId > exitEventId : event.occurredAt > exitAt;
}
