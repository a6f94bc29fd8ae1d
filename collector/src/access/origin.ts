import { demoSite, type Site } from './sites.js';

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an origin or URL is one of this machine, without encryption. */
export function isPlainLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && loopbackHosts.has(hostname);
}

/**
 * Whether a page of an origin may write to a site. Servers send no origin and are let in; `null` (sandboxed frames,
 * local files) and foreign origins are let in where the site lists them. The demo site trusts this machine, and the
 * collector's own pages.
 */
export function isOriginAllowed(
  site: Site,
  { origin, host }: { origin: string | undefined; host: string | undefined },
): boolean {
  if (origin === undefined) return true;
  if (site.allowedOrigins.includes(origin) || (site.allowedOrigins.includes('*') && origin !== 'null'))
    return true;
  if (site.site !== demoSite || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return loopbackHosts.has(url.hostname) || url.host === host;
}
