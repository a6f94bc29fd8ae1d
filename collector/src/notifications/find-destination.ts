import { lookup } from 'node:dns/promises';
import type { Networks } from '../access/networks.js';
import { isForbidden } from './forbidden-address.js';

/** Where a request goes: the URL, and the one address that was checked. */
export type Destination = { url: URL; address: string; family: 4 | 6 };

/** Why nothing is sent. */
export class RefusedDestination extends Error {
  override readonly name = 'RefusedDestination';
}

/** @returns the reason why a URL is none for a webhook, whatever its host resolves to */
export function explainBadUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return 'expected an http(s) URL';
  if (url.username !== '' || url.password !== '') return 'expected a URL without user and password';
  return undefined;
}

/** How a name is resolved; that of the system unless told otherwise. */
export type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;

export type Reach = {
  /** Networks that may be reached although they are not of the public internet. */
  allowed: Networks | undefined;
  resolve?: Resolve;
};

const resolveBySystem: Resolve = (host) => lookup(host, { all: true, order: 'verbatim' });

/**
 * Resolves the host of a webhook now, and refuses it if any of its addresses is not to be reached. The request has to go
 * to the address that is returned: a name that is asked again may resolve to another.
 *
 * @throws RefusedDestination
 */
export async function findDestination(
  text: string,
  { allowed, resolve = resolveBySystem }: Reach,
): Promise<Destination> {
  const reason = explainBadUrl(text);
  if (reason !== undefined) throw new RefusedDestination(reason);
  const url = new URL(text);
  const found = await resolve(url.hostname.replace(/^\[|\]$/g, ''));
  if (found.some(({ address }) => isForbidden(address, allowed)))
    throw new RefusedDestination(`${url.hostname} has an address that is not of the public internet`);
  const [first] = found;
  if (!first) throw new Error(`${url.hostname} has no address`);
  return { url, address: first.address, family: first.family === 6 ? 6 : 4 };
}
