import { BlockList, isIP } from 'node:net';
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
  const networks = new BlockList();
  for (const entry of excludedAddresses) addNetwork(networks, entry);
  const hosts = excludedHosts.map((pattern) => toParts(pattern.toLowerCase()));
  const paths = excludedPaths.map(toParts);
  return {
    isAddressExcluded(address) {
      const version = isIP(address);
      return version !== 0 && networks.check(address, version === 4 ? 'ipv4' : 'ipv6');
    },
    isPageExcluded({ host, path }) {
      return matches(hosts, host) || matches(paths, path);
    },
  };
}

/** Reads an address or a network as `10.0.0.0/8`; undefined where it is none. */
export function parseNetwork(
  entry: string,
): { address: string; length: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', prefix] = entry.split('/');
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (version === 0 || length < 0 || length > bits || entry.split('/').length > 2) return undefined;
  return { address, length, family: version === 4 ? 'ipv4' : 'ipv6' };
}

// An entry that is no network, written by hand, excludes nobody.
function addNetwork(networks: BlockList, entry: string): void {
  const network = parseNetwork(entry);
  if (network) networks.addSubnet(network.address, network.length, network.family);
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
