import { expect, test } from 'vitest';
import { detectBot } from '../../../src/ingest/enrich/bot.js';
import { type Comparison, measure } from './measure.js';
import { readFixture } from './read-fixture.js';

type Row = { ua: string; expect: { bot?: boolean; ai?: boolean } };

function compare(file: string): Comparison[] {
  const rows = readFixture<Row>(file).filter((row) => row.expect.bot !== undefined);
  return rows.map((row) => ({ label: row.ua, wanted: row.expect.bot, got: detectBot(row.ua) !== null }));
}

test.for(['ai-agents', 'automation', 'crawler-user-agents', 'isbot', 'wikimedia', 'tricky-nonbots'])(
  'bots/%s: every bot is found and nobody else',
  (file) => {
    const { rate, wrong } = measure(compare(`bots/${file}.jsonl`));
    expect(wrong).toEqual([]);
    expect(rate).toBe(1);
  },
);

test('nobody who browses in 2026 or inside an app is a bot', () => {
  const people = ['ua/recent-2026-real.jsonl', 'ua/inapp.jsonl'].flatMap((file) => readFixture<Row>(file));
  expect(people.length).toBe(596);
  expect(people.map((row) => detectBot(row.ua)).filter((reason) => reason !== null)).toEqual([]);
});

test('every AI agent is called one', () => {
  const agents = readFixture<Row>('bots/ai-agents.jsonl').map((row) => detectBot(row.ua));
  expect(agents.filter((reason) => !reason?.startsWith('ai agent: '))).toEqual([]);
});

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)';

test.for([
  ['', 'empty user agent'],
  ['  ', 'empty user agent'],
  ['-', 'empty user agent'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'isbot: Googlebot'],
  [
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)',
    'ai agent: GPTBot',
  ],
  [`${chrome} Chrome/137.0.0.0 Safari/537.36; Devin/1.0; +devin.ai`, 'ai agent: Devin'],
  [`${chrome} Chrome/141.0.0.0 Safari/537.36; compatible; MistralAI-User/1.0`, 'ai agent: MistralAI-User'],
  [`${chrome} HeadlessChrome/140.0.0.0 Safari/537.36`, 'automation: HeadlessChrome'],
  ['curl/8.5.0', 'isbot: curl/8.5.0'],
  ['python-requests/2.32.3', 'isbot: python-requests/2.32.3'],
] as const)('%s is a bot: %s', ([userAgent, reason]) => {
  expect(detectBot(userAgent)).toBe(reason);
});

test.for([
  'Mozilla/5.0 (Linux; Android 9;CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; U; Android 4.3; en-us; Google Nexus 4 - 4.3 - API 18 Build/JLS36G) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30',
  'Mozilla/5.0 (Linux; Android 10; VOG-AL00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/105.0 Mobile Safari/537.36 AlipayDefined(nt:WIFI,ws:360|0|3.0) AlipayClient/10.3',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/439.4 Mobile/15E148 Safari/604.1',
])('%s is a person', (userAgent) => {
  expect(detectBot(userAgent)).toBeNull();
});
