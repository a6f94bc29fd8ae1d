import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventIds } from '../../../src/imports/event-id.js';
import { judgeLine } from '../../../src/imports/judge-line.js';
import { toLogEvent } from '../../../src/imports/log-event.js';
import type { PendingEvent } from '../../../src/ingest/event-row.js';

const now = Date.parse('2026-11-20T12:00:00Z');
const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const stamp = '[17/May/2015:23:30:00 -0100]';

function eventOf(text: string, secret = 'secret'): PendingEvent | undefined {
  const line = judgeLine({ number: 1, text }, { rule: 'default', now });
  if (line.kind !== 'pageview') return undefined;
  return toLogEvent(line, {
    site: 'shop',
    secret: Buffer.from(secret),
    ownHosts: ['shop.example'],
    humanReasons: [],
    geo: {
      lookup: (address) => ({ country: address === '192.0.2.1' ? 'NL' : null, region: null, city: null }),
    },
    eventIdOf: createEventIds('shop'),
    now: () => now,
  });
}

function line({
  target = '/',
  referrer = '-',
  userAgent = chrome,
  address = '192.0.2.1',
  host = '',
} = {}): string {
  return `${host}${address} - - ${stamp} "GET ${target} HTTP/1.1" 200 5 "${referrer}" "${userAgent}"`;
}

test('a line becomes a pageview with page, campaign, client and place, and a day in UTC', () => {
  const target = '/a%20b/../shoes?utm_source=news&utm_medium=email';
  expect(eventOf(line({ target, referrer: 'https://www.google.com/' }))).toMatchObject({
    type: 'pageview',
    site: 'shop',
    occurredAt: Date.parse('2015-05-18T00:30:00Z'),
    eventDay: '2015-05-18',
    receivedAt: now,
    sentAt: null,
    isOdd: false,
    isTooOld: false,
    isServer: false,
    clientSessionId: null,
    cookieless: null,
    linksCookieless: false,
    url: target,
    host: null,
    path: '/shoes',
    referrer: 'https://www.google.com/',
    referrerSource: 'Google',
    referrerMedium: 'search',
    channel: 'Email',
    utmSource: 'news',
    browser: 'Chrome',
    os: 'Windows',
    device: 'desktop',
    country: 'NL',
    isBot: false,
    environment: { userAgent: chrome },
    flags: [],
  });
});

test('a bot keeps its reason', () => {
  expect(eventOf(line({ userAgent: 'Googlebot/2.1' }))).toMatchObject({
    isBot: true,
    botReason: 'isbot: Googlebot',
  });
});

test('links within the site are no referrals, by its own host and by the virtual host of the line', () => {
  const medium = (parts: Parameters<typeof line>[0]) => eventOf(line(parts))?.referrerMedium;
  expect(medium({ referrer: 'http://www.shop.example/a' })).toBe('internal');
  expect(medium({ referrer: 'http://blog.example/a' })).toBe('referral');
  expect(medium({ referrer: 'http://blog.example/a', host: 'blog.example:80 ' })).toBe('internal');
  expect(eventOf(line({ host: 'blog.example:80 ' }))?.host).toBe('blog.example');
});

test('a visitor is address and user agent, keyed by the secret, and the address is nowhere in the event', () => {
  const visitor = (parts: Parameters<typeof line>[0], secret?: string) =>
    eventOf(line(parts), secret)?.visitorId;
  expect(visitor({})).toBe(visitor({ target: '/other' }));
  const others = [
    visitor({ address: '192.0.2.2' }),
    visitor({ userAgent: `${chrome} x` }),
    visitor({}, 'another'),
  ];
  expect(new Set([visitor({}), ...others]).size).toBe(4);
  expect(JSON.stringify(eventOf(line()))).not.toContain('192.0.2.1');
});

test('a long address is cut to 2 KiB between characters, and flagged', () => {
  const event = eventOf(line({ target: `/${'é'.repeat(3_000)}` }));
  expect(Buffer.byteLength(event?.url ?? '')).toBe(2_047);
  expect(event?.path).toHaveLength(2_048);
  expect(event?.flags).toEqual(['cut']);
});

test('whatever a client writes into request, referrer and user agent becomes an event', () => {
  const field = fc
    .array(fc.oneof(fc.nat({ max: 0xffff }), fc.nat({ max: 0x7f })), { maxLength: 80 })
    .map((units) =>
      String.fromCharCode(...units)
        .toWellFormed()
        .replace(/["\\]/g, '\\$&'),
    );
  fc.assert(
    fc.property(field, field, field, (target, referrer, userAgent) => {
      const event = eventOf(line({ target: `/${target}`, referrer, userAgent }));
      expect(event === undefined || (event.path ?? '').startsWith('/')).toBe(true);
      expect(JSON.stringify(event) ?? '').not.toContain('\\u0000');
    }),
  );
});
