import type { ClientHints } from '@footfall/schema';
import { maxUserAgentChars } from '@footfall/schema/limits';
import { readBrowser } from './browser.js';
import { detach } from './detach.js';
import { type Device, readDevice } from './device.js';
import { readOperatingSystem } from './operating-system.js';
import { remember } from './remember.js';

export type { Device } from './device.js';

/** Names are the public ones ("Chrome", "Samsung Internet", "macOS"); null is "the agent does not say". */
export type UserAgent = Readonly<{
  browser: string | null;
  browserVersion: string | null;
  os: string | null;
  osVersion: string | null;
  device: Device | null;
}>;

// An entry is below 2 KB with hints, so this is at most 20 MB; one day of a busy site has about 5,000 agents.
const recall = remember<UserAgent>({ maxEntries: 10_000 });

/**
 * Browser, operating system and kind of device behind a User-Agent header, corrected by User-Agent Client Hints
 * (https://wicg.github.io/ua-client-hints/) where the browser gave them: the header itself is frozen by now.
 */
export function parseUserAgent(userAgent: string, hints?: ClientHints): UserAgent {
  const text = userAgent.slice(0, maxUserAgentChars);
  const key = hints === undefined ? text : `${text}\n${JSON.stringify(hints)}`;
  return recall(key, () => read(shorten(detach(text)), hints ?? {}));
}

/**
 * A pattern of ua-parser-js 1.x backtracks over long runs of word characters: 500 of them take 45 ms, 64 take 0.3 ms.
 * Real agents have none above 60.
 */
function shorten(userAgent: string): string {
  return userAgent.replace(/[\w ]{64,}/g, (run) => run.slice(0, 64));
}

function read(userAgent: string, hints: ClientHints): UserAgent {
  const browser = readBrowser(userAgent, hints);
  const os = readOperatingSystem(userAgent, hints);
  const device = readDevice(userAgent, hints, os.name);
  return Object.freeze({
    browser: browser.name,
    browserVersion: browser.version,
    os: os.name,
    osVersion: os.version,
    device,
  });
}
