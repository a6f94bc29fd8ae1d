import type { EventType } from '@footfall/schema';
import type { Flag } from './sanitize.js';

/** What a batch tells of the browser beyond its events. Kept on the session, not on each event. */
export type Environment = {
  userAgent: string | null;
  timezone: string | null;
  screenWidth: number | null;
  screenHeight: number | null;
  viewportWidth: number | null;
  viewportHeight: number | null;
  pixelRatio: number | null;
};

/** One row of footfall.events. Times are milliseconds since 1970. */
export type EventRow = {
  occurredAt: number;
  receivedAt: number;
  sentAt: number | null;
  eventId: string;
  sessionId: string | null;
  pageId: string | null;
  eventDay: string;
  seq: number | null;
  isBot: boolean;
  /** Written by a server: it neither starts nor prolongs a session. */
  isServer: boolean;
  site: string;
  type: EventType;
  name: string | null;
  visitorId: string | null;
  userId: string | null;
  url: string | null;
  host: string | null;
  path: string | null;
  referrer: string | null;
  title: string | null;
  value: number | null;
  currency: string | null;
  browser: string | null;
  browserVersion: string | null;
  os: string | null;
  osVersion: string | null;
  device: string | null;
  country: string | null;
  region: string | null;
  city: string | null;
  language: string | null;
  referrerSource: string | null;
  referrerMedium: string | null;
  channel: string | null;
  utmSource: string | null;
  utmMedium: string | null;
  utmCampaign: string | null;
  utmContent: string | null;
  utmTerm: string | null;
  clickId: string | null;
  searchTerm: string | null;
  botReason: string | null;
  release: string | null;
  flags: Flag[];
  props: unknown;
  /** Of a pageview whose next one is known already. */
  timeOnPageMs?: number | null;
};

/** What a browser is called while nothing is stored in it. Both ids are forgotten with their salts. */
export type Cookieless = {
  visitorId: string;
  /** Its id of the day before, where a session may reach across midnight. */
  previousId: string | null;
};

/** An event on its way into the database: the row, and what the commit must know of it. */
export type PendingEvent = EventRow & {
  environment: Environment;
  isOdd: boolean;
  isTooOld: boolean;
  /** The session that the browser named. `sessionId` is the one that the event counts in. */
  clientSessionId: string | null;
  /** Of a cookieless visitor, or of one that was cookieless until consent was granted. */
  cookieless: Cookieless | null;
  /** Consent was just granted: the session that is open for the cookieless visitor goes on as the client's. */
  linksCookieless: boolean;
  /** What its browser had to drop before, by reason: of the first event of a batch, with which it is counted once. */
  dropped?: Record<string, number>;
};

type Column = { key: keyof EventRow; name: string; type: string };

function column(key: keyof EventRow, type: string): Column {
  return { key, name: key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), type };
}

const textKeys: (keyof EventRow)[] = [
  'site',
  'type',
  'name',
  'visitorId',
  'userId',
  'url',
  'host',
  'path',
  'referrer',
  'title',
  'currency',
  'browser',
  'browserVersion',
  'os',
  'osVersion',
  'device',
  'country',
  'region',
  'city',
  'language',
  'referrerSource',
  'referrerMedium',
  'channel',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmContent',
  'utmTerm',
  'clickId',
  'searchTerm',
  'botReason',
  'release',
];

/** The one place where a property of EventRow meets its column. */
export const eventColumns: Column[] = [
  column('occurredAt', 'timestamptz'),
  column('receivedAt', 'timestamptz'),
  column('sentAt', 'timestamptz'),
  column('eventId', 'uuid'),
  column('sessionId', 'uuid'),
  column('pageId', 'uuid'),
  column('eventDay', 'date'),
  column('seq', 'integer'),
  column('timeOnPageMs', 'integer'),
  column('isBot', 'boolean'),
  column('isServer', 'boolean'),
  column('value', 'numeric'),
  column('flags', 'text[]'),
  column('props', 'jsonb'),
  ...textKeys.map((key) => column(key, 'text')),
];
