import { expect, test } from 'vitest';
import { readClientHintHeaders } from '../../../src/ingest/enrich/client-hint-headers.js';
import { parseUserAgent } from '../../../src/ingest/enrich/user-agent.js';
import { commonName } from './common-name.js';
import { type Comparison, measure } from './measure.js';
import { readFixture } from './read-fixture.js';

type Field = 'browser' | 'browser_major' | 'os' | 'os_major' | 'os_version' | 'device';
type Row = {
  ua: string;
  weight?: number;
  headers?: Record<string, string>;
  expect: Partial<Record<Field, string>>;
};

/** Where the answer is another one on purpose, by a part of the agent. */
const deviations = [
  ['Barcelona 448', 'Threads is named as an app, like Instagram; two of three parsers see the web view only'],
  ['aws-sdk-dotnet', 'a library of servers, not a browser'],
] as const;

function describeAgent({ ua, headers }: Row): Record<Field, string | null | undefined> {
  const found = parseUserAgent(ua, headers && readClientHintHeaders((name) => headers[name]));
  return {
    browser: commonName(found.browser),
    browser_major: found.browserVersion?.split('.')[0],
    os: commonName(found.os),
    os_major: found.osVersion?.split('.')[0],
    os_version: found.osVersion,
    device: found.device,
  };
}

function compare(file: string, field: Field): Comparison[] {
  return readFixture<Row>(`ua/${file}.jsonl`).flatMap((row) => {
    const wanted = row.expect[field];
    if (wanted === undefined) return [];
    return {
      label: row.ua,
      wanted,
      got: describeAgent(row)[field],
      ...(row.weight ? { weight: row.weight } : {}),
    };
  });
}

function isDeviation(line: string): boolean {
  return deviations.some(([part]) => line.includes(part));
}

test.for<[string, Field]>([
  ['recent-2026-real', 'browser'],
  ['recent-2026-real', 'browser_major'],
  ['recent-2026-real', 'os'],
  ['recent-2026-real', 'os_major'],
  ['recent-2026-real', 'device'],
  ['recent-clienthints', 'browser'],
  ['recent-clienthints', 'browser_major'],
  ['recent-clienthints', 'os'],
  ['recent-clienthints', 'os_major'],
  ['recent-clienthints', 'device'],
  ['clienthints-spec', 'browser'],
  ['clienthints-spec', 'browser_major'],
  ['clienthints-spec', 'os'],
  ['clienthints-spec', 'os_version'],
  ['clienthints-spec', 'device'],
  ['inapp', 'browser'],
  ['wikimedia-popular', 'browser'],
  ['wikimedia-popular', 'os'],
  ['uaparserjs1', 'browser'],
  ['uaparserjs1', 'os'],
  ['uaparserjs1', 'device'],
  ['uapcore', 'browser'],
  ['uapcore', 'os'],
])('%s: the %s is right in at least 99 of 100, and always but for the listed deviations', ([file, field]) => {
  const { rate, wrong } = measure(compare(file, field));
  expect(wrong.filter((line) => !isDeviation(line))).toEqual([]);
  expect(rate).toBeGreaterThanOrEqual(0.99);
});

const windows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';
const android =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const chrome = [
  { brand: 'Not/A)Brand', version: '8' },
  { brand: 'Chromium', version: '150' },
  { brand: 'Google Chrome', version: '150' },
];

test.for([
  ['13.0.0', '11'],
  ['19.0.0', '11'],
  ['10.0.0', '10'],
  ['1.0.0', '10'],
  ['0.3.0', '8.1'],
  ['0.2', '8'],
  ['0.1.0', '7'],
  ['', '10'],
  ['not a number', '10'],
] as const)('platform version "%s" is Windows %s', ([platformVersion, version]) => {
  expect(parseUserAgent(windows, { platform: 'Windows', platformVersion }).osVersion).toBe(version);
});

test.for([
  ['Version/26.1 Mobile/15E148 Safari/604.1', 'Safari', '26.1'],
  ['Version/27.0 Mobile/15E148 Safari/604.1', 'Safari', '27.0'],
  ['Version/18.7 Mobile/15E148 Safari/604.1', 'Safari', '18.7'],
  ['CriOS/150.0 Mobile/15E148 Safari/604.1', 'Chrome', '18.7'],
  ['Mobile/15E148', 'WKWebView', '18.7'],
] as const)('an iPhone that says %s is %s on iOS %s', ([rest, browser, osVersion]) => {
  expect(parseUserAgent(`${iphone} ${rest}`)).toMatchObject({
    browser,
    os: 'iOS',
    osVersion,
    device: 'mobile',
  });
});

test('the full version list gives the version, the brand list only the name', () => {
  const fullVersionList = chrome.map(({ brand }) => ({ brand, version: '150.0.7871.119' }));
  expect(parseUserAgent(windows, { brands: chrome, fullVersionList }).browserVersion).toBe('150.0.7871.119');
  expect(parseUserAgent(windows, { brands: chrome }).browserVersion).toBe('150.0.0.0');
});

test('a brand that nobody knows and a made-up one change nothing', () => {
  const brands = [{ brand: '"><script>', version: '1' }, ...chrome.slice(0, 2)];
  expect(parseUserAgent(windows, { brands })).toEqual(parseUserAgent(windows));
});

test('an app keeps its name whatever web view its hints name', () => {
  const brands = [{ brand: 'Android WebView', version: '150' }];
  expect(parseUserAgent(`${android} Instagram 333.0.0.42.91 Android`, { brands }).browser).toBe('Instagram');
});

test.for([
  [{ platform: 'Android', mobile: true }, 'tablet'],
  [{ platform: 'Android', model: 'BRAVIA 4K VH2', mobile: false }, 'tv'],
  [{ platform: 'Android', formFactors: ['Mobile', 'EInk'] }, 'mobile'],
  [{ platform: 'Android', formFactors: ['XR'] }, 'wearable'],
] as const)('a frozen Android agent with hints %o is a %s', ([hints, device]) => {
  const mutable = { ...hints, ...('formFactors' in hints ? { formFactors: [...hints.formFactors] } : {}) };
  expect(parseUserAgent(android, mutable as Parameters<typeof parseUserAgent>[1]).device).toBe(device);
});

test('an iPad that asks for the desktop site is told by the name of its browser', () => {
  const agent =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 CriOS/150 Version/26.0 Safari/605.1.15';
  expect(parseUserAgent(agent)).toMatchObject({ browser: 'Chrome', os: 'iOS', device: 'tablet' });
});

test('an agent that says nothing is all null', () => {
  const unknown = { browser: null, browserVersion: null, os: null, osVersion: null, device: null };
  expect(parseUserAgent('')).toEqual(unknown);
  expect(parseUserAgent('-')).toEqual(unknown);
});
