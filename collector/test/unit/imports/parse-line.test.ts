import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLine } from '../../../src/imports/parse-line.js';

const time = Date.parse('2015-05-17T10:05:03Z');
const stamp = '[17/May/2015:10:05:03 +0000]';

describe('reads', () => {
  test.each([
    [
      'combined log format',
      `83.149.9.216 - - ${stamp} "GET /a?b=c HTTP/1.1" 200 203023 "http://a.example/" "Mozilla/5.0 (X11)"`,
      {
        address: '83.149.9.216',
        virtualHost: null,
        time,
        request: 'GET /a?b=c HTTP/1.1',
        status: 200,
        referrer: 'http://a.example/',
        userAgent: 'Mozilla/5.0 (X11)',
      },
    ],
    [
      'common log format: nothing is known of the user agent',
      `192.0.2.1 - frank ${stamp} "GET / HTTP/1.0" 200 2326`,
      { address: '192.0.2.1', referrer: null, userAgent: null },
    ],
    [
      'IPv6',
      `2001:db8::7 - - ${stamp} "GET / HTTP/2.0" 304 - "-" "-"`,
      { address: '2001:db8::7', status: 304, referrer: null, userAgent: '' },
    ],
    [
      'a virtual host with its port in front (vhost_combined)',
      `Shop.Example:443 192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "curl/8"`,
      { virtualHost: 'shop.example', address: '192.0.2.1', userAgent: 'curl/8' },
    ],
    [
      'a virtual host without port, before an IPv6 address',
      `shop.example 2001:db8::7 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "curl/8"`,
      { virtualHost: 'shop.example', address: '2001:db8::7' },
    ],
    [
      'a host name in place of the address',
      `crawl-1.example.com - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "curl/8"`,
      { virtualHost: null, address: 'crawl-1.example.com' },
    ],
    [
      'a user with spaces and brackets',
      `192.0.2.1 - Jane [ops] Doe ${stamp} "GET / HTTP/1.1" 200 5 "-" "curl/8"`,
      { address: '192.0.2.1', request: 'GET / HTTP/1.1' },
    ],
    [
      "Apache's escapes: quotes, backslashes, bytes of UTF-8",
      String.raw`192.0.2.1 - - ${stamp} "GET /\xc3\xa9 HTTP/1.1" 200 5 "-" "say \"hi\" C:\\x\tend"`,
      { request: 'GET /é HTTP/1.1', userAgent: 'say "hi" C:\\x\tend' },
    ],
    [
      "nginx's escapes",
      String.raw`192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "a\x22b\x5Cc\u00e9"`,
      { userAgent: 'a"b\\cé' },
    ],
    [
      'bytes that are no UTF-8, and NUL, as U+FFFD',
      String.raw`192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "http://\xe4\xe5/" "a\x00b\ud800"`,
      { referrer: 'http://\ufffd\ufffd/', userAgent: 'a\ufffdb\ufffd' },
    ],
    [
      'an escape that nobody writes, as it stands',
      String.raw`192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "Windows\dNT"`,
      { userAgent: String.raw`Windows\dNT` },
    ],
    [
      'more fields behind the user agent',
      `192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "curl/8" "203.0.113.9" 0.005 -`,
      { userAgent: 'curl/8' },
    ],
    [
      'what is no HTTP at all',
      String.raw`192.0.2.1 - - ${stamp} "\x16\x03\x01" 400 226 "-" "-"`,
      { request: '\u0016\u0003\u0001', status: 400 },
    ],
    ['an empty request', `192.0.2.1 - - ${stamp} "-" 408 - "-" "-"`, { request: '-', status: 408 }],
    [
      'a line behind the NULs of a truncated file',
      `\0\0\x00192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "-"`,
      { address: '192.0.2.1' },
    ],
  ])('%s', (_, line, expected) => {
    expect(parseLine(line)).toMatchObject(expected);
  });

  test.each([
    ['17/May/2015:12:05:03 +0200', time],
    ['17/May/2015:03:35:03 -0630', time],
    ['18/May/2015:00:05:03 +1400', time],
    ['29/Feb/2016:00:00:00 +0000', Date.parse('2016-02-29')],
    ['30/Jun/2015:23:59:60 +0000', Date.parse('2015-07-01')],
    ['01/Jan/1970:00:00:00 +0000', 0],
  ])('the time %s', (written, expected) => {
    expect(parseLine(`192.0.2.1 - - [${written}] "GET / HTTP/1.1" 200 5`)).toMatchObject({ time: expected });
  });
});

describe('says why a line cannot be read', () => {
  test.each([
    ['', 'expected an address and [day/Month/year:hour:minute:second zone]'],
    [
      '#Fields: date time c-ip cs-uri-stem',
      'expected an address and [day/Month/year:hour:minute:second zone]',
    ],
    ['{"remote_addr":"192.0.2.1"}', 'expected an address and [day/Month/year:hour:minute:second zone]'],
    [
      '192.0.2.1 - - [2015-05-17T10:05:03Z] "GET / HTTP/1.1" 200 5',
      'expected an address and [day/Month/year:hour:minute:second zone]',
    ],
    [
      '192.0.2.1 - - [31/Feb/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5',
      'expected a time that exists, from 1970 on',
    ],
    [
      '192.0.2.1 - - [17/Mai/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5',
      'expected a time that exists, from 1970 on',
    ],
    [
      '192.0.2.1 - - [17/May/2015:24:05:03 +0000] "GET / HTTP/1.1" 200 5',
      'expected a time that exists, from 1970 on',
    ],
    [
      '192.0.2.1 - - [01/Jan/1970:00:00:00 +0100] "GET / HTTP/1.1" 200 5',
      'expected a time that exists, from 1970 on',
    ],
    [
      `192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (compat`,
      'expected the end of a quoted field',
    ],
    [
      String.raw`192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "ends in an escape\"`,
      'expected the end of a quoted field',
    ],
    [`192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "curl/8" "cut`, 'expected the end of a quoted field'],
    [`192.0.2.1 - - ${stamp} GET / HTTP/1.1 200 5`, 'expected the request in quotes behind the time'],
    [`192.0.2.1 - - ${stamp} "GET / HTTP/1.1"`, 'expected a status of three digits behind the request'],
    [`192.0.2.1 - - ${stamp} "GET / HTTP/1.1" ok 5`, 'expected a status of three digits behind the request'],
    [`192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200`, 'expected a size or - behind the status'],
  ])('%s', (line, problem) => {
    expect(parseLine(line)).toEqual({ problem });
  });
});

describe('whatever is in a line', () => {
  const parts = fc.constantFrom(
    '"',
    '\\',
    '\\x',
    '\\u',
    '4',
    'f',
    '0',
    ' ',
    '[',
    ']',
    '-',
    '\0',
    '\u2028',
    '\ud800',
    'é',
  );
  const hostile = fc.array(parts, { maxLength: 300 }).map((chosen) => chosen.join(''));

  const codeUnits = fc
    .array(fc.nat({ max: 0xffff }), { maxLength: 500 })
    .map((units) => String.fromCharCode(...units));

  test('it is read or refused, never thrown at', () => {
    fc.assert(fc.property(codeUnits, (text) => void parseLine(text)));
    fc.assert(fc.property(hostile, (text) => void parseLine(`192.0.2.1 - - ${stamp} "${text}`)));
  });

  test('what it gives can be stored: no NUL, no half of a surrogate pair', () => {
    const inQuotes = fc.stringMatching(/^([^"\\]|\\["\\nx0-9a-fu]){0,60}$/);
    fc.assert(
      fc.property(inQuotes, (text) => {
        const line = parseLine(`192.0.2.1 - - ${stamp} "GET / HTTP/1.1" 200 5 "-" "${text}"`);
        const userAgent = 'problem' in line ? '' : (line.userAgent ?? '');
        expect(userAgent.isWellFormed() && !userAgent.includes('\0')).toBe(true);
      }),
    );
  });

  test.each([
    ['quotes', '"'],
    ['escapes', '\\x'],
    ['escaped quotes', '\\"'],
    ['brackets', '['],
    ['spaces', ' '],
    ['times', '[17/May/2015:10:05:03 +000'],
  ])('64 KiB of %s take less than a second', (_, part) => {
    const filling = part.repeat(65_536 / part.length);
    const startedAt = performance.now();
    parseLine(filling);
    parseLine(`192.0.2.1 - - ${filling}`);
    parseLine(`192.0.2.1 - - ${stamp} ${filling}`);
    parseLine(`192.0.2.1 - - ${stamp} "${filling}`);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
