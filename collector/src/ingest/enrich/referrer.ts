import { findSource, type Page } from './find-source.js';
import { androidApps } from './lists/android-apps.js';
import { spamHosts } from './lists/spam-hosts.js';
import { splitUrl } from './url.js';

export type ReferrerMedium = 'search' | 'social' | 'ai' | 'email' | 'video' | 'referral' | 'internal';
export type Referrer = {
  source: string | null;
  medium: ReferrerMedium | null;
  host: string | null;
  term?: string | null;
  spam?: boolean;
};

/** RFC 1035, section 2.3.4, without the dots at the ends; a longer one was never resolved. */
const maxHostChars = 253;

/**
 * Where a visit came from. `source` is the name of a known service and null for any other site, which `host` names;
 * all null is "no referrer that could be read". The lists are those of Matomo and Google (see lists/), matched by whole
 * labels, so that chatgpt.com.evil.example is nobody's. A subdomain of the site is the site itself.
 */
export function classifyReferrer(
  referrer: string | null,
  siteHost: string | readonly string[] | null,
): Referrer {
  const page = readPage(referrer ?? '');
  if (page === null) return { source: null, medium: null, host: null };
  const { host } = page;
  const sites = [siteHost ?? []].flat();
  if (sites.some((site) => belongsTo(host, site))) return { source: null, medium: 'internal', host };
  if (isPrivate(host)) return { source: null, medium: null, host };
  if (isSpam(host)) return { source: null, medium: 'referral', host, spam: true };
  const known = findSource(page);
  if (known === null) return { source: null, medium: 'referral', host };
  return { source: known.name, medium: known.medium, host, ...(known.term ? { term: known.term } : {}) };
}

function readPage(referrer: string): Page | null {
  const app = /^android-app:\/\/([\w.-]{1,255})/i.exec(referrer)?.[1];
  if (app !== undefined) return { host: hostOfApp(app), path: '/', params: new URLSearchParams() };
  // The URL Standard reads "https:/foo" as https://foo, yet no browser sends that.
  if (!/^https?:\/\//i.test(referrer)) return null;
  const { host, path, params } = splitUrl(referrer);
  if (host === null || path === null || params === null) return null;
  return host === '' || host.length > maxHostChars ? null : { host: host.replace(/\.$/, ''), path, params };
}

/** A package is a domain written backwards; some apps send the host itself. */
function hostOfApp(app: string): string {
  const known = androidApps.get(app);
  if (known !== undefined) return known;
  const name = app.toLowerCase();
  return /^(?:com|org|net|io|co|me|app|ai|de|fr|jp|kr|cn|ru|tv|xyz)\./.test(name)
    ? name.split('.').reverse().join('.')
    : name;
}

function belongsTo(host: string, site: string): boolean {
  const own = site.toLowerCase().replace(/^www\./, '');
  return host === own || host.endsWith(`.${own}`);
}

/** A name without a dot or an address of RFC 1918 names no site that anybody else could visit. */
function isPrivate(host: string): boolean {
  if (!host.includes('.')) return !/^\[[23]/.test(host);
  return /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.[\d.]+$/.test(host);
}

function isSpam(host: string): boolean {
  for (let domain = host; domain.includes('.'); domain = domain.slice(domain.indexOf('.') + 1)) {
    if (spamHosts.has(domain)) return true;
  }
  return false;
}
