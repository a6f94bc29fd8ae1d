import { maxUrlBytes } from '@footfall/schema/limits';
import { isSensitiveName } from '@footfall/schema/redact-name';
import { redacted, redactText } from '@footfall/schema/redact-text';
import { attempt } from './attempt.js';

/** Keeps names of the query and the values that may be sent: campaign parameters and what the site allows. */
export function redactUrl(
  value: string,
  { allowQuery = [], hash }: { allowQuery?: string[] | undefined; hash?: boolean | undefined },
  base?: string,
): string {
  const url = parseUrl(value, base);
  if (!url) return redactText(value.replace(/[?#].*/s, '')).slice(0, maxUrlBytes);
  // What follows mailto:, tel:, data: or javascript: is a person or a program, not a page.
  if (!/^https?:/.test(url.protocol)) return url.protocol + redacted;
  const path = url.pathname.replace(/[^/]+/g, redactSegment);
  const query = url.search.replace(/([?&])([^&=]*)=?([^&]*)/g, (_all, mark, name, parameter) => {
    const mayStay =
      !parameter || /^(utm_\w+|ref)$/.test(name) || (allowQuery.includes(name) && !isSensitiveName(name));
    return `${mark + redactPart(name)}=${mayStay ? redactPart(parameter) : redacted}`;
  });
  const fragment = hash ? redactText(url.hash.replace(/\?.*/, '')) : '';
  return (url.origin + path + query + fragment).slice(0, maxUrlBytes);
}

/** Pages hold links that no browser can follow. */
export function parseUrl(value: string, base?: string): URL | undefined {
  return attempt(() => new URL(value, base));
}

/** From 32 hexadecimal digits on a segment is a reset link or a share link more often than a name. */
function redactSegment(segment: string): string {
  return /^[\da-f]{32,}$/i.test(segment) ? redacted : redactPart(segment);
}

/** What was encoded is read as it was meant: `DE89%203704…` is an account number. */
function redactPart(part: string): string {
  const text = attempt(() => decodeURIComponent(part.replace(/\+/g, ' '))) ?? part;
  return text !== part && redactText(text) !== text ? redacted : redactText(part);
}
