import { isIPv6 } from 'node:net';
import { Refusal } from '../refusal.js';

export type RateLimit = {
  /** @throws Refusal 429 when the address has asked too often */
  take(address: string): void;
};

const maxAddresses = 100_000;

/** Lets each address, an IPv6 one by its network of 64 bits, ask so often in a window of time. */
export function createRateLimit({
  now,
  windowMs,
  maxRequests,
}: {
  now: () => number;
  windowMs: number;
  maxRequests: number;
}): RateLimit {
  let counts = new Map<string, number>();
  let endsAt = 0;

  return {
    take(address) {
      const time = now();
      if (time >= endsAt || counts.size >= maxAddresses) {
        counts = new Map();
        endsAt = time + windowMs;
      }
      const network = networkOf(address);
      const count = (counts.get(network) ?? 0) + 1;
      counts.set(network, count);
      if (count <= maxRequests) return;
      const message = `expected at most ${maxRequests} requests in ${windowMs / 1_000} s`;
      const retryAfterSeconds = Math.ceil((endsAt - time) / 1_000);
      throw new Refusal(429, 'too_many_requests', message, { retryAfterSeconds });
    },
  };
}

// What one subscriber gets (RFC 6177): single addresses of it are free to take.
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail?.split(':').filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(Math.max(0, zeros)).fill('0'), ...last].slice(0, 4).join(':');
}
