import { expect, test } from 'vitest';
import { classifyReferrer, type ReferrerMedium } from '../../../src/ingest/enrich/referrer.js';
import { measure } from './measure.js';
import { readFixture } from './read-fixture.js';

type Row = { input: { referrer: string }; expect: { class: string | null; source: string | null } };

test('modern referrers: class and source are right in every case', () => {
  const rows = readFixture<Row>('referrer/modern-referrers.jsonl').map((row) => {
    const { medium, source } = classifyReferrer(row.input.referrer, 'shop.example');
    const got = medium === 'referral' ? null : medium;
    return {
      label: row.input.referrer,
      wanted: `${row.expect.class} ${row.expect.source}`,
      got: `${got} ${source}`,
    };
  });
  expect(measure(rows)).toEqual({ rate: 1, wrong: [] });
});

const wikimediaHosts = [
  'wikipedia.org',
  'wikimedia.org',
  'wiktionary.org',
  'wikiquote.org',
  'wikisource.org',
  'wikiversity.org',
  'wikimediafoundation.org',
];

const wikimediaClasses: Record<ReferrerMedium, string> = {
  search: 'external (search engine)',
  social: 'external (media sites)',
  video: 'external (media sites)',
  ai: 'external (AI chatbot)',
  email: 'external',
  referral: 'external',
  internal: 'internal',
};

/** Where the answer is another one on purpose, by a part of the referrer. */
const deviations = [
  ['coursera.org', 'a school, on no list of social networks'],
  ['translate.googleusercontent.com', 'a translated page refers, whatever led to it'],
  ['deepmind.google', 'the site of a laboratory, not its assistant'],
  ['very.very.very', '246 characters in 49 labels are a valid name in the DNS'],
] as const;

test("Wikimedia's referrers: the class is right in at least 97 of 100 but for the listed deviations", () => {
  const rows = readFixture<Row>('referrer/wikimedia-referer.jsonl').map((row) => {
    const { medium } = classifyReferrer(row.input.referrer, wikimediaHosts);
    const got = medium === null ? 'unknown' : wikimediaClasses[medium];
    return { label: row.input.referrer, wanted: row.expect.class, got };
  });
  const { wrong } = measure(rows);
  expect(wrong.filter((line) => !deviations.some(([part]) => line.includes(part)))).toEqual([]);
  expect(wrong).toHaveLength(deviations.length);
});

test.for<[referrer: string, medium: ReferrerMedium | null, source: string | null]>([
  ['https://www.google.co.uk/', 'search', 'Google'],
  ['https://google.com.br/search?q=x', 'search', 'Google'],
  ['https://docs.google.com/document/d/1', 'referral', null],
  ['https://mail.google.com/', 'email', 'Gmail'],
  ['https://gemini.google.com/app', 'ai', 'Gemini'],
  ['https://google.com.bg.geek.nz/', 'referral', null],
  ['https://joegoogle.com/', 'referral', null],
  ['https://de.search.yahoo.com/', 'search', 'Yahoo!'],
  ['https://yandex.com.tr/', 'search', 'Yandex'],
  ['https://search.example.net/', 'search', 'search.example.net'],
  ['https://research.example.net/?q=1', 'referral', null],
  ['https://marketresearch.example/?q=1', 'referral', null],
  ['https://www.cnn.com/', 'referral', null],
  ['https://www.cnn.com/search?query=x', 'search', 'Google'],
  ['https://www.bing.com/chat?q=x', 'ai', 'Copilot'],
  ['https://www.perplexity.ai/search', 'ai', 'Perplexity'],
  ['https://x.com/i/grok', 'ai', 'Grok'],
  ['https://x.com/somebody', 'social', 'Twitter'],
  ['https://fakex.com/', 'referral', null],
  ['https://m.youtube.com/watch?v=1', 'video', 'YouTube'],
  ['https://www.twitch.tv/', 'video', 'Twitch'],
  ['https://somebody.blogspot.com/', 'referral', null],
  ['https://somebody.github.io/', 'referral', null],
  ['https://webmail.provider.example/', 'email', 'webmail.provider.example'],
  ['https://mail.ru/', 'referral', null],
  ['android-app://com.google.android.gm/', 'email', 'Gmail'],
  ['android-app://com.twitter.android/', 'social', 'Twitter'],
  ['android-app://com.openai.chatgpt/', 'ai', 'ChatGPT'],
  ['android-app://com.example.app/', 'referral', null],
  ['http://203.0.113.9/', 'referral', null],
  ['http://192.168.1.1/', null, null],
  ['http://[::1]:8080/', null, null],
  ['http://intranet/', null, null],
  ['data:text/html,x', null, null],
  ['https:/google.com/', null, null],
  ['', null, null],
])('%s is %s from %s', ([referrer, medium, source]) => {
  expect(classifyReferrer(referrer, 'shop.example')).toMatchObject({ medium, source });
});

test.for([
  ['https://shop.example/a', 'shop.example'],
  ['https://www.shop.example/a', 'shop.example'],
  ['https://shop.example:8443/a', 'www.shop.example'],
  ['https://blog.shop.example/a', 'SHOP.example'],
  ['http://localhost:3000/a', 'localhost'],
] as const)('%s on %s is internal', ([referrer, site]) => {
  expect(classifyReferrer(referrer, site).medium).toBe('internal');
});

test('the domain above the site and a look-alike are not the site', () => {
  expect(classifyReferrer('https://substack.com/', 'somebody.substack.com').medium).toBe('referral');
  expect(classifyReferrer('https://notshop.example/', 'shop.example').medium).toBe('referral');
});

test('the words that were searched for are read where the engine still gives them', () => {
  expect(classifyReferrer('https://www.bing.com/search?q=open+source%20analytics', null).term).toBe(
    'open source analytics',
  );
  expect(classifyReferrer('https://www.google.com/', null).term).toBeUndefined();
});

test('a spam host is marked, with its subdomains', () => {
  expect(classifyReferrer('http://semalt.semalt.com/crawler.php?u=x', null)).toMatchObject({
    medium: 'referral',
    spam: true,
  });
  expect(classifyReferrer('https://notsemalt.com/', null).spam).toBeUndefined();
});
