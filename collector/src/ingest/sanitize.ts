import { maxDepth, maxKeys, maxStringBytes, maxUrlBytes } from '@footfall/schema/limits';

/** What was changed or noticed on the way in, as written to events.flags. */
export type Flag = 'no_sent_at' | 'future_ts' | 'odd_clock' | 'non_finite' | 'cut' | 'referrer_spam';

export type Sanitized =
  | { value: unknown; flags: Set<Flag>; maxBytes: number }
  | { problem: 'too_deep' | 'too_many_keys'; message: string };

type Limits = { depth: number; keys: number };
type Walk = {
  keys: number;
  maxBytes: number;
  flags: Set<Flag>;
  problem: 'too_deep' | 'too_many_keys' | undefined;
  limits: Limits;
};

const eventLimits: Limits = { depth: maxDepth, keys: maxKeys };

// The longest number has 24 characters, a key its quotes and a colon; a character is at most an escape like \u001f.
const valueBytes = 32;
const escapeBytes = 6;

// Assigning __proto__ on an ordinary object would change its prototype: such keys are dropped, and copies have none.
const poisonousKeys = new Set(['__proto__', 'constructor', 'prototype']);
const urlKeys = new Set(['url', 'referrer', 'href', 'action']);

/**
 * Copies a parsed JSON value into one that PostgreSQL can hold: NUL and lone surrogates become U+FFFD, numbers
 * that overflow a double become null, long strings and URLs are cut. Depth and keys are bounded. `maxBytes` is what its JSON
 * has at most, in UTF-8: most events need no exact count.
 */
export function sanitize(input: unknown, limits: Limits = eventLimits): Sanitized {
  const walk: Walk = { keys: 0, maxBytes: 0, flags: new Set(), problem: undefined, limits };
  const value = copy(input, walk, { depth: 0, maxBytes: maxStringBytes });
  if (!walk.problem) return { value, flags: walk.flags, maxBytes: walk.maxBytes };
  const limit =
    walk.problem === 'too_deep' ? `at most ${limits.depth} levels` : `at most ${limits.keys} keys`;
  return { problem: walk.problem, message: `expected ${limit}` };
}

function copy(input: unknown, walk: Walk, { depth, maxBytes }: { depth: number; maxBytes: number }): unknown {
  if (walk.problem) return null;
  walk.maxBytes += valueBytes;
  if (typeof input === 'string') return copyText(input, walk, maxBytes);
  if (typeof input === 'number') return copyNumber(input, walk);
  if (typeof input !== 'object' || input === null) return input;
  if (depth >= walk.limits.depth) {
    walk.problem = 'too_deep';
    return null;
  }
  return Array.isArray(input) ? copyArray(input, walk, depth) : copyObject(input, walk, depth);
}

function copyArray(input: unknown[], walk: Walk, depth: number): unknown[] {
  return input.map((item) => copy(item, walk, { depth: depth + 1, maxBytes: maxStringBytes }));
}

function copyObject(input: object, walk: Walk, depth: number): Record<string, unknown> {
  const output: Record<string, unknown> = Object.create(null);
  const entries = Object.entries(input);
  countKeys(walk, entries.length, depth);
  for (const [key, item] of entries) {
    if (walk.problem) break;
    if (poisonousKeys.has(key)) continue;
    const maxBytes = urlKeys.has(key) ? maxUrlBytes : maxStringBytes;
    output[copyText(key, walk, maxStringBytes)] = copy(item, walk, { depth: depth + 1, maxBytes });
  }
  return output;
}

// The fields of the event itself do not count towards what its properties may have.
function countKeys(walk: Walk, count: number, depth: number): void {
  walk.keys = depth === 0 ? 0 : walk.keys + count;
  if (Math.max(walk.keys, count) > walk.limits.keys) walk.problem = 'too_many_keys';
}

function copyNumber(input: number, walk: Walk): number | null {
  if (Number.isFinite(input)) return input;
  walk.flags.add('non_finite');
  return null;
}

function copyText(input: string, walk: Walk, maxBytes: number): string {
  walk.maxBytes += input.length * escapeBytes;
  const text = input.includes('\0') ? input.replaceAll('\0', '\ufffd') : input;
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  // A UTF-16 unit is at most three bytes of UTF-8: short texts need no counting.
  if (wellFormed.length * 3 <= maxBytes || Buffer.byteLength(wellFormed) <= maxBytes) return wellFormed;
  walk.flags.add('cut');
  return cutBytes(wellFormed, maxBytes);
}

/** Cuts a text to a number of bytes in UTF-8. A character that would be cut in the middle of its bytes is left out. */
export function cutBytes(text: string, maxBytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true });
}
