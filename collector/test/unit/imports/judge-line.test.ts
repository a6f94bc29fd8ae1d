import { describe, expect, test } from 'vitest';
import { type JudgedLine, judgeLine, type RuleName } from '../../../src/imports/judge-line.js';

const now = Date.parse('2026-11-20T12:00:00Z');
const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

type Parts = { request?: string; status?: number; userAgent?: string; time?: string; rule?: RuleName };

function judge({
  request = 'GET / HTTP/1.1',
  status = 200,
  userAgent = chrome,
  time,
  rule = 'default',
}: Parts): JudgedLine {
  const text = `192.0.2.1 - - [${time ?? '17/May/2015:10:05:03 +0000'}] "${request}" ${status} 5 "-" "${userAgent}"`;
  return judgeLine({ number: 7, text }, { rule, now });
}

describe('by default a page view is a GET that was answered with a page', () => {
  test.each([
    '/',
    '/blog/tags/puppet',
    '/index.html',
    '/index.php?id=7&page=2',
    '/articles/',
    '/a.b/c',
    '/releases/v1.2',
    '/jane.doe',
    '/shop;jsessionid=1F.node1',
    '/search?q=feed.xml',
    '/article.html?source=rss20',
    '/blog/geekery/atomic-iptables-changes.html',
    '/feedback',
    '/rss-readers-compared/',
    '/?utm_source=feedburner&utm_medium=feed',
    '//double/slash',
    '/api/index.html',
    '/caf%C3%A9',
  ])('GET %s', (target) => {
    expect(judge({ request: `GET ${target} HTTP/1.1` })).toMatchObject({ kind: 'pageview', botReason: null });
  });

  test.each([200, 203, 304])('status %i', (status) => {
    expect(judge({ status })).toMatchObject({ kind: 'pageview' });
  });

  test.each([
    ['HEAD / HTTP/1.1', 'method'],
    ['POST /comment HTTP/1.1', 'method'],
    ['OPTIONS * HTTP/1.1', 'no request for a path'],
    ['GET http://proxy.example/ HTTP/1.1', 'no request for a path'],
    ['CONNECT a.example:443 HTTP/1.1', 'no request for a path'],
    ['-', 'no request for a path'],
    ['', 'no request for a path'],
    ['GET /style.css?v=3 HTTP/1.1', 'asset .css'],
    ['GET /a/PHOTO.JPG HTTP/1.1', 'asset .jpg'],
    ['GET /sample.log HTTP/1.1', 'text .log'],
    ['GET /paper.pdf HTTP/1.1', 'document .pdf'],
    ['GET /notes.txt HTTP/1.1', 'text .txt'],
    ['GET /tool.tar.gz HTTP/1.1', 'download .gz'],
    ['GET /resume.xml HTTP/1.1', 'data .xml'],
    ['GET /robots.txt HTTP/1.1', 'file for robots and browsers'],
    ['GET /favicon.ico HTTP/1.1', 'file for robots and browsers'],
    ['GET /sitemap-posts.xml.gz HTTP/1.1', 'file for robots and browsers'],
    ['GET /.well-known/security.txt HTTP/1.1', 'file for robots and browsers'],
    ['GET /?flav=rss20 HTTP/1.1', 'feed'],
    ['GET /?feed=comments-rss2 HTTP/1.1', 'feed'],
    ['GET /blog/feed/ HTTP/1.1', 'feed'],
    ['GET /feed/atom/ HTTP/1.1', 'feed'],
    ['GET /atom.xml HTTP/1.1', 'feed'],
    ['GET /news.rss HTTP/1.1', 'feed .rss'],
    ['GET /wp-json/wp/v2/posts HTTP/1.1', 'service'],
    ['GET /xmlrpc.php HTTP/1.1', 'service'],
    ['GET /healthz HTTP/1.1', 'service'],
  ])('not %s', (request, reason) => {
    expect(judge({ request })).toMatchObject({ kind: 'left out', reason });
  });

  test.each([204, 206, 301, 404, 500])('not status %i', (status) => {
    expect(judge({ status })).toMatchObject({ kind: 'left out', reason: `status ${status}` });
  });
});

describe('the reference rule', () => {
  test.each([
    ['GET /?flav=rss20 HTTP/1.1', 'pageview'],
    ['GET /sample.log HTTP/1.1', 'pageview'],
    ['GET /resume.xsl HTTP/1.1', 'pageview'],
    ['GET /notes.txt HTTP/1.1', 'left out'],
    ['GET /a.PNG?b HTTP/1.1', 'left out'],
    ['HEAD / HTTP/1.1', 'left out'],
  ])('%s: %s', (request, kind) => {
    expect(judge({ request, rule: 'reference' })).toMatchObject({ kind });
  });

  test('takes 200 and 304 alone', () => {
    const kinds = [200, 203, 206, 304].map((status) => judge({ status, rule: 'reference' }).kind);
    expect(kinds).toEqual(['pageview', 'left out', 'left out', 'pageview']);
  });
});

test('bots are page views with a reason', () => {
  const reasons = [chrome, 'Googlebot/2.1', 'GPTBot/1.2', '-'].map((userAgent) => judge({ userAgent }));
  expect(reasons).toMatchObject([
    { kind: 'pageview', botReason: null },
    { kind: 'pageview', botReason: 'isbot: Googlebot' },
    { kind: 'pageview', botReason: 'ai agent: GPTBot' },
    { kind: 'pageview', botReason: 'empty user agent' },
  ]);
});

test('common log format, which has no user agent, makes nobody a bot, unless the reference is asked', () => {
  const line = { number: 1, text: '192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5' };
  expect(judgeLine(line, { rule: 'default', now })).toMatchObject({ botReason: null });
  expect(judgeLine(line, { rule: 'reference', now })).toMatchObject({ botReason: 'empty user agent' });
});

test('a line of the future, and one that was too long to keep, are unreadable', () => {
  expect(judge({ time: '22/Nov/2026:12:00:00 +0000' })).toEqual({
    kind: 'unreadable',
    number: 7,
    problem: 'expected a time that is past',
  });
  expect(judge({ time: '20/Nov/2026:14:00:00 +0000' })).toMatchObject({ kind: 'pageview' });
  expect(judgeLine({ number: 3, text: undefined }, { rule: 'default', now })).toEqual({
    kind: 'unreadable',
    number: 3,
    problem: 'expected at most 65536 bytes',
  });
});
