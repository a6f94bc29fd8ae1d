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
    if (typeof value === 'string') return cleanText(value, maxStringBytes);
    if (typeof value === 'bigint') return cleanText(String(value), maxStringBytes);
    if (typeof value === 'number') return redactText(String(value)) === redacted ? redacted : value;
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof Date) return value;
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
