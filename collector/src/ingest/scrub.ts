import type { Event } from '@footfall/schema';
import { isSensitiveField, isSensitiveName } from '@footfall/schema/redact-name';
import { redacted, redactText } from '@footfall/schema/redact-text';
import { remember } from './enrich/remember.js';
import type { ValidEvent } from './validate.js';

// Shorter than the shortest secret of letters alone (an AWS key id has 20), and nothing of what all other rules need.
const harmless = /^[^\d@=%０-９]{0,19}$/;
// Pages, buttons and selectors say the same again and again. Only text that is stored as it came is remembered.
const maxRecalledChars = 256;
const recallClean = remember<true | undefined>({ maxEntries: 10_000 });
const recallName = remember<{ isSensitive: boolean }>({ maxEntries: 10_000 });

/** Scrubs events that passed validation. */
export function scrubEvents(events: ValidEvent[]): ValidEvent[] {
  return events.map((valid) => ({ ...valid, event: scrubEvent(valid.event) }));
}

/**
 * The second half of redaction, by the same rules as in the browser: a client that is not our SDK, or an old one, sends
 * what the page holds. Text is unchanged where no rule matches.
 */
function scrubEvent(event: Event): Event {
  const clean: Record<string, unknown> = { ...event };
  for (const key of ['url', 'referrer'] as const) if (event[key]) clean[key] = scrubUrl(event[key]);
  for (const key of ['title', 'name'] as const) if (event[key]) clean[key] = scrubText(event[key]);
  if (event.props) clean.props = scrubValue(event.props);
  if ('fields' in (event.props ?? {})) clean.props = scrubFields(clean.props as FormProps);
  return clean as Event;
}

type FormProps = { fields: unknown };
type FormField = Parameters<typeof isSensitiveField>[0] & { value?: unknown };

// The name of a form field is beside its value, not above it.
function scrubFields(props: FormProps): FormProps {
  const { fields } = props;
  return Array.isArray(fields) ? { ...props, fields: fields.map(scrubField) } : props;
}

function scrubField(field: unknown): unknown {
  if (typeof field !== 'object' || field === null) return field;
  const { name, id, type, autocomplete, placeholder, value } = field as FormField;
  const texts = Object.entries({ name, id, type, autocomplete, placeholder }).filter(
    ([, text]) => typeof text === 'string',
  );
  const isSecret = value !== undefined && value !== '' && isSensitiveField(Object.fromEntries(texts));
  return isSecret ? { ...field, value: redacted } : field;
}

/** Scrubs every text of a value, and whatever stands under the name of a secret. The value is within the limits. */
export function scrubValue(value: unknown): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(scrubValue);
  const clean: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) clean[scrubText(key)] = scrubItem(key, item);
  return clean;
}

function scrubItem(key: string, item: unknown): unknown {
  if (typeof item === 'string' && item !== '' && isSecretName(key)) return redacted;
  if (typeof item === 'number' && isSecretName(key)) return redacted;
  return scrubValue(item);
}

function scrubText(text: string): string {
  if (harmless.test(text)) return text;
  if (text.length > maxRecalledChars) return redact(text);
  return recallClean(text, () => redact(text) === text || undefined) ? text : redact(text);
}

function redact(text: string): string {
  const clean = redactText(text);
  return encoded.test(clean) ? clean.replace(encodedParts, scrubEncoded) : clean;
}

const encoded = /%[\da-f]{2}/i;
const encodedParts = /[^\s/?&=#"'<>]*%[\da-f]{2}[^\s/?&=#"'<>]*/gi;

/** A part of a URL is read as it was meant: `DE89%203704…` is an account number. */
function scrubEncoded(part: string): string {
  const text = decode(part);
  return text !== undefined && redactText(text) !== text ? redacted : part;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined; // no UTF-8
  }
}

function isSecretName(name: string): boolean {
  return recallName(name, () => ({ isSensitive: isSensitiveName(name) })).isSensitive;
}

/** Unlike the SDK this keeps the other values of a query: which of them the site allows is for the SDK to know. */
function scrubUrl(url: string): string {
  const start = url.indexOf('?');
  if (start < 0) return scrubText(url);
  const [query = '', fragment] = url.slice(start + 1).split(/(?=#)/, 2);
  const parts = query.split('&').map(scrubParameter);
  return scrubText(`${url.slice(0, start)}?${parts.join('&')}${fragment ?? ''}`);
}

function scrubParameter(part: string): string {
  const [name = '', value] = part.split('=', 2);
  if (!value) return part;
  const isSecret =
    isSecretName(name) || (isEncoded(part) && isSecretParameter(readForm(name), readForm(value)));
  return isSecret ? `${name}=${redacted}` : part;
}

function isSecretParameter(name: string | undefined, value: string | undefined): boolean {
  return (name !== undefined && isSecretName(name)) || (value !== undefined && redactText(value) !== value);
}

function isEncoded(part: string): boolean {
  return part.includes('+') || part.includes('%');
}

// In a query + is a space.
function readForm(text: string): string | undefined {
  return decode(text.replaceAll('+', ' '));
}
