import { expect, test } from 'vitest';
import { readClientHintHeaders } from '../../../src/ingest/enrich/client-hint-headers.js';

function read(headers: Record<string, string>) {
  return readClientHintHeaders((name) => headers[name]);
}

test('the headers of a Chromium browser become the shape of getHighEntropyValues()', () => {
  const hints = read({
    'sec-ch-ua': '"Chromium";v="130", "Google Chrome";v="130", "Not_A Brand";v="99"',
    'sec-ch-ua-full-version-list': '"Chromium";v="130.0.6723.58", "Google Chrome";v="130.0.6723.58"',
    'sec-ch-ua-mobile': '?0',
    'sec-ch-ua-platform': '"Windows"',
    'sec-ch-ua-platform-version': '"15.0.0"',
    'sec-ch-ua-model': '""',
    'sec-ch-ua-arch': '"x86"',
    'sec-ch-ua-bitness': '"64"',
    'sec-ch-ua-form-factors': '"Desktop", "XR"',
  });
  expect(hints).toEqual({
    brands: [
      { brand: 'Chromium', version: '130' },
      { brand: 'Google Chrome', version: '130' },
      { brand: 'Not_A Brand', version: '99' },
    ],
    fullVersionList: [
      { brand: 'Chromium', version: '130.0.6723.58' },
      { brand: 'Google Chrome', version: '130.0.6723.58' },
    ],
    mobile: false,
    platform: 'Windows',
    platformVersion: '15.0.0',
    architecture: 'x86',
    bitness: '64',
    formFactors: ['Desktop', 'XR'],
  });
});

test('quotes and separators inside a brand are part of it', () => {
  const hints = read({ 'sec-ch-ua': '"A \\"quoted\\", brand;v=1";v="2", "\\\\";v="3"' });
  expect(hints?.brands).toEqual([
    { brand: 'A "quoted", brand;v=1', version: '2' },
    { brand: '\\', version: '3' },
  ]);
});

test('no header, and headers that are not structured fields, are no hints', () => {
  expect(read({})).toBeUndefined();
  expect(
    read({ 'sec-ch-ua': 'Chrome 130', 'sec-ch-ua-mobile': 'yes', 'sec-ch-ua-platform': 'Windows' }),
  ).toBeUndefined();
});

test('a list without end is cut', () => {
  expect(read({ 'sec-ch-ua': '"a";v="1", '.repeat(10_000) })?.brands).toHaveLength(20);
  expect(read({ 'sec-ch-ua-platform': `"${'a'.repeat(10_000)}"` })).toBeUndefined();
});
