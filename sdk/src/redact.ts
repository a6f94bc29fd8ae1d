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

  function clean(value: unknown, depth: number): unknown {
    if (/^(string|number|bigint)$/.test(typeof value)) {
      const text = String(value);
      const cleaned = cleanText(text, maxStringBytes);
      return typeof value === 'number' && cleaned === text ? value : cleaned;
    }
    if (!value || typeof value !== 'object' || value instanceof Date) return value;
    if (depth >= maxDepth) return null;
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
