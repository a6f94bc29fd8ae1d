import type { ClientHints } from '@footfall/schema';
import { UAParser } from 'ua-parser-js';
import { browserNames, hintedBrowsers } from './lists/browser-names.js';
import { browserPatterns } from './lists/browser-patterns.js';

export type Browser = { name: string | null; version: string | null };

/** Long enough for every real version; a hostile one is cut. */
const maxVersionChars = 32;

/**
 * The browser, or the app that shows the page: an in-app browser is named after its app, since its users, its cookies
 * and its faults are that app's. Mobile and desktop builds share a name.
 */
export function readBrowser(userAgent: string, hints: ClientHints): Browser {
  return matchBrowser(userAgent) ?? refine(correct(parseBrowser(userAgent), userAgent), hints);
}

function matchBrowser(userAgent: string): Browser | null {
  for (const [name, pattern] of browserPatterns) {
    const found = pattern.exec(userAgent);
    if (found) return { name, version: cutVersion(found[1]) };
  }
  return null;
}

function parseBrowser(userAgent: string): Browser {
  const { name, version } = new UAParser(userAgent).getBrowser();
  if (name === undefined) return { name: null, version: null };
  return { name: browserNames.get(name.toLowerCase()) ?? name, version: cutVersion(version) };
}

/** What the engine's own tokens say against the first name in the agent. */
function correct(parsed: Browser, userAgent: string): Browser {
  // A web view of iOS gives no product at all.
  const isBareEngine = parsed.name === 'WebKit' && userAgent.includes('like Mac OS X');
  if (isBareEngine) return { name: 'WKWebView', version: null };
  // Android 4.4 replaced its own web view by Chromium, and "Version/4.0" stayed.
  if (parsed.name === 'Android Browser') return readWebView(userAgent) ?? parsed;
  // In compatibility view Internet Explorer claims to be 7 and Trident tells the truth, four below the version.
  const trident = parsed.name === 'IE' ? /\bTrident\/(\d{1,2})\b/.exec(userAgent)?.[1] : undefined;
  return trident ? { name: 'IE', version: `${Number(trident) + 4}.0` } : parsed;
}

function readWebView(userAgent: string): Browser | undefined {
  const version = /\bVersion\/4\.0 Chrome\/([\d.]+)/.exec(userAgent)?.[1];
  return version === undefined ? undefined : { name: 'Chrome', version: cutVersion(version) };
}

/** Chromium browsers share one frozen header; only the brand list tells Brave from Chrome, and the full version. */
function refine(parsed: Browser, hints: ClientHints): Browser {
  const brand = findBrand(hints.fullVersionList) ?? findBrand(hints.brands);
  if (!brand) return parsed;
  if (brand.name !== parsed.name && !isChromium(parsed.name)) return parsed;
  const full = findBrand(hints.fullVersionList)?.version;
  const same = brand.name === parsed.name;
  return { name: brand.name, version: full ?? (same ? parsed.version : brand.version) };
}

function findBrand(brands: ClientHints['brands']): Browser | undefined {
  for (const { brand, version } of brands ?? []) {
    const name = hintedBrowsers.get(brand.toLowerCase());
    if (name) return { name, version: cutVersion(version) };
  }
  return undefined;
}

function isChromium(name: string | null): boolean {
  return name === null || name === 'Chrome' || name === 'Chromium';
}

function cutVersion(version: string | undefined): string | null {
  return version?.slice(0, maxVersionChars) || null;
}
