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
  const hosts = excludedHosts.map((pattern) => toPattern(pattern.toLowerCase()));
  const paths = excludedPaths.map(toPattern);
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

// An entry that is no network excludes nobody: who writes it is told, not the visitor.
function addNetwork(networks: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (version === 0 || !Number.isInteger(length) || length < 0 || length > bits) return;
  networks.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
}

function toPattern(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function matches(patterns: RegExp[], text: string | null): boolean {
  return text !== null && patterns.some((pattern) => pattern.test(text));
}
