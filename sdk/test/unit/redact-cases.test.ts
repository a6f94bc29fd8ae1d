import { readFileSync } from 'node:fs';
import { type Field, isSensitiveField } from '@footfall/schema/redact-name';
import { redactText } from '@footfall/schema/redact-text';
import { describe, expect, it } from 'vitest';
import { redactUrl } from '../../src/redact-url.js';

type Case = { kind: string; level: string; should_redact: boolean | null };
type ValueCase = Case & { value: string };
type FieldCase = Case & { field: Field };
type UrlCase = { url: string; must_contain: string[]; must_not_contain: string[] };

function read<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`../fixtures/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const values = read<ValueCase>('value-cases');
const fields = read<FieldCase>('field-cases');
const neverSent = ['secret', 'payment', 'gov_id'];

const isRedacted = (text: string) => redactText(text) !== text;

describe('published cases', () => {
  it('finds at least 99 % of secrets, payment data and identity numbers', () => {
    const texts = values.filter((row) => neverSent.includes(row.level) && row.should_redact);
    const names = fields.filter((row) => neverSent.includes(row.level) && row.should_redact);
    const missed = [
      ...texts.filter((row) => !isRedacted(row.value)).map((row) => row.value),
      ...names.filter((row) => !isSensitiveField(row.field)).map((row) => JSON.stringify(row.field)),
    ];
    expect(1 - missed.length / (texts.length + names.length)).toBeGreaterThanOrEqual(0.99);
    // A bare taxpayer number and a bare health service number look like any other nine or ten digits.
    expect(missed).toEqual(['911701234', '0032698674']);
  });

  it('finds every e-mail address', () => {
    const texts = values.filter((row) => row.kind === 'email');
    expect(texts.filter((row) => isRedacted(row.value) !== row.should_redact)).toEqual([]);
  });

  it('keeps every field of level none, but for hidden inputs', () => {
    const kept = fields.filter((row) => row.level === 'none' && row.field.type !== 'hidden');
    expect(kept.filter((row) => isSensitiveField(row.field))).toEqual([]);
  });

  it('keeps values that only look like cards, social security numbers, addresses or dates', () => {
    const kinds = ['credit_card', 'us_ssn', 'email', 'phone', 'ip', 'url_userinfo'];
    const texts = values.filter((row) => kinds.includes(row.kind) && row.should_redact === false);
    expect(texts.filter((row) => isRedacted(row.value))).toEqual([]);
  });

  const names =
    'id amount a b x page sort q tokenizer sessions e card token iban gclid api_key sid PHPSESSID';
  const allowQuery = names.split(' ');

  it.each(read<UrlCase>('url-cases'))('redacts $url', ({ url, must_contain, must_not_contain }) => {
    const redacted = redactUrl(url, { allowQuery });
    for (const part of must_contain) expect(redacted).toContain(part);
    for (const part of must_not_contain) expect(redacted).not.toContain(part);
  });
});

/** Deterministic digits (Park and Miller's generator), so that the rate is the same at every run. */
function digitsFrom(seed: number): (length: number) => string {
  let state = seed;
  return (length) =>
    Array.from({ length }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state % 10;
    }).join('');
}

describe('false positives on numeric ids', () => {
  const digits = digitsFrom(20_260_101);
  it.each([
    ['snowflakes of 19 digits', () => `1${digits(18)}`],
    ['snowflakes of 18 digits', () => `1${digits(17)}`],
    ['milliseconds since 1970', () => `17${digits(11)}`],
    ['microseconds since 1970', () => `17${digits(14)}`],
    ['account numbers of 15 digits', () => `1000${digits(11)}`],
    ['orders of 8 digits', () => digits(8)],
    ['orders of 10 digits', () => digits(10)],
    ['ISBN', () => `978${digits(10)}`],
    ['analytics ids', () => `${digits(9)}.17${digits(8)}`],
    ['UUIDs of digits', () => [8, 4, 4, 4, 12].map(digits).join('-')],
  ])('are at most 0.5 %% for %s', (_name, make) => {
    const ids = Array.from({ length: 5000 }, make);
    expect(ids.filter(isRedacted).length / ids.length).toBeLessThanOrEqual(0.005);
  });
});
