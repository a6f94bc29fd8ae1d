import type { Environment } from '../ingest/event-row.js';

/** What a session takes from its entry: the first pageview, or the first event while there is none. */
type Entry = Environment & {
  entryUrl: string | null;
  entryHost: string | null;
  entryPath: string | null;
  entryTitle: string | null;
  visitorId: string | null;
  referrer: string | null;
  referrerSource: string | null;
  referrerMedium: string | null;
  channel: string | null;
  utmSource: string | null;
  utmMedium: string | null;
  utmCampaign: string | null;
  utmContent: string | null;
  utmTerm: string | null;
  clickId: string | null;
  browser: string | null;
  browserVersion: string | null;
  os: string | null;
  osVersion: string | null;
  device: string | null;
  country: string | null;
  region: string | null;
  city: string | null;
  language: string | null;
  botReason: string | null;
};

/** One row of footfall.sessions, or the part of one that a set of events makes. Times are milliseconds since 1970. */
export type SessionRow = Entry & {
  site: string;
  sessionId: string;
  /** The client session id of the events, where the session does not bear it. */
  clientSessionId: string | null;
  isClientId: boolean;
  isBot: boolean;
  userId: string | null;
  startedAt: number;
  endedAt: number;
  lastSeenAt: number;
  /** 0 a pageview, 1 another event, 2 only passive events so far: no session yet. */
  entryRank: 0 | 1 | 2;
  entryAt: number;
  entryEventId: string;
  exitAt: number | null;
  exitEventId: string | null;
  exitUrl: string | null;
  exitPath: string | null;
  engagedMs: number;
  pageviewCount: number;
  eventCount: number;
  interactionCount: number;
  errorCount: number;
};

type Column = { key: keyof SessionRow; name: string; type: string };

function columns(type: string, keys: (keyof SessionRow)[]): Column[] {
  return keys.map((key) => ({
    key,
    name: key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    type,
  }));
}

export const keyColumns = [...columns('text', ['site']), ...columns('uuid', ['sessionId'])];
export const nameColumns = columns('uuid', ['clientSessionId']);
export const flagColumns = columns('boolean', ['isClientId', 'isBot']);
export const userColumns = columns('text', ['userId']);
export const timeColumns = columns('timestamptz', ['startedAt', 'endedAt', 'lastSeenAt']);
export const countColumns = [
  ...columns('bigint', ['engagedMs']),
  ...columns('integer', ['pageviewCount', 'eventCount', 'interactionCount', 'errorCount']),
];

/** Taken together from the entry. The first three order the candidates. */
export const entryColumns = [
  ...columns('smallint', ['entryRank']),
  ...columns('timestamptz', ['entryAt']),
  ...columns('uuid', ['entryEventId']),
  ...columns('smallint', ['screenWidth', 'screenHeight', 'viewportWidth', 'viewportHeight']),
  ...columns('real', ['pixelRatio']),
  ...columns('text', [
    'entryUrl',
    'entryHost',
    'entryPath',
    'entryTitle',
    'visitorId',
    'referrer',
    'referrerSource',
    'referrerMedium',
    'channel',
    'utmSource',
    'utmMedium',
    'utmCampaign',
    'utmContent',
    'utmTerm',
    'clickId',
    'userAgent',
    'browser',
    'browserVersion',
    'os',
    'osVersion',
    'device',
    'country',
    'region',
    'city',
    'language',
    'timezone',
    'botReason',
  ]),
];

/** Taken together from the last pageview. The first two order the candidates. */
export const exitColumns = [
  ...columns('timestamptz', ['exitAt']),
  ...columns('uuid', ['exitEventId']),
  ...columns('text', ['exitUrl', 'exitPath']),
];

export const sessionColumns = [
  ...keyColumns,
  ...nameColumns,
  ...flagColumns,
  ...userColumns,
  ...timeColumns,
  ...countColumns,
  ...entryColumns,
  ...exitColumns,
];
