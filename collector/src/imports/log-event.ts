import { createHmac } from 'node:crypto';
import { maxUrlBytes, maxUserAgentChars } from '@footfall/schema/limits';
import { readCampaign } from '../ingest/enrich/campaign.js';
import type { Place } from '../ingest/enrich/geo.js';
import { parseUserAgent } from '../ingest/enrich/user-agent.js';
import { describeOrigin } from '../ingest/enrich.js';
import type { PendingEvent } from '../ingest/event-row.js';
import { cutBytes } from '../ingest/sanitize.js';
import { utcDay } from '../utc-day.js';
import type { Pageview } from './judge-line.js';
import type { LogLine } from './parse-line.js';

export type LogEventDeps = {
  site: string;
  /** Keys the visitors: kept with the site, so that all of its logs agree. */
  secret: Buffer;
  ownHosts: string[];
  humanReasons: string[];
  geo: { lookup(address: string): Place };
  eventIdOf: (line: { text: string; time: number }) => string;
  now: () => number;
};

/**
 * Makes the event of a pageview. A log names neither scheme nor host, so `url` is what was asked for, path and query, and
 * `host` is there only where the line has one in front. The place is that of the address today, not at the line's time.
 */
export function toLogEvent(pageview: Pageview, deps: LogEventDeps): PendingEvent {
  const { text, line } = pageview;
  return {
    ...emptyEvent,
    ...describePage(pageview, deps.ownHosts),
    ...parseUserAgent(line.userAgent ?? ''),
    ...deps.geo.lookup(line.address),
    ...describeClient(pageview, deps.humanReasons),
    site: deps.site,
    eventId: deps.eventIdOf({ text, time: line.time }),
    eventDay: utcDay(line.time),
    occurredAt: line.time,
    receivedAt: deps.now(),
    visitorId: hashVisitor(deps.secret, line),
  };
}

function hashVisitor(secret: Buffer, { address, userAgent }: LogLine): string {
  const digest = createHmac('sha256', secret)
    .update(`${address}\n${userAgent ?? ''}`)
    .digest();
  return digest.subarray(0, 16).toString('base64url');
}

function describePage({ line, request }: Pageview, ownHosts: string[]) {
  const { virtualHost, referrer } = line;
  const hosts = virtualHost === null ? ownHosts : [...ownHosts, virtualHost];
  const url = cutBytes(request.target, maxUrlBytes);
  const isCut = url !== request.target || Buffer.byteLength(referrer ?? '') > maxUrlBytes;
  const origin = describeOrigin(referrer, hosts, readCampaign(request.params));
  return {
    url,
    host: virtualHost,
    path: cutBytes(request.path, maxUrlBytes),
    referrer: referrer && cutBytes(referrer, maxUrlBytes),
    ...origin,
    flags: isCut ? ['cut' as const, ...origin.flags] : origin.flags,
  };
}

function describeClient({ line, botReason }: Pageview, humanReasons: string[]) {
  const userAgent = line.userAgent?.slice(0, maxUserAgentChars) || null;
  const isBot = botReason !== null && !humanReasons.includes(botReason);
  return { botReason, isBot, environment: { ...emptyEnvironment, userAgent } };
}

const emptyEnvironment = {
  timezone: null,
  screenWidth: null,
  screenHeight: null,
  viewportWidth: null,
  viewportHeight: null,
  pixelRatio: null,
};

/** What a log does not tell, and what is so for all of its lines: sessions are derived, whatever the age. */
const emptyEvent = {
  type: 'pageview' as const,
  sentAt: null,
  sessionId: null,
  pageId: null,
  seq: null,
  name: null,
  userId: null,
  title: null,
  value: null,
  currency: null,
  language: null,
  release: null,
  props: null,
  isOdd: false,
  isTooOld: false,
  clientSessionId: null,
  cookieless: null,
  linksCookieless: false,
  isServer: false,
};
