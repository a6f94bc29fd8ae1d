import type { Counter } from '../metrics/registry.js';
import { Refusal } from '../refusal.js';
import { createCountWindow } from './count-window.js';
import { isPublic, networkOf } from './network.js';

/** How much is taken in a minute; 0 is no limit. */
export type RateLimitSettings = {
  /** Events of an IPv4 address or a /64 of IPv6. */
  addressEvents: number;
  /** Events of a site. */
  siteEvents: number;
  /** Requests of an address to the API. */
  apiRequests: number;
};

// Thousands of people may be behind one address of a mobile network; a site of 50,000 events a second needs more collectors.
export const defaultRateLimits: RateLimitSettings = {
  addressEvents: 12_000,
  siteEvents: 3_000_000,
  apiRequests: 1_200,
};

type Sender = { address: string; isServer: boolean };

/** Each method throws a Refusal 429 with Retry-After where a limit is passed. */
export type RateLimits = {
  /** Before the body is read: whoever is over the limit already need not be listened to. */
  requireQuiet(sender: Sender): void;
  /** Takes the events of a batch. */
  takeEvents(sender: Sender & { site: string }, events: number): void;
  takeApiRequest(address: string): void;
};

/**
 * Limits by address and by site, of this collector alone. Addresses that are not public are not limited: they are
 * those of proxies that were not configured, and would be everybody's. Neither are servers with a secret key.
 */
export function createRateLimits(
  { addressEvents, siteEvents, apiRequests }: RateLimitSettings,
  { now, unread }: { now: () => number; unread: Counter },
): RateLimits {
  const addresses = createCountWindow({ limit: addressEvents, now });
  const sites = createCountWindow({ limit: siteEvents, now });
  const api = createCountWindow({ limit: apiRequests, now });

  return {
    requireQuiet({ address, isServer }) {
      if (isServer || !isPublic(address)) return;
      const seconds = addresses.look(networkOf(address));
      if (seconds === undefined) return;
      unread.add();
      throw refuse('address', `${addressEvents} events`, seconds);
    },
    takeEvents({ address, isServer, site }, events) {
      const isLimited = !isServer && isPublic(address);
      const seconds = isLimited ? addresses.take(networkOf(address), events) : undefined;
      if (seconds !== undefined) throw refuse('address', `${addressEvents} events`, seconds);
      const siteSeconds = sites.take(site, events);
      if (siteSeconds !== undefined) throw refuse('site', `${siteEvents} events`, siteSeconds);
    },
    takeApiRequest(address) {
      const seconds = isPublic(address) ? api.take(networkOf(address), 1) : undefined;
      if (seconds !== undefined) throw refuse('address', `${apiRequests} requests`, seconds);
    },
  };
}

function refuse(whose: 'address' | 'site', limit: string, retryAfterSeconds: number): Refusal {
  return new Refusal(429, 'rate_limited', `more than ${limit} in a minute from this ${whose}`, {
    expected: `at most ${limit} a minute`,
    retryAfterSeconds,
  });
}
