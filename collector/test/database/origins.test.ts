import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;

beforeAll(async () => {
  collector = await startTestCollector();
});
afterAll(() => collector.stop());

test.each([
  { referrer: 'https://semalt.com/project', flags: ['referrer_spam'], source: 'semalt.com', term: null },
  {
    referrer: 'http://forum.darodar.com/',
    flags: ['referrer_spam'],
    source: 'forum.darodar.com',
    term: null,
  },
  { referrer: 'https://www.bing.com/search?q=red+shoes', flags: null, source: 'Bing', term: 'red shoes' },
  { referrer: 'https://www.google.com/', flags: null, source: 'Google', term: null },
  { referrer: 'https://blog.example/', flags: null, source: 'blog.example', term: null },
])('a visit from $referrer', async ({ referrer, flags, source, term }) => {
  const now = Date.now();
  const event = { id: newId(now), type: 'pageview', ts: now, url: 'https://shop.example/', referrer };
  await collector.send({ sentAt: now, events: [event] });
  expect(
    await collector.query(
      'select flags, referrer_source, search_term from footfall.events where event_id = $1',
      [event.id],
    ),
  ).toEqual([{ flags, referrer_source: source, search_term: term }]);
});
