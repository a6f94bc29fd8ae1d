import { expect, it } from 'vitest';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

it('sends at most 212 bytes an event in a batch of ten page changes, referrers and client hints included', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: 'data-captures="pageview"' });
  const page = await open('/products/42');
  await page.evaluate(() => {
    for (let n = 0; n < 9; n++) history.pushState({}, '', `/products/${n}`);
  });
  await eventsOf(server, 'pageview', 10);
  const [batch] = server.received;
  expect(batch?.batch.events).toHaveLength(10);
  expect(Buffer.byteLength(batch?.body ?? '') / 10).toBeLessThanOrEqual(212);
});

it('compresses what does not fit into one packet, and nothing smaller', async () => {
  const { server, open } = await setUp();
  const page = await open();
  await eventsOf(server, 'pageview');
  await page.evaluate(() => {
    for (let n = 0; n < 30; n++) window.footfall?.track(`step ${n}`);
  });
  await eventsOf(server, 'custom', 30);
  const isLarge = server.received.map(({ body }) => body.length > 1400);
  expect(server.received.map(({ isGzip }) => isGzip)).toEqual(isLarge);
  expect(new Set(isLarge)).toEqual(new Set([false, true]));
  expect(new Set(server.received.map(({ contentType }) => contentType))).toEqual(new Set(['text/plain']));
});

it('leaves no timer behind once everything is sent, and listens to no unload', async () => {
  const { server, site, open } = await setUp();
  const spy = `<script>
    window.timers = new Set();
    window.unloads = [];
    const { setTimeout: set, clearTimeout: clear, addEventListener: listen } = window;
    window.setTimeout = (work, ms) => {
      const id = set(() => { timers.delete(id); work(); }, ms);
      timers.add(id);
      return id;
    };
    window.clearTimeout = (id) => { timers.delete(id); clear(id); };
    window.setInterval = () => timers.add('interval');
    window.addEventListener = function (type, ...rest) {
      if (/unload/.test(type)) unloads.push(type);
      return listen.call(this, type, ...rest);
    };
  </script>`;
  site.serve({ body: spy, attributes: 'data-captures="pageview"' });
  const page = await open();
  await eventsOf(server, 'pageview');
  await page.evaluate(() => window.footfall?.track('signup'));
  await eventsOf(server, 'custom');
  await page.evaluate(() => window.footfall?.flush());
  expect(await page.evaluate('[[...timers], unloads]')).toEqual([[], []]);
});
