import { maxDepth, maxKeys, maxStringBytes } from '@footfall/schema/limits';
import { isSensitiveName } from '@footfall/schema/redact-name';
import { redacted, redactText } from '@footfall/schema/redact-text';
import type { Props } from './options.js';

export { redactUrl } from './redact-url.js';

/**
 * What a page hands over as text, without secrets, at most `maxChars` long. The cut comes last: half a card number is not found.
 */
export function cleanText(text: unknown, maxChars: number): string {
  return redactText(String(text).slice(0, maxStringBytes)).slice(0, maxChars);
}

/** Copies properties without secrets; what is too deep or too much is left out, so that cycles end. */
export function cleanProps(props: Props | undefined): Props | undefined {
  let keysLeft = maxKeys;

  /** Dates and other objects with a text of their own are taken as JSON takes them, which asks objects alone. */
  function clean(raw: unknown, depth: number): unknown {
    const value: unknown = typeof raw === 'object' ? ((raw as Partial<Date> | null)?.toJSON?.() ?? raw) : raw;
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

/**
 * A number stays one unless it is that of a card. JSON has no integers beyond 64 bits: they become text. Functions have no
 * place in it and are left out.
 */
function cleanValue(value: unknown): unknown {
  const text = cleanText(value, maxStringBytes);
  if (typeof value === 'bigint') return text;
  return typeof value === 'function' || text === String(value) ? value : text;
}
