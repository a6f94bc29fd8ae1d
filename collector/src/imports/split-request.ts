import { splitUrl } from '../ingest/enrich/url.js';

export type Request = {
  method: string;
  /** What was asked for, with its query, as the client wrote it. */
  target: string;
  /** As a browser would name it: resolved and percent-encoded. */
  path: string;
  params: URLSearchParams;
};

const pattern = /^([A-Z][A-Z-]{1,31}) (\/.*?)(?: HTTP\/\d(?:\.\d)?)?$/s;

/**
 * Splits a request line. Anything but a path is no request for a page of the site: the greeting of another protocol, an
 * address for a proxy ("GET http://other.example/"), "OPTIONS *".
 */
export function splitRequest(request: string): Request | undefined {
  const [, method, target] = pattern.exec(request) ?? [];
  if (method === undefined || target === undefined) return undefined;
  // Behind a host, "//name" stays a path; alone it would be another host.
  const { path, params } = splitUrl(`http://localhost${target}`);
  return path === null || params === null ? undefined : { method, target, path, params };
}
