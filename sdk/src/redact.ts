import { maxDepth, maxKeys, maxStringBytes } from '@footfall/schema/limits';
import { isSensitiveName } from '@footfall/schema/redact-name';
import { redacted, redactText } from '@footfall/schema/redact-text';
import type { Props } from './options.js';

export { redactUrl } from './redact-url.js';

/** Text without secrets, on one line of at most `maxChars`. The cut comes last: half a card number is not found. */
export function cleanText(text: string, maxChars: number): string {
  return redactText(text.slice(0, maxStringBytes)).slice(0, maxChars);
}

/** Copies properties without secrets; what is too deep or too much is left out, so that cycles end. */
export function cleanProps(props: Props | undefined): Props | undefined {
  let keysLeft = maxKeys;

  /** Dates and other objects with a text of their own are taken as JSON takes them. */
  function clean(raw: unknown, depth: number): unknown {
    const value: unknown = (raw as Partial<Date> | null)?.toJSON?.() ?? raw;
    if (typeof value !== 'object') return cleanValue(value);
    if (!value || depth >= maxDepth) return null;
    return Array.isArray(value)
      ? value.slice(0, keysLeft).map((item) => clean(item, depth + 1))
      : copy(value, depth);
  }

  function copy(value: object, depth: number): Props {
    const result: Props = {};
    for (const [key, item] of Object.entries(value)) {
      if (--keysLeft < 0) break;
      result[redactText(key)] = isSensitiveName(key) ? redacted : clean(item, depth + 1);
    }
    return result;
  }

  return props && copy(props, 1);
}

/** A number stays one unless it is that of a card. JSON has no integers beyond 64 bits: they become text. */
function cleanValue(value: unknown): unknown {
  const text = cleanText(String(value), maxStringBytes);
  return typeof value === 'bigint' || text !== String(value) ? text : value;
}
