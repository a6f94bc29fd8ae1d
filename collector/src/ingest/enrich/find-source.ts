import { aiAssistants } from './lists/ai-assistants.js';
import { emailServices } from './lists/email-services.js';
import { hostingDomains } from './lists/hosting-domains.js';
import { moreSocialNetworks } from './lists/more-social-networks.js';
import { socialNetworks } from './lists/social-networks.js';
import { publishedHosts, publishedSources } from './published-sources.js';
import { findSearchEngine, predictSearchEngine } from './search-engine.js';

export type SourceMedium = 'search' | 'social' | 'ai' | 'email' | 'video';
export type KnownSource = { name: string; medium: SourceMedium; term?: string | null };
export type Page = { host: string; path: string; params: URLSearchParams };

type Names = ReadonlyMap<string, string>;

const assistants = indexHosts(aiAssistants);
const emails = indexHosts(emailServices);
const videos = new Map([...publishedHosts('video'), ['youtu.be', 'YouTube']]);
const networks = new Map([
  ...publishedHosts('social'),
  ...indexHosts(moreSocialNetworks),
  ...indexHosts(socialNetworks),
]);

/**
 * The known service behind a page that links to the site. Assistants come first, since some share a host with a search
 * engine; then mail, which does too; video before social networks, as GA4 counts YouTube.
 */
export function findSource({ host, path, params }: Page): KnownSource | null {
  const page = { host: host.replace(/^(?:www\d?|m|mobile|amp)\.(?=.+\.)/, ''), path, params };
  return findAssistant(page) ?? findEmail(page) ?? findVideo(page) ?? findSearch(page);
}

function findAssistant(page: Page): KnownSource | null {
  const name = findHost(assistants, page);
  return name === undefined ? null : { name, medium: 'ai' };
}

function findEmail(page: Page): KnownSource | null {
  const isWebMail = /^(?:web|e-?)?mail\d*\..+\./.test(page.host);
  const name = findHost(emails, page) ?? (isWebMail ? page.host : undefined);
  return name === undefined ? null : { name, medium: 'email' };
}

function findVideo(page: Page): KnownSource | null {
  const name = findHost(videos, page);
  return name === undefined ? null : { name: findHost(networks, page) ?? name, medium: 'video' };
}

/** A listed search engine, else a social network, else a host that only looks like a search engine. */
function findSearch(page: Page): KnownSource | null {
  const { host, path, params } = page;
  const listed = findSearchEngine(host, path, params);
  if (listed) return { ...listed, medium: 'search' };
  const network = findHost(networks, page);
  if (network !== undefined) return { name: network, medium: 'social' };
  if (publishedSources.get(host) === 'search') return { name: host, medium: 'search' };
  const predicted = predictSearchEngine(host, path, params);
  return predicted && { ...predicted, medium: 'search' };
}

/** Looks up the host, then each domain above it; an entry may also ask for the first segments of the path. */
function findHost(names: Names, { host, path }: Page): string | undefined {
  const [first = '', second = ''] = path.split('/', 3).slice(1);
  for (let domain = host; domain.includes('.'); domain = domain.slice(domain.indexOf('.') + 1)) {
    const keys = [`${domain}/${first}`, `${domain}/${first}/${second}`, domain];
    const key = keys.find((key) => names.has(key));
    if (key !== undefined && (domain === host || !hostingDomains.has(domain))) return names.get(key);
  }
  return undefined;
}

function indexHosts(services: Readonly<Record<string, string>>): Names {
  const entries = Object.entries(services);
  return new Map(entries.flatMap(([name, hosts]) => hosts.split(' ').map((host) => [host, name])));
}
