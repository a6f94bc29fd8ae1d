export type SplitUrl = { host: string | null; path: string | null; params: URLSearchParams | null };

const none: SplitUrl = Object.freeze({ host: null, path: null, params: null });

/**
 * Splits a web address by the URL Standard (https://url.spec.whatwg.org/). The host is lower case, in its ASCII form
 * and without port, user and password: a port tells development servers apart, never audiences, and GA4 and Plausible
 * leave it out as well. The path is without query and fragment. Anything but http and https gives nulls.
 */
export function splitUrl(url: string): SplitUrl {
  const parsed = parseUrl(url);
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') return none;
  return { host: parsed.hostname, path: parsed.pathname, params: readParams(parsed) };
}

// Decoded, %00 is a character that PostgreSQL's text cannot hold.
function readParams({ search, searchParams }: URL): URLSearchParams {
  return search.includes('%00') ? new URLSearchParams(search.replaceAll('%00', '%EF%BF%BD')) : searchParams;
}

function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
