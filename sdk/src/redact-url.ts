import { maxUrlBytes } from '@footfall/schema/limits';
import { isSensitiveName } from '@footfall/schema/redact-name';
import { redacted, redactText } from '@footfall/schema/redact-text';

/** Keeps names of the query and the values that may be sent: campaign parameters and what the site allows. */
export function redactUrl(
  value: string,
  { allowQuery = [], hash }: { allowQuery?: string[] | undefined; hash?: boolean | undefined },
  base?: string,
): string {
  const url = parseUrl(value, base);
  if (!url) return redactText(value).slice(0, maxUrlBytes);
  // What follows mailto:, tel:, data: or javascript: is a person or a program, not a page.
  if (!/^https?:$/.test(url.protocol)) return url.protocol + redacted;
  const path = url.pathname.replace(/[^/]+/g, redactSegment);
  const query = url.search.replace(/([?&])([^&=]*)=?([^&]*)/g, (_all, mark, name, parameter) => {
    const mayStay =
      !parameter || /^(utm_\w+|ref)$/.test(name) || (allowQuery.includes(name) && !isSensitiveName(name));
    return `${mark + redactText(name)}=${mayStay ? redactText(parameter) : redacted}`;
  });
  const fragment = hash ? redactText(url.hash.replace(/\?.*/, '')) : '';
  return (url.origin + path + query + fragment).slice(0, maxUrlBytes);
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
function redactSegment(segment: string): string {
  return /^[\da-f]{32,}$/i.test(segment) ? redacted : redactText(segment);
}
