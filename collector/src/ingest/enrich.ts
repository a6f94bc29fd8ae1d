import type { ClientHints, Envelope, Event } from '@footfall/schema';
import { maxUserAgentChars } from '@footfall/schema/limits';
import type { Site } from '../access/sites.js';
import { isDerivedSessionId } from '../sessions/session-id.js';
import { type Placement, placeEvent, placeTrustedEvent, readSentAt } from './clock.js';
import { detectBot } from './enrich/bot.js';
import { type Campaign, readCampaign } from './enrich/campaign.js';
import { classifyChannel } from './enrich/channel.js';
import { nowhere, type Place } from './enrich/geo.js';
import { classifyReferrer } from './enrich/referrer.js';
import { splitUrl } from './enrich/url.js';
import { parseUserAgent, type UserAgent } from './enrich/user-agent.js';
import type { Cookieless, Environment, PendingEvent } from './event-row.js';
import type { Flag } from './sanitize.js';
import type { ValidEvent } from './validate.js';
import { type VisitorDay, type VisitorHasher, visitorDays } from './visitor.js';

/** Who sends a batch, as far as the request itself tells. */
export type Client = {
  site: Site;
  /** In memory for geography and the cookieless visitor; never stored. */
  address: string;
  userAgent: string;
  clientHints: ClientHints | undefined;
  language: string | null;
  /** A server with a secret key: its times, visitors and users are taken as given. */
  isServer: boolean;
};

// An older event gets the cookieless visitor of the day of receipt, whose open session is not its own.
const maxLinkAgeMs = 2 * 86_400_000;

export type EnrichDeps = { visitors: Pick<VisitorHasher, 'hash'>; geo: { lookup(address: string): Place } };

type Batch = { batch: Envelope; client: Client; receivedAt: number; events: ValidEvent[] };

/** What all events of a batch share. */
type Shared = {
  agent: UserAgent;
  place: Place;
  environment: Environment;
  language: string | null;
  botReason: string | null;
};

/** What is known of one event beyond what it says itself. */
type Derived = { placement: Placement; cookieless: Cookieless | null; shared: Shared };

/** Makes the row of each valid event, in the order given. */
export async function enrichEvents({ visitors, geo }: EnrichDeps, input: Batch): Promise<PendingEvent[]> {
  const shared = describeClient(input, geo);
  const cookielessAt = createCookielessLookup(visitors, input);
  const rows: PendingEvent[] = [];
  for (const valid of input.events) {
    const placement = place(valid.event, input);
    const cookieless = await cookielessAt(placement.occurredAt);
    rows.push(buildRow(valid, input, { placement, cookieless, shared }));
  }
  return rows;
}

function describeClient({ batch, client }: Batch, geo: EnrichDeps['geo']): Shared {
  const context = batch.context;
  const userAgent = client.isServer ? '' : client.userAgent.slice(0, maxUserAgentChars);
  return {
    agent: parseUserAgent(userAgent, { ...client.clientHints, ...context?.clientHints }),
    place: client.isServer ? nowhere : geo.lookup(client.address),
    language: context?.language ?? client.language,
    botReason: client.isServer ? null : detectBot(userAgent),
    environment: {
      userAgent: userAgent || null,
      timezone: context?.timezone ?? null,
      screenWidth: roundOrNull(context?.screen?.[0]),
      screenHeight: roundOrNull(context?.screen?.[1]),
      viewportWidth: roundOrNull(context?.viewport?.[0]),
      viewportHeight: roundOrNull(context?.viewport?.[1]),
      pixelRatio: context?.pixelRatio ?? null,
    },
  };
}

function roundOrNull(pixels: number | undefined): number | null {
  return pixels === undefined ? null : Math.round(pixels);
}

function place({ id, ts }: Event, { batch, client, receivedAt }: Batch): Placement {
  if (client.isServer) return placeTrustedEvent({ id, ts });
  return placeEvent({ id, ts, sentAt: readSentAt(batch.sentAt), receivedAt });
}

/** What the browser is called without its own id: asked for where it gave none, or where it gives one from now on. */
function createCookielessLookup(visitors: EnrichDeps['visitors'], { batch, client, receivedAt }: Batch) {
  const isAsked = !client.isServer && (batch.visitor?.id === undefined || isLinking(batch));
  const browser = { site: client.site.site, address: client.address, userAgent: client.userAgent };
  // The same for a whole day: one hash a day, not one an event.
  const hashes = new Map<string, Promise<string>>();

  function hashOn(day: VisitorDay): Promise<string> {
    const key = `${day.day} ${day.isLate}`;
    const hash = hashes.get(key) ?? visitors.hash(browser, day);
    hashes.set(key, hash);
    return hash;
  }

  return async function cookielessAt(occurredAt: number): Promise<Cookieless | null> {
    if (!isAsked) return null;
    const { today, previous } = visitorDays({ occurredAt, receivedAt });
    return { visitorId: await hashOn(today), previousId: previous && (await hashOn(previous)) };
  };
}

// Without a session to go on as there is nothing to link.
function isLinking({ linkCookieless, visitor, session }: Envelope): boolean {
  return linkCookieless === true && visitor?.id !== undefined && readClientSession(session) !== null;
}

/** The session that a browser names. An id that only the collector makes names none. */
function readClientSession(session: Envelope['session']): string | null {
  const id = session?.id.toLowerCase() ?? null;
  return id !== null && isDerivedSessionId(id) ? null : id;
}

// One literal: objects that are spread together here cost twenty times as much, on the hottest path there is.
function buildRow(
  { event, flags }: ValidEvent,
  { batch, client, receivedAt }: Batch,
  derived: Derived,
): PendingEvent {
  const { placement, cookieless, shared } = derived;
  const { agent, place: where, botReason } = shared;
  const { host, path, params } = splitUrl(event.url ?? '');
  const isPageview = event.type === 'pageview';
  const origin = isPageview
    ? describeOrigin(event.referrer ?? null, host, readCampaign(params))
    : unknownOrigin;
  const clientSessionId = readClientSession(batch.session);
  return {
    site: client.site.site,
    eventId: event.id.toLowerCase(),
    eventDay: placement.eventDay,
    occurredAt: placement.occurredAt,
    isOdd: placement.isOdd,
    isTooOld: placement.isTooOld,
    receivedAt,
    sentAt: readSentAt(batch.sentAt) ?? null,
    sessionId: clientSessionId,
    clientSessionId,
    cookieless,
    linksCookieless:
      cookieless !== null && isLinking(batch) && receivedAt - placement.occurredAt <= maxLinkAgeMs,
    isServer: client.isServer,
    visitorId: batch.visitor?.id ?? cookieless?.visitorId ?? null,
    userId: batch.visitor?.userId ?? null,
    pageId: event.pageId?.toLowerCase() ?? null,
    seq: event.seq ?? null,
    type: event.type,
    name: event.name ?? null,
    url: event.url ?? null,
    host,
    path,
    referrer: event.referrer ?? null,
    title: event.title ?? null,
    value: event.value ?? null,
    currency: event.currency ?? null,
    browser: agent.browser,
    browserVersion: agent.browserVersion,
    os: agent.os,
    osVersion: agent.osVersion,
    device: agent.device,
    country: where.country,
    region: where.region,
    city: where.city,
    language: shared.language,
    referrerSource: origin.referrerSource,
    referrerMedium: origin.referrerMedium,
    channel: origin.channel,
    utmSource: origin.utmSource,
    utmMedium: origin.utmMedium,
    utmCampaign: origin.utmCampaign,
    utmContent: origin.utmContent,
    utmTerm: origin.utmTerm,
    clickId: origin.clickId,
    searchTerm: origin.searchTerm,
    isBot: botReason !== null && !client.site.humanReasons.includes(botReason),
    botReason,
    release: batch.context?.release ?? null,
    flags: [...flags, ...placement.flags, ...origin.flags],
    props: event.props ?? null,
    environment: shared.environment,
  };
}

/** Where a visit came from: its campaign, its referrer and the channel that follows from both. */
export function describeOrigin(
  referrerUrl: string | null,
  host: string | readonly string[] | null,
  campaign: Campaign,
) {
  const referrer = classifyReferrer(referrerUrl, host);
  return {
    utmSource: campaign.source,
    utmMedium: campaign.medium,
    utmCampaign: campaign.campaign,
    utmContent: campaign.content,
    utmTerm: campaign.term,
    clickId: campaign.clickId,
    searchTerm: referrer.term ?? null,
    // A site that no list knows is named by its host.
    referrerSource: referrer.source ?? (referrer.medium === 'referral' ? referrer.host : null),
    referrerMedium: referrer.medium,
    channel: classifyChannel({ ...campaign, referrer }),
    flags: referrer.spam ? spamFlags : noFlags,
  };
}

const spamFlags: Flag[] = ['referrer_spam'];
const noFlags: Flag[] = [];

const unknownOrigin = {
  utmSource: null,
  utmMedium: null,
  utmCampaign: null,
  utmContent: null,
  utmTerm: null,
  clickId: null,
  searchTerm: null,
  referrerSource: null,
  referrerMedium: null,
  channel: null,
  flags: noFlags,
};
