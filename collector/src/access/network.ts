import { BlockList, isIPv6 } from 'node:net';

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
const privateNetworks: [string, number, 'ipv4' | 'ipv6'][] = [
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
];

const networks = new BlockList();
for (const [address, prefix, version] of privateNetworks) networks.addSubnet(address, prefix, version);

const groups = 8;
const groupsOf64 = 4;

/** Whether an address is one of the public internet; that of a proxy beside the collector, or none, is not. */
export function isPublic(address: string): boolean {
  return address !== '' && !networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** What one customer of a provider has: an IPv4 address, or a /64 of IPv6. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : groups - first.length - last.length;
  const all = [...first, ...Array<string>(Math.max(0, zeros)).fill('0'), ...last];
  return all
    .slice(0, groupsOf64)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
