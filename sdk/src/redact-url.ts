import { maxUrlBytes } from '@footfall/schema/limits';
import { isSensitiveName } from '@footfall/schema/redact-name';
import { redacted, redactText } from '@footfall/schema/redact-text';

/** Keeps names of the query and the values that may be sent: campaign parameters and what the site allows. */
export function redactUrl(
  value: string,
  {
    allowQuery = [],
    hash,
    base,
  }: { allowQuery?: string[] | undefined; hash?: boolean | undefined; base?: string },
): string {
  const url = parseUrl(value, base);
  if (!url) return redactText(value).slice(0, maxUrlBytes);
  // What follows mailto:, tel:, data: or javascript: is a person or a program, not a page.
  if (!/^https?:$/.test(url.protocol)) return url.protocol + redacted;
  const fragment = hash ? redactText(url.hash.replace(/\?.*/, '')) : '';
  const query = redactQuery(url.search, allowQuery);
  return (url.origin + redactPath(url.pathname) + query + fragment).slice(0, maxUrlBytes);
}

/** Pages hold links that no browser can follow. */
export function parseUrl(value: string, base?: string): URL | null {
  try {
    return new URL(value, base);
  } catch {
    return null;
  }
}

/** From 32 hexadecimal digits on a segment is a reset link or a share link more often than a name. */
function redactPath(path: string): string {
  return path.split('/').map(redactSegment).join('/');
}

function redactSegment(segment: string): string {
  return /^[\da-f]{32,}$/i.test(segment) ? redacted : redactText(segment);
}

function redactQuery(search: string, allowQuery: string[]): string {
  const parts = search
    .slice(1)
    .split('&')
    .filter(Boolean)
    .map((part) => redactParameter(part, allowQuery));
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

function redactParameter(part: string, allowQuery: string[]): string {
  const [name = '', ...rest] = part.split('=');
  const value = rest.join('=');
  const allowed = /^(utm_\w+|ref)$/.test(name) || (allowQuery.includes(name) && !isSensitiveName(name));
  return `${redactText(name)}=${allowed || !value ? redactText(value) : redacted}`;
}
