import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { Behaviour } from './recording-server.js';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

function track(page: Page, names: string[]): Promise<void> {
  return page.evaluate((all) => {
    for (const name of all) window.footfall?.track(name);
  }, names);
}

const numbered = (count: number, label = 'e') => Array.from({ length: count }, (_, n) => `${label}${n}`);

/** Other captures would add events of their own to those that are counted. */
const pageviewsOnly = 'data-captures="pageview"';

/** Counts of drops that arrived: those of batches that were answered with 200. */
function droppedIn(received: { status: number; batch: { dropped?: Record<string, number> } }[]) {
  const sum: Record<string, number> = {};
  for (const { status, batch } of received) {
    if (status !== 200) continue;
    for (const [reason, count] of Object.entries(batch.dropped ?? {}))
      sum[reason] = (sum[reason] ?? 0) + count;
  }
  return sum;
}

it('finds the event that is too large in 2 * log2(n) + 1 requests, wherever it stands', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: pageviewsOnly });
  const page = await open();
  await eventsOf(server, 'pageview');
  for (const at of [0, 9, 15]) {
    const before = server.received.length;
    const names = [...numbered(at, `a${at}-`), `poison${at}`, ...numbered(15 - at, `b${at}-`)];
    server.answer(({ body }) => ({ status: body.includes(`"poison${at}"`) ? 413 : 200 }));
    await track(page, names);
    await page.evaluate(() => window.footfall?.flush());
    const requests = server.received.slice(before);
    const stored = new Set(server.stored().map((event) => 'name' in event && event.name));
    expect(names.filter((name) => !stored.has(name))).toEqual([`poison${at}`]);
    const untilFound = requests.findLastIndex(({ status }) => status === 413) + 1;
    expect(untilFound).toBeLessThanOrEqual(2 * Math.log2(16) + 1);
  }
});

it('drops an event on which the collector fails again and again, and sends all others', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: pageviewsOnly });
  const page = await open();
  await eventsOf(server, 'pageview');
  server.answer(({ body }) =>
    body.includes('"poison"') ? { status: 500, retryAfter: '0' } : { status: 200 },
  );
  await track(page, ['a', 'poison', 'b', 'c']);
  await eventsOf(server, 'custom', 3);
  await server.until(() => Object.keys(droppedIn(server.received)).length > 0);
  await track(page, ['last']);
  await eventsOf(server, 'custom', 4);
  expect(droppedIn(server.received)).toEqual({ http_500: 1 });
});

it('keeps everything through an outage that answers 500', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: pageviewsOnly });
  const page = await open();
  await eventsOf(server, 'pageview');
  server.answer({ status: 500, retryAfter: '0' });
  await track(page, ['a', 'b', 'c']);
  await server.until(() => server.received.filter(({ status }) => status === 500).length >= 5);
  server.answer({ status: 200 });
  await track(page, ['d']);
  const events = await eventsOf(server, 'custom', 4);
  expect(events.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(droppedIn(server.received)).toEqual({});
});

/** What goes wrong, in this order, among what goes well. */
const answers: Behaviour[] = [
  { status: 413 },
  { status: 503, retryAfter: '0' },
  { status: 200 },
  { status: 408 },
  { status: 429, retryAfter: '0' },
  { status: 500, retryAfter: '0' },
];

it('accounts for every event: captured = delivered + dropped, once nothing waits', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: pageviewsOnly });
  const page = await open('/first');
  await eventsOf(server, 'pageview');
  const before = server.received.length;
  server.answer(({ body }) =>
    body.includes('"b7"') ? { status: 400 } : (answers[server.received.length - before] ?? { status: 200 }),
  );
  await track(page, numbered(120, 'a'));
  await server.until(() => server.received.length - before >= 3);
  await page.goto(`${site.origin}/second`);
  await page.evaluate(() => window.footfall?.track('huge', { text: Array(99).fill('lorem '.repeat(999)) }));
  // An answer that the change of pages cut off is asked for again: that has to be over before events are refused.
  await server.until(() => server.stored().some((event) => 'name' in event && event.name === 'a119'));
  await page.evaluate(() => window.footfall?.flush());
  await track(page, numbered(120, 'b'));
  // What is captured later is in a batch of its own.
  await server.until(() => server.received.some(({ status }) => status === 400));
  await page.evaluate(() => window.footfall?.flush());
  const accounted = () => {
    const dropped = Object.values(droppedIn(server.received));
    return dropped.reduce((sum, count) => sum + count, server.stored().length);
  };
  // Counts travel with the next batch, so that those of a batch need one more.
  for (const name of ['last', 'very last']) {
    await track(page, [name]);
    await server.until(() => server.stored().some((event) => 'name' in event && event.name === name));
  }
  expect(accounted()).toBe(245);
  expect(droppedIn(server.received)).toEqual({ too_large: 1, http_400: expect.any(Number) });
});
