import type { EventType } from '@footfall/schema';
import type { EventRow, PendingEvent } from '../ingest/event-row.js';
import { entryColumns, exitColumns, type SessionRow } from './session-row.js';

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
    const row = sessionOfEvent(event, event.sessionId);
    const known = sessions.get(key);
    sessions.set(key, known ? mergeSessions(known, row) : row);
  }
  return [...sessions.values()];
}

function sessionOfEvent(event: PendingEvent, sessionId: string): SessionRow {
  const isPageview = event.type === 'pageview';
  return {
    ...event.environment,
    ...attributionOf(event),
    site: event.site,
    sessionId,
    isClientId: event.isClientSession,
    isBot: event.isBot,
    userId: event.userId,
    startedAt: event.occurredAt,
    endedAt: event.occurredAt,
    lastSeenAt: event.occurredAt,
    entryRank: isPageview ? 0 : isActive(event) ? 1 : 2,
    entryAt: event.occurredAt,
    entryEventId: event.eventId,
    exitAt: isPageview ? event.occurredAt : null,
    exitEventId: isPageview ? event.eventId : null,
    exitUrl: isPageview ? event.url : null,
    exitPath: isPageview ? event.path : null,
    engagedMs: engagedMsOf(event),
    pageviewCount: isPageview ? 1 : 0,
    eventCount: 1,
    interactionCount: interactionTypes.has(event.type) ? 1 : 0,
    errorCount: event.type === 'error' ? 1 : 0,
  };
}

function attributionOf(event: EventRow) {
  return {
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
  };
}

function engagedMsOf({ type, props }: EventRow): number {
  if (type !== 'engagement' || typeof props !== 'object' || props === null) return 0;
  const engagedMs = 'engagedMs' in props ? props.engagedMs : 0;
  return typeof engagedMs === 'number' ? Math.round(engagedMs) : 0;
}

/** Joins two parts of one session. Commutative and associative, and the same as the upsert in store.ts. */
export function mergeSessions(a: SessionRow, b: SessionRow): SessionRow {
  const entry = isEarlierEntry(a, b) ? a : b;
  const exit = isLaterExit(a, b) ? a : b;
  return {
    ...a,
    ...pick(entry, entryColumns),
    ...pick(exit, exitColumns),
    ...mergeTimes(a, b),
    isBot: a.isBot || b.isBot,
    userId: greatest(a.userId, b.userId),
    engagedMs: a.engagedMs + b.engagedMs,
    pageviewCount: a.pageviewCount + b.pageviewCount,
    eventCount: a.eventCount + b.eventCount,
    interactionCount: a.interactionCount + b.interactionCount,
    errorCount: a.errorCount + b.errorCount,
  };
}

// Passive events count for the last sight of a session, never for its start and end, unless there is nothing else.
function mergeTimes(a: SessionRow, b: SessionRow): Pick<SessionRow, 'startedAt' | 'endedAt' | 'lastSeenAt'> {
  const lastSeenAt = Math.max(a.lastSeenAt, b.lastSeenAt);
  if ((a.entryRank === 2) !== (b.entryRank === 2)) {
    const { startedAt, endedAt } = a.entryRank === 2 ? b : a;
    return { startedAt, endedAt, lastSeenAt };
  }
  return {
    startedAt: Math.min(a.startedAt, b.startedAt),
    endedAt: Math.max(a.endedAt, b.endedAt),
    lastSeenAt,
  };
}

function isEarlierEntry(a: SessionRow, b: SessionRow): boolean {
  if (a.entryRank !== b.entryRank) return a.entryRank < b.entryRank;
  if (a.entryAt !== b.entryAt) return a.entryAt < b.entryAt;
  return a.entryEventId <= b.entryEventId;
}

function isLaterExit(a: SessionRow, b: SessionRow): boolean {
  if (a.exitAt === null || b.exitAt === null) return b.exitAt === null;
  if (a.exitAt !== b.exitAt) return a.exitAt > b.exitAt;
  return (a.exitEventId ?? '') >= (b.exitEventId ?? '');
}

function greatest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

function pick(row: SessionRow, columns: { key: keyof SessionRow }[]): Partial<SessionRow> {
  return Object.fromEntries(columns.map(({ key }) => [key, row[key]]));
}
