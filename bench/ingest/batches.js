import { uuidv7 } from '@footfall/schema';

const userAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0',
];
const referrers = [
  '',
  'https://www.google.com/',
  'https://news.ycombinator.com/',
  'https://chatgpt.com/',
  'https://t.co/',
];
const words =
  'the quick walker takes a long way round by river wood and ridge before supper is ready at home'.split(' ');

const articles = 500;

function articleUrl(at) {
  const slug = [at, at * 7, at * 11].map((word) => words[word % words.length]).join('-');
  return `https://shop.example/articles/${at}/${slug}`;
}

/** A small generator with a seed (mulberry32), so that two runs send the same. */
export function createRandom(seed) {
  let state = seed;
  return function random() {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The whole HTTP request of one visit, as bytes: a pageview and what follows it on the page. */
export function makeRequest({ random, events, now, host }) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const bytes = () => Uint8Array.from({ length: 16 }, () => random() * 256);
  const start = now - Math.floor(random() * 600_000);
  const url = articleUrl(Math.floor(random() ** 3 * articles));
  const pageId = uuidv7(start, bytes());
  const body = JSON.stringify({
    sentAt: now,
    sdk: { name: 'footfall-js', version: '0.1.0' },
    context: {
      language: 'en-GB',
      timezone: 'Europe/London',
      screen: [1920, 1080],
      viewport: [1280, 720],
      pixelRatio: 2,
    },
    events: Array.from({ length: events }, (_, seq) =>
      seq === 0
        ? {
            id: pageId,
            type: 'pageview',
            ts: start,
            seq,
            url,
            title: sentence(pick, 6),
            referrer: pick(referrers),
          }
        : click({ id: uuidv7(start + seq * 900, bytes()), ts: start + seq * 900, pageId, seq, url, pick }),
    ),
  });
  const address = `10.${[0, 0, 0].map(() => Math.floor(random() * 256)).join('.')}`;
  const head = `POST /v1/events?site=demo HTTP/1.1\r\nhost: ${host}\r\nuser-agent: ${pick(userAgents)}\r\ncontent-type: text/plain\r\nx-forwarded-for: ${address}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

function click({ pick, ...event }) {
  const text = sentence(pick, 4);
  const props = {
    tag: 'a',
    classes: 'card quiet',
    text,
    selector: `main > ul > li > a.${pick(words)}`,
    href: `${event.url}#${pick(words)}`,
  };
  return { ...event, type: 'click', props };
}

function sentence(pick, length) {
  return Array.from({ length }, () => pick(words)).join(' ');
}
