import { createNetworks } from './networks.js';
import type { Site } from './sites.js';

/** What a site does not want to hold, ready to be asked. */
export type Exclusions = {
  isAddressExcluded(address: string): boolean;
  isPageExcluded(page: { host: string | null; path: string | null }): boolean;
};

// A site is read anew every few seconds: what is made of its rules goes with it.
const ready = new WeakMap<Site, Exclusions>();

export function exclusionsOf(site: Site): Exclusions {
  const exclusions = ready.get(site) ?? prepare(site);
  ready.set(site, exclusions);
  return exclusions;
}

function prepare({ excludedAddresses, excludedHosts, excludedPaths }: Site): Exclusions {
  // An entry that is no network, written by hand, excludes nobody.
  const networks = createNetworks(excludedAddresses);
  const hosts = excludedHosts.map((pattern) => toParts(pattern.toLowerCase()));
  const paths = excludedPaths.map(toParts);
  return {
    isAddressExcluded: networks.has,
    isPageExcluded({ host, path }) {
      return matches(hosts, host) || matches(paths, path);
    },
  };
}

function toParts(pattern: string): string[] {
  return pattern.split('*');
}

function matches(patterns: string[][], text: string | null): boolean {
  return text !== null && patterns.some((parts) => matchesParts(parts, text));
}

// Whatever the pattern, the text is read once: a regular expression with several `.*` would go back and forth in it.
function matchesParts(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= end;
}
