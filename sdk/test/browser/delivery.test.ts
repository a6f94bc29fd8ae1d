import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

function track(page: Page, names: string[]): Promise<void> {
  return page.evaluate((all) => {
    for (const name of all) window.footfall?.track(name);
  }, names);
}

const numbered = (count: number, label = 'e') => Array.from({ length: count }, (_, n) => `${label}${n}`);
const namesOf = (events: { name?: string | undefined }[]) => events.map(({ name }) => name);

it('keeps what happens offline and sends it when the network is back', async () => {
  const { server, open } = await setUp();
  const page = await open();
  await eventsOf(server, 'pageview');
  await page.setOfflineMode(true);
  await track(page, numbered(5));
  expect(server.stored()).toHaveLength(1);
  await page.setOfflineMode(false);
  expect(namesOf(await eventsOf(server, 'custom', 5))).toEqual(numbered(5));
});

it('sends what a closed tab left, when the site is opened again', async () => {
  const { server, open } = await setUp();
  server.answer('cut');
  const first = await open();
  await track(first, numbered(20));
  await server.until(() => server.received.length > 0);
  const second = await open('/again', { beside: first });
  await first.close();
  server.answer({ status: 200 });
  await second.reload();
  expect(namesOf(await eventsOf(server, 'custom', 20))).toEqual(numbered(20));
});

it('retries with the same ids after a lost answer and after 503, at most twice in six seconds', async () => {
  const { server, open } = await setUp();
  const page = await open();
  await eventsOf(server, 'pageview');
  server.answer('cut');
  await track(page, numbered(20));
  await server.until(() => server.received.length === 2);
  server.answer({ status: 503 });
  await server.until(() => server.received.length === 3);
  server.answer({ status: 200 });
  await eventsOf(server, 'custom', 20);
  const ids = server.received.slice(1).map(({ batch }) => batch.events.map(({ id }) => id).join());
  expect(new Set(ids).size).toBe(1);
  const [, first, , third] = server.received;
  expect((third?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(6000);
});

it('waits as long as Retry-After says', async () => {
  const { server, open } = await setUp();
  server.answer({ status: 429, retryAfter: '2' });
  const page = await open();
  await track(page, numbered(20));
  await server.until(() => server.received.length === 1);
  server.answer({ status: 200 });
  await track(page, numbered(20, 'later'));
  await eventsOf(server, 'custom', 40);
  const [first, second] = server.received;
  expect(Math.abs((second?.at ?? 0) - (first?.at ?? 0) - 2000)).toBeLessThan(1000);
});

it('finds the one event that is too large, and nothing waits behind it', async () => {
  const { server, open } = await setUp();
  server.answer(({ body }) => ({ status: body.includes('"poison"') ? 413 : 200 }));
  const page = await open();
  const names = [...numbered(10), 'poison', ...numbered(20, 'after')];
  await track(page, names);
  const arrived = await eventsOf(server, 'custom', 30);
  expect(namesOf(arrived)).toEqual(names.filter((name) => name !== 'poison'));
  await track(page, ['last']);
  await eventsOf(server, 'custom', 31);
  const dropped = server.received.filter(({ status }) => status === 200).map(({ batch }) => batch.dropped);
  expect(dropped.filter(Boolean)).toEqual([{ http_413: 1 }]);
});

it('stops for this page after 403 and tries again on the next', async () => {
  const { server, site, open } = await setUp();
  server.answer({ status: 403 });
  const page = await open();
  await track(page, numbered(20));
  await server.until(() => server.received.length === 1);
  await track(page, numbered(20, 'more'));
  server.answer({ status: 200 });
  await page.goto(`${site.origin}/next`);
  await eventsOf(server, 'custom', 40);
  expect(server.received.filter(({ status }) => status === 403)).toHaveLength(1);
});

it('sends at once when the page goes away', async () => {
  const { server, open } = await setUp();
  const page = await open();
  await eventsOf(server, 'pageview');
  await track(page, ['last words']);
  await page.goto('about:blank');
  expect(namesOf(await eventsOf(server, 'custom'))).toEqual(['last words']);
});

it('sends more than a beacon holds, in batches of at most 60 KB', async () => {
  const { server, open } = await setUp();
  const page = await open();
  const names = numbered(120).map((name) => name.padEnd(200, '.'));
  await page.evaluate((all) => {
    for (const name of all) window.footfall?.track(name, { filling: 'lorem '.repeat(150) });
  }, names);
  expect(namesOf(await eventsOf(server, 'custom', 120))).toEqual(names);
  expect(Math.max(...server.received.map(({ body }) => body.length))).toBeLessThanOrEqual(60_000);
});

it('delivers 120 KB that were captured right before a navigation', async () => {
  const { server, open } = await setUp();
  const page = await open();
  await eventsOf(server, 'pageview');
  const names = numbered(30);
  await page.evaluate((all) => {
    for (const name of all) window.footfall?.track(name, { filling: 'lorem '.repeat(666) });
    location.href = '/next';
  }, names);
  expect(namesOf(await eventsOf(server, 'custom', 30)).sort()).toEqual(names.sort());
});

it('keeps what two tabs captured offline', async () => {
  const { server, open } = await setUp();
  const first = await open('/first');
  const second = await open('/second', { beside: first });
  await eventsOf(server, 'pageview', 2);
  for (const page of [first, second]) await page.setOfflineMode(true);
  await Promise.all([track(first, numbered(20, 'a')), track(second, numbered(20, 'b'))]);
  await first.close();
  await second.close();
  await open('/third', { beside: first });
  const names = namesOf(await eventsOf(server, 'custom', 40));
  expect(new Set(names)).toEqual(new Set([...numbered(20, 'a'), ...numbered(20, 'b')]));
});

it('delivers the events of two tabs that capture at the same moment', async () => {
  const { server, open } = await setUp();
  const first = await open('/first');
  const second = await open('/second', { beside: first });
  await Promise.all([track(first, numbered(20, 'a')), track(second, numbered(20, 'b'))]);
  const names = namesOf(await eventsOf(server, 'custom', 40));
  expect(new Set(names)).toEqual(new Set([...numbered(20, 'a'), ...numbered(20, 'b')]));
});

it('elects one of two tabs where Web Locks are missing', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: '<script>Object.defineProperty(navigator, "locks", { value: undefined })</script>' });
  const first = await open('/first');
  const second = await open('/second', { beside: first });
  await Promise.all([track(first, numbered(20, 'a')), track(second, numbered(20, 'b'))]);
  await eventsOf(server, 'custom', 40);
});

it('loses nothing when the tab crashes', async () => {
  const { server, open } = await setUp();
  const page = await open();
  await eventsOf(server, 'pageview');
  server.answer('silent');
  await track(page, numbered(20));
  const crashed = new Promise((resolve) => page.once('error', resolve));
  await Promise.all([crashed, page.goto('chrome://crash').catch(() => undefined)]);
  server.answer({ status: 200 });
  await open('/', { beside: page });
  expect(namesOf(await eventsOf(server, 'custom', 20))).toEqual(numbered(20));
});

it('keeps what it has stored when the page clears its storage', async () => {
  const { server, open } = await setUp();
  const page = await open();
  await eventsOf(server, 'pageview');
  await page.evaluate(`new Promise((resolve) => {
    // In the task after that in which the event was stored.
    const trackAndClear = (name, done) => {
      footfall.track(name);
      setTimeout(() => {
        if (!Object.values(localStorage).join().includes(name)) throw new Error('expected ' + name);
        localStorage.clear();
        done();
      });
    };
    trackAndClear('first', () => trackAndClear('second', resolve));
  })`);
  expect(namesOf(await eventsOf(server, 'custom', 2))).toEqual(['first', 'second']);
});

it('goes on in memory when storage is denied', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })</script>`,
  });
  await track(await open(), ['kept']);
  expect(namesOf(await eventsOf(server, 'custom'))).toEqual(['kept']);
});

it('goes on in memory when storage is full', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<script>for (let size = 4e6; size >= 1; size = Math.floor(size / 2)) try { localStorage['fill' + size] = 'x'.repeat(size) } catch {}</script>`,
  });
  await track(await open(), numbered(20));
  expect(namesOf(await eventsOf(server, 'custom', 20))).toEqual(numbered(20));
});

it('leaves storage alone while it starts, and has an event there when the task has ended', async () => {
  const { server, site, open } = await setUp();
  const html = `<!doctype html><title>Own</title><link rel="icon" href="data:,"><script>
    const real = window.localStorage;
    let touches = 0;
    Object.defineProperty(window, 'localStorage', { get: () => { touches++; return real; } });
    // The browser is not idle before the second script has run.
    window.requestIdleCallback = () => 0;
  </script><script src="/sdk.js" data-site="demo" data-endpoint="${server.origin}"></script>
  <script>window.atStart = touches; window.keptLater = new Promise((resolve) => {
    footfall.track('kept');
    setTimeout(() => resolve(Object.values(real).some((text) => text.includes('"kept"'))));
  });</script>`;
  site.serve({ pages: { '/own': html } });
  const page = await open('/own');
  expect(await page.evaluate('keptLater.then((isKept) => [atStart, isKept])')).toEqual([0, true]);
  await eventsOf(server, 'custom');
});
