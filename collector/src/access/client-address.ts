import { type BlockList, isIP } from 'node:net';

export type ProxyTrust = { trustedProxies: BlockList | undefined; clientIpHeader: string };

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
  if (!trustedProxies || !isTrusted(trustedProxies, peer)) return peer;
  const claimed = (readHeader(clientIpHeader) ?? '')
    .split(',')
    .map((entry) => normalizeAddress(entry.trim()));
  const client = claimed
    .filter((address) => isIP(address) !== 0)
    .findLast((address) => !isTrusted(trustedProxies, address));
  return client ?? peer;
}

function isTrusted(proxies: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && proxies.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

// A dual-stack socket shows an IPv4 peer as ::ffff:192.0.2.1 (RFC 4291, section 2.5.5.2).
function normalizeAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
