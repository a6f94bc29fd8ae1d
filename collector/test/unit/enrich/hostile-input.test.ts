import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectBot } from '../../../src/ingest/enrich/bot.js';
import { readCampaign } from '../../../src/ingest/enrich/campaign.js';
import { classifyChannel } from '../../../src/ingest/enrich/channel.js';
import { readClientHintHeaders } from '../../../src/ingest/enrich/client-hint-headers.js';
import { readPlace } from '../../../src/ingest/enrich/geo.js';
import { classifyReferrer } from '../../../src/ingest/enrich/referrer.js';
import { splitUrl } from '../../../src/ingest/enrich/url.js';
import { parseUserAgent } from '../../../src/ingest/enrich/user-agent.js';

const maxMs = 10;
const maxRuns = 50;

const uses: [name: string, use: (text: string) => unknown][] = [
  ['parseUserAgent', (text) => parseUserAgent(text)],
  [
    'parseUserAgent with hints',
    (text) => parseUserAgent(text, { platform: text, model: text, brands: [{ brand: text, version: text }] }),
  ],
  ['detectBot', detectBot],
  ['readClientHintHeaders', (text) => readClientHintHeaders(() => text)],
  ['splitUrl', (text) => readCampaign(splitUrl(`https://a.example/?${text}`).params)],
  ['classifyReferrer', (text) => classifyReferrer(text, text)],
  ['classifyReferrer of a host', (text) => classifyReferrer(`https://${text}`, 'a.example')],
  ['classifyChannel', (text) => classifyChannel({ source: text, medium: text, campaign: text })],
];

/** Words that the patterns look for, so that random text gets past their first letters. */
const word = fc.constantFrom(
  ...[
    'Mozilla/5.0 (',
    'Linux; Android 10; ',
    'archos ',
    'NAVER(',
    'FBAN/',
    'Version/4.0 ',
    'Chrome/1',
    'iPhone OS 18_7',
  ],
  ...[
    'Macintosh',
    'CFNetwork/',
    'musical_ly ',
    'Trident/',
    'Build/',
    'like Gecko',
    '"a";v="1", ',
    'bot',
    'search.',
  ],
  ...[
    'google.',
    'https://',
    'android-app://',
    'utm_source=',
    'a.',
    '9',
    '1.',
    '; ',
    '(',
    ')',
    '-',
    '_',
    '\\',
    '"',
    '%',
  ],
);
const repeated = fc
  .tuple(word, word, word, fc.integer({ min: 1, max: 500 }))
  .map(([first, second, last, count]) => first + second.repeat(count) + last);
const text = fc.oneof(
  fc.string({ maxLength: 2_000, unit: 'binary' }),
  fc.array(word, { maxLength: 200 }).map((all) => all.join('')),
  repeated,
);

/** Whether any of many runs is quick: a busy machine slows some, a slow pattern all. Each has a new key, past what is remembered. */
function isQuick(use: (text: string) => unknown, input: string): boolean {
  return Array.from({ length: maxRuns }, (_, run) => `${input.slice(0, 2_000)}${run}`).some((fresh) => {
    const start = performance.now();
    use(fresh);
    return performance.now() - start < maxMs;
  });
}

test.for(uses)('%s takes any text without a throw and within 10 ms', ([, use]) => {
  fc.assert(
    fc.property(text, (input) => {
      expect(isQuick(use, input)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('readPlace takes any record without a throw', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (record) => {
      expect(readPlace(record)).toHaveProperty('country');
    }),
  );
});
