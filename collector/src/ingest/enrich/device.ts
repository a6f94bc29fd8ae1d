import type { ClientHints } from '@footfall/schema';
import { UAParser } from 'ua-parser-js';

export type Device = 'desktop' | 'mobile' | 'tablet' | 'tv' | 'console' | 'wearable';

const parsedTypes = new Map<string, Device>([
  ['mobile', 'mobile'],
  ['tablet', 'tablet'],
  ['smarttv', 'tv'],
  ['console', 'console'],
  ['wearable', 'wearable'],
]);

const formFactors = new Map<string, Device>([
  ['desktop', 'desktop'],
  ['mobile', 'mobile'],
  ['tablet', 'tablet'],
  ['xr', 'wearable'],
  ['watch', 'wearable'],
]);

const desktopSystems = /^(Windows|macOS|Linux|ChromeOS|Solaris|Haiku|.*BSD)$/;

/**
 * The kind of device. Sec-CH-UA-Form-Factors decides where given; a hinted model stands in for the "K" of the
 * frozen Android header (https://www.chromium.org/updates/ua-reduction/).
 */
export function readDevice(userAgent: string, hints: ClientHints, os: string | null): Device | null {
  for (const factor of hints.formFactors ?? []) {
    const device = formFactors.get(factor.toLowerCase());
    if (device) return device;
  }
  return parseDevice(userAgent, hints) ?? guessDevice(userAgent, hints, os);
}

function parseDevice(userAgent: string, hints: ClientHints): Device | undefined {
  const named = hints.model
    ? userAgent.replace('; K)', `; ${hints.model.replace(/[^\w .-]/g, '')})`)
    : userAgent;
  const parsed = parsedTypes.get(new UAParser(named).getDevice().type ?? '');
  return parsed ?? (hints.mobile === true ? 'mobile' : undefined);
}

function guessDevice(userAgent: string, hints: ClientHints, os: string | null): Device | null {
  if (os !== null && desktopSystems.test(os)) return 'desktop';
  // An iPad asks for the desktop site by default, an iPhone does not: Chrome or Firefox for iOS on a "Macintosh".
  if (os === 'iOS' && userAgent.includes('Macintosh')) return 'tablet';
  if (os === 'Android' && hints.mobile === false) return 'tablet';
  return null;
}
