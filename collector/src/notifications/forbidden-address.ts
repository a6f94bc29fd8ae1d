import { isIP, isIPv4, isIPv6 } from 'node:net';
import { createNetworks, type Networks } from '../access/networks.js';

// https://www.iana.org/assignments/iana-ipv4-special-registry, and an address of metadata outside of it.
const forbiddenIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's metadata
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
// https://www.iana.org/assignments/iana-ipv6-special-registry: of IPv6 only 2000::/3 is the public internet, without these.
const globalIpv6 = '2000::/3';
const forbiddenIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
// Prefixes that carry an IPv4 address in their last 32 bits: mapped (RFC 4291), NAT64 (RFC 6052).
const embedding = /^(?:0{4}:){5}ffff:|^0064:ff9b:(?:0{4}:){4}/;

const ipv4 = createNetworks(forbiddenIpv4);
const ipv6 = createNetworks(forbiddenIpv6);
const global = createNetworks([globalIpv6]);

/**
 * Whether an address is not to be reached on behalf of others: whatever is not of the public internet (loopback, private,
 * link-local, CGNAT, multicast, documentation, metadata), also inside an IPv6 address.
 *
 * @param address as the resolver writes it: dotted IPv4 in decimal, or IPv6
 * @param allowed networks that the operator of the installation allows nevertheless
 */
export function isForbidden(address: string, allowed: Networks | undefined): boolean {
  const plain = unwrap(address);
  if (isIP(plain) === 0) return true;
  if (allowed?.has(plain)) return false;
  if (isIPv4(plain)) return ipv4.has(plain);
  return !global.has(plain) || ipv6.has(plain);
}

/** The IPv4 address that an IPv6 address stands for, or the address itself. */
function unwrap(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = expand(address.replace(/%.*$/, ''));
  if (!embedding.test(groups)) return address;
  const bytes = groups.split(':').slice(-2).join('').match(/../g) ?? [];
  return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
}

// Through the URL parser, which writes each address in one way (RFC 5952), then to eight groups of four digits.
function expand(address: string): string {
  const shortened = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = shortened.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(zeros).fill('0'), ...last]
    .map((group) => group.padStart(4, '0'))
    .join(':');
}
