import { detectBot } from '../ingest/enrich/bot.js';
import { findFileKind } from './file-kinds.js';
import type { LogLine } from './parse-line.js';
import type { Request } from './split-request.js';

// 204 and 205 have no body, 206 is a piece of a download; 304 is a page that the browser showed from its cache.
const pageStatuses: ReadonlySet<number> = new Set([200, 201, 202, 203, 304]);

const machineFiles = [
  /^\/(?:robots|ads|app-ads|humans|security|llms|llms-full)\.txt$/,
  /\/(?:favicon\.ico|wpad\.dat|sitemap[\w.-]*\.(?:xml|txt)(?:\.gz)?)$/,
  /\/(?:crossdomain|clientaccesspolicy|browserconfig|opensearch)\.xml$/,
  /^\/\.well-known\//,
];

/** Paths that answer programs: those of WordPress and common frameworks, of health checks and of Cloudflare. */
const services = [
  /^\/(?:healthz|readyz|livez|server-status|nginx_status|cdn-cgi)(?:\/|$)/,
  /^\/(?:socket\.io|wp-json|_next\/data|graphql)(?:\/|$)/,
  /\/(?:xmlrpc|wp-cron|wp-admin\/admin-ajax)\.php$/,
];

const feedPaths = /\/(?:feed|rss|atom)(?:\/(?:rss2?|atom|rdf))?\/?$/i;
const feedNames = /\/(?:feed|rss|atom|index\.rdf)[\w-]*\.(?:xml|json|php)$/i;
const feedParameters = ['feed', 'flav', 'flavor', 'flavour', 'format', '_format', 'type', 'output', 'alt'];
const feedValue = /^(?:comments-)?(?:rss|atom|rdf|feed)[\d.]*$/i;

/**
 * Why a request counts as no pageview, or nothing when it does: a GET that was answered with a page. A POST is an action,
 * not a view; a HEAD shows nothing.
 */
export function leaveOut(line: LogLine, request: Request): string | undefined {
  if (request.method !== 'GET') return 'method';
  if (!pageStatuses.has(line.status)) return `status ${line.status}`;
  const { path } = request;
  if (machineFiles.some((pattern) => pattern.test(path))) return 'file for robots and browsers';
  if (isFeed(request)) return 'feed';
  if (services.some((pattern) => pattern.test(path))) return 'service';
  return findFileKind(path);
}

function isFeed({ path, params }: Request): boolean {
  if (feedPaths.test(path) || feedNames.test(path)) return true;
  return feedParameters.some((name) => feedValue.test(params.get(name) ?? ''));
}

/** Why a client is no person, or null. A format without user agents tells nothing about that. */
export function judgeBot({ userAgent }: LogLine): string | null {
  return userAgent === null ? null : detectBot(userAgent);
}
