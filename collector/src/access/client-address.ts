import { isIP } from 'node:net';
import type { Networks } from './networks.js';

export type ProxyTrust = { trustedProxies: Networks | undefined; clientIpHeader: string };

/**
 * The address of the client: that of the socket, or the last one in the configured header that is no trusted proxy,
 * and only where the socket's peer is one. A header from anybody else is a claim, not a fact.
 */
export function findClientAddress(
  socketAddress: string | undefined,
  readHeader: (name: string) => string | undefined,
  { trustedProxies, clientIpHeader }: ProxyTrust,
): string {
  const peer = normalizeAddress(socketAddress ?? '');
  if (!trustedProxies?.has(peer)) return peer;
  const claimed = (readHeader(clientIpHeader) ?? '').split(',').map(readEntry);
  const client = claimed.findLast((address) => !trustedProxies.has(address));
  // What stands before an entry that is no address was written by nobody who is known.
  return client !== undefined && isIP(client) !== 0 ? client : peer;
}

// Some proxies write the port too, and IPv6 in brackets: 203.0.113.7:4711, [2001:db8::1]:4711.
function readEntry(entry: string): string {
  const text = entry.trim();
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1];
  return normalizeAddress(address ?? text);
}

// A dual-stack socket shows an IPv4 peer as ::ffff:192.0.2.1 (RFC 4291, section 2.5.5.2). The zone of a link-local address
// (RFC 4007, section 11) is a name of the machine that wrote it.
function normalizeAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
}
