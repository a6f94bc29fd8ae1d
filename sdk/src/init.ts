import { createGuard, createLog } from './guard.js';
import type { Footfall, Options, Props } from './options.js';
import { start } from './tracker.js';

/** What runs where there is no page, so that code shared with a server needs no condition. */
const silent: Footfall = {
  track() {},
  pageview() {},
  identify() {},
  consent() {},
  optOut() {},
  async flush() {},
  stop() {},
};

/** Kept on the page, so that a second copy of this code finds what the first one has started. */
const registry = Symbol.for('footfall');

declare global {
  interface Window {
    [registry]?: Record<string, Footfall | undefined>;
  }
}

/**
 * Starts capturing for a site. Calling it again for the same site returns what is running; on a server, or
 * without a site, it returns an object that does nothing.
 */
export function init<Events = Record<string, Props>>(options: Options): Footfall<Events>;
export function init(options: Options): Footfall {
  const site = options?.site;
  if (typeof window === 'undefined' || !site) return silent;
  window[registry] ??= {};
  const running = window[registry];
  const log = createLog(options.debug);
  const guard = createGuard(log);
  running[site] ??= guard(start)(options, { guard, log, onStop: () => delete running[site] });
  return running[site] ?? silent;
}
