import type { Footfall, Options } from './options.js';
import { start } from './tracker.js';

/** What runs where there is no page, so that code shared with a server needs no condition. */
const silent: Footfall = {
  track() {},
  pageview() {},
  identify() {},
  consent() {},
  optOut() {},
  flush: () => Promise.resolve(),
  stop() {},
};

const running = new Map<string, Footfall>();

/**
 * Starts capturing for a site. Calling it again for the same site returns what is running; on a server, or
 * without a site, it returns an object that does nothing.
 */
export function init(options: Options): Footfall {
  const { site, debug } = options;
  if (typeof window === 'undefined' || !site) return silent;
  try {
    const footfall = running.get(site) ?? start(options, () => running.delete(site));
    running.set(site, footfall);
    return footfall;
  } catch (error) {
    if (debug) console.debug('[footfall]', error);
    return silent;
  }
}
