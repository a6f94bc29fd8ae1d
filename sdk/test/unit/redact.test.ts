import { redactText } from '@footfall/schema/redact-text';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanProps, cleanText, redactUrl } from '../../src/redact.js';

describe('text', () => {
  it.each([
    ['paid with 4242 4242 4242 4242 123', 'paid with [redacted]'],
    ['order 5 4242424242424242.', 'order 5 [redacted].'],
    ['DE89 3704 0044 0532 0130 00 please', '[redacted] please'],
    ['login failed: password=hunter22', 'login failed: password=[redacted]'],
    ['{"apiKey":"k-123456","page":"p-123456"}', '{"apiKey":"[redacted]","page":"p-123456"}'],
    ['Authorization: Bearer abc.def.123', 'Authorization: Bearer [redacted]'],
    ['mail ann.lee+x@mail.example.co.uk now', 'mail [redacted] now'],
  ])('redacts %j', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it.each([
    "TypeError: Cannot read properties of undefined (reading 'token')",
    'Unexpected token: }',
    'Loading chunk 4242 failed. (missing: https://cdn.example/js/4242.f5044290.js)',
    'at render (https://shop.example/static/main.8f14e45f.js:12:345678)',
    'Room 12, 24 June 2024 at 10:15:30, 1.234.567,89 EUR',
    'Bestellung 4000-2024-000123 über 1 000 000 Stück',
  ])('keeps %j', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('ends within a moment on hostile text', () => {
    const hostile = [
      'a.'.repeat(4000),
      '1 '.repeat(4000),
      '4242-'.repeat(1600),
      'eyJ'.repeat(2700),
      `${'a'.repeat(8000)}@`,
    ];
    const startedAt = performance.now();
    for (const text of hostile) redactText(text);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('is stable: what was redacted once is not changed again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(redactText(redactText(text))).toBe(redactText(text));
      }),
    );
  });

  it('cuts after it has redacted', () => {
    expect(cleanText('card 4242424242424242', 12)).toBe('card [redact');
  });
});

describe('url', () => {
  it.each([
    [
      'https://a.example/p?utm_source=x&ref=y&q=z#part',
      'https://a.example/p?utm_source=x&ref=y&q=[redacted]',
    ],
    ['https://user:pass@a.example/', 'https://a.example/'],
    ['https://a.example/reset/0123456789abcdef0123456789abcdef', 'https://a.example/reset/[redacted]'],
    ['https://a.example/?utm_content=ann@example.com', 'https://a.example/?utm_content=[redacted]'],
    ['https://a.example/?flag&page=', 'https://a.example/?flag=&page='],
    ['https://a.example/?ref=4242%204242%204242%204242', 'https://a.example/?ref=[redacted]'],
    ['https://a.example/?utm_term=4242+4242+4242+4242', 'https://a.example/?utm_term=[redacted]'],
    [
      'https://a.example/DE89%203704%200044%200532%200130%2000/a%2Bb%20c',
      'https://a.example/[redacted]/a%2Bb%20c',
    ],
    ['https://a.example/?utm_term=100%', 'https://a.example/?utm_term=100%'],
    ['http://a.example:port/?id=7', 'http://a.example:port/'],
    ['javascript:alert(1)', 'javascript:[redacted]'],
    ['/relative?x=1', 'https://base.example/relative?x=[redacted]'],
  ])('redacts %s', (url, expected) => {
    expect(redactUrl(url, {}, 'https://base.example/')).toBe(expected);
  });

  it('keeps the fragment of a hash router without its query', () => {
    const url = 'https://a.example/#/users?token=abc';
    expect(redactUrl(url, { hash: true })).toBe('https://a.example/#/users');
  });

  it('keeps allowed parameters, unless their names are sensitive', () => {
    const allowQuery = ['page', 'token'];
    expect(redactUrl('https://a.example/?page=2&token=x', { allowQuery })).toBe(
      'https://a.example/?page=2&token=[redacted]',
    );
  });
});

describe('properties', () => {
  it('replaces values of sensitive names and sensitive values anywhere', () => {
    const props = {
      plan: 'pro',
      password: 'x',
      user: { apiKey: 'k', mails: ['ann@example.com'] },
      card: 4242424242424242,
    };
    expect(cleanProps(props)).toEqual({
      plan: 'pro',
      password: '[redacted]',
      user: { apiKey: '[redacted]', mails: ['[redacted]'] },
      card: '[redacted]',
    });
  });

  it('leaves functions out, whatever their source holds', () => {
    const props = { notify: () => 'ann@example.com', plan: 'pro' };
    expect(JSON.stringify(cleanProps(props))).toBe('{"plan":"pro"}');
  });

  it('ends on cycles and on too many keys', () => {
    const cycle: Record<string, unknown> = Object.fromEntries(
      Array.from({ length: 999 }, (_, n) => [`k${n}`, n]),
    );
    cycle.self = cycle;
    cycle.k0 = cycle;
    expect(() => JSON.stringify(cleanProps(cycle))).not.toThrow();
    expect(JSON.stringify(cleanProps(cycle)).length).toBeLessThan(10_000);
  });
});
