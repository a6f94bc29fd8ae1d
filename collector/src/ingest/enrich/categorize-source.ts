import { findSource, type SourceMedium } from './find-source.js';
import { aiAssistants, aiSourceNames } from './lists/ai-assistants.js';
import { moreSocialNetworks } from './lists/more-social-networks.js';
import { socialNetworks } from './lists/social-networks.js';
import { publishedSources } from './published-sources.js';

export type SourceCategory = SourceMedium | 'shopping';

const categoryOfName = new Map<string, SourceCategory>();
for (const list of [moreSocialNetworks, socialNetworks]) {
  for (const name of Object.keys(list)) categoryOfName.set(name.toLowerCase(), 'social');
}
for (const name of [...Object.keys(aiAssistants), ...aiSourceNames]) {
  // "You", "Pi" and "Poe" are too short to mean the assistant in somebody's utm_source.
  if (name.length > 3) categoryOfName.set(name.toLowerCase(), 'ai');
}

/** What kind of site a source is, given as utm_source gives it: a name ("facebook", "Google Shopping") or a host. */
export function categorizeSource(source: string): SourceCategory | null {
  const name = source.trim().toLowerCase();
  const known = publishedSources.get(name) ?? categoryOfName.get(name);
  if (known !== undefined) return known;
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(name) ? categorizeHost(name) : null;
}

function categorizeHost(host: string): SourceCategory | null {
  const bare = host.replace(/^www\./, '');
  const published = publishedSources.get(bare);
  if (published !== undefined) return published;
  // The list has amazon.com and "amazon", which stands for amazon.de as well.
  const label = /^([a-z0-9-]+)\.(?:com?\.)?[a-z]{2,3}$/.exec(bare)?.[1] ?? '';
  if (publishedSources.get(label) === 'shopping') return 'shopping';
  return findSource({ host, path: '/', params: new URLSearchParams() })?.medium ?? null;
}
