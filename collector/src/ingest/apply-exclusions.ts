import { exclusionsOf } from '../access/exclusions.js';
import { splitUrl } from './enrich/url.js';
import type { Client } from './enrich.js';
import type { RefusedEvent, ValidEvent } from './validate.js';

type Events = { valid: ValidEvent[]; refused: RefusedEvent[] };

/**
 * Leaves out what the rules of a site exclude: all of a visit from an excluded address, what was refused of it too, and
 * the events of excluded pages. The address of a server is not that of a visitor.
 */
export function applyExclusions(
  { site, address, isServer }: Client,
  { valid, refused }: Events,
): { kept: Events; excluded: number } {
  const { isAddressExcluded, isPageExcluded } = exclusionsOf(site);
  if (!isServer && isAddressExcluded(address)) {
    return { kept: { valid: [], refused: [] }, excluded: valid.length + refused.length };
  }
  const kept = valid.filter(({ event }) => event.url === undefined || !isPageExcluded(splitUrl(event.url)));
  return { kept: { valid: kept, refused }, excluded: valid.length - kept.length };
}
