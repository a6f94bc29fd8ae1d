import { toMoment } from '../../../state/calendar.js';

/** What is typed into a form, by the name of the field. */
export type Draft = Record<string, string | boolean | readonly string[]>;

/** The body of a request, and what is read into a form. */
export type Values = Record<string, unknown>;

/**
 * A field of a form. Its name is the path in the body of the request (`rule.factor`), by which the API says what is wrong
 * with it too.
 */
export type Field = {
  name: string;
  label: string;
  kind:
    | 'text'
    | 'email'
    | 'password'
    | 'number'
    /** A local time of the site. */
    | 'moment'
    /** Text of several lines. */
    | 'area'
    /** One entry a line. */
    | 'list'
    | 'choice'
    | 'check'
    | 'checks';
  hint?: string;
  placeholder?: string;
  isRequired?: boolean;
  options?: readonly { value: string; title: string }[];
  min?: number;
  max?: number;
  step?: number | 'any';
  /** An empty field is sent as null, instead of being left out. */
  isNullable?: boolean;
  /** The field is there for certain values of others alone. */
  isShown?(draft: Draft): boolean;
  /** Other paths of errors that mean this field. */
  paths?: readonly string[];
};

/** The fields that a draft has. */
export function shownFields(fields: readonly Field[], draft: Draft): Field[] {
  return fields.filter(({ isShown }) => isShown?.(draft) ?? true);
}

/** A text of a draft. */
export function textOf(draft: Draft, name: string): string {
  const value = draft[name];
  return typeof value === 'string' ? value : '';
}

/** The entries of a list, one a line; or what is ticked. */
export function entriesOf(draft: Draft, name: string): string[] {
  const value = draft[name];
  if (typeof value === 'object') return [...value];
  return textOf(draft, name)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What a form begins with: a record of the API, as text. */
export function toDraft(fields: readonly Field[], record: object = {}): Draft {
  return Object.fromEntries(fields.map((field) => [field.name, draftOf(field, valueAt(record, field.name))]));
}

function draftOf({ kind, options }: Field, value: unknown): Draft[string] {
  if (kind === 'check') return value === true;
  if (kind === 'checks') return Array.isArray(value) ? value.map(String) : [];
  if (Array.isArray(value)) return value.join('\n');
  if (value === undefined || value === null) return kind === 'choice' ? (options?.[0]?.value ?? '') : '';
  return String(value);
}

function valueAt(record: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? (value as Values)[name] : undefined),
      record,
    );
}

/** The body of a request, of the fields that are shown. Times are those of the timezone. */
export function toBody(fields: readonly Field[], draft: Draft, timezone: string): Values {
  const body: Values = {};
  for (const field of shownFields(fields, draft)) {
    const value = readField(field, draft, timezone);
    if (value !== undefined) setAt(body, field.name.split('.'), value);
  }
  return body;
}

function readField({ name, kind, isNullable = false }: Field, draft: Draft, timezone: string): unknown {
  if (kind === 'list' || kind === 'checks') return entriesOf(draft, name);
  if (kind === 'check') return draft[name] === true;
  const text = textOf(draft, name);
  if (text.trim() === '') return isNullable ? null : undefined;
  if (kind === 'number') return Number(text);
  return kind === 'moment' ? toMoment(text, timezone) : text;
}

function setAt(body: Values, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    body[name] = value;
    return;
  }
  const inner = (body[name] ?? {}) as Values;
  body[name] = inner;
  setAt(inner, rest, value);
}

/** What an error of the API says about a field, without the path that the field stands for. */
export function errorOf(
  { name, kind, paths = [] }: Field,
  error: { path: string | undefined; message: string; hint: string | undefined } | undefined,
): string | undefined {
  const path = error?.path;
  if (!error || path === undefined) return undefined;
  const mine = [name, ...paths].find((one) => path === one || path.startsWith(`${one}.`));
  if (mine === undefined) return undefined;
  const at = kind === 'list' ? Number.parseInt(path.slice(mine.length + 1), 10) : Number.NaN;
  const place = Number.isNaN(at) ? '' : `Line ${at + 1}: `;
  const reason = error.message.startsWith(`${path}: `) ? error.message.slice(path.length + 2) : error.message;
  return [`${place}${reason}`, error.hint].filter(Boolean).join('. ');
}
