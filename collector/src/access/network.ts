import { isIPv6 } from 'node:net';

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, as patterns: a BlockList takes
// ten times as long, for each request.
const privateIpv4 =
  /^(?:10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const privateIpv6 = /^(?:::1$|f[cd][\da-f]{2}:|fe[89ab][\da-f]:)/i;

const groups = 8;
const groupsOf64 = 4;

/** Whether an address is one of the public internet; that of a proxy beside the collector, or none, is not. */
export function isPublic(address: string): boolean {
  return address !== '' && !(isIPv6(address) ? privateIpv6 : privateIpv4).test(address);
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
