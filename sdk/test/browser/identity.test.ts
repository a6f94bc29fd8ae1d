import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

const stored = (page: Page): Promise<string> =>
  page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie);

it('stores and sends nothing that identifies anyone by default', async () => {
  const { server, open } = await setUp();
  const page = await open();
  await page.evaluate(() => window.footfall?.identify('user-7'));
  await eventsOf(server, 'identify');
  const batches = server.received.map(({ batch }) => batch);
  expect(batches.every(({ visitor, session }) => visitor?.id === undefined && session === undefined)).toBe(
    true,
  );
  expect(batches.at(-1)?.visitor).toEqual({ userId: 'user-7' });
  expect(batches[0]?.context.consent).toBe('cookieless');
  expect(await stored(page)).not.toContain('user-7');
});

it('keeps visitor and session across pages and tabs when identity is persistent', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: 'data-identity="persistent"' });
  const first = await open('/a');
  await eventsOf(server, 'pageview');
  await open('/b', { beside: first });
  await eventsOf(server, 'pageview', 2);
  const identities = server.received.map(({ batch }) => [
    batch.visitor?.id,
    batch.session?.id,
    batch.context.consent,
  ]);
  expect(identities[0]).toEqual(identities[1]);
  expect(identities[0]).toEqual([expect.any(String), expect.any(String), 'granted']);
});

it('keeps events out of storage where the site asks for it, and the visitor in', async () => {
  const { server, site, open } = await setUp();
  server.answer('silent');
  site.serve({ attributes: 'data-identity="persistent" data-persist-queue="false"' });
  const page = await open();
  await server.until(() => server.received.length === 1);
  const keys = await page.evaluate(() => Object.keys(localStorage).sort());
  expect(keys).toEqual(['footfall.demo.session', 'footfall.demo.visitor']);
});

it('stores and sends nothing while consent is pending, and everything once it is granted', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: 'data-identity="persistent" data-consent="pending"' });
  const page = await open();
  await page.evaluate(async () => {
    for (let n = 0; n < 150; n++) window.footfall?.track(`t${n}`);
    await window.footfall?.flush();
  });
  expect(await stored(page)).toBe('{}');
  expect(server.received).toEqual([]);
  await page.evaluate(() => window.footfall?.consent('granted'));
  await server.until(() => server.stored().length === 100);
  expect(server.received[0]?.batch.visitor?.id).toEqual(expect.any(String));
});

it('forgets everything on denial', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: 'data-identity="persistent"' });
  const page = await open();
  await eventsOf(server, 'pageview');
  await page.evaluate(async () => {
    window.footfall?.track('pending');
    window.footfall?.consent('denied');
    window.footfall?.track('after');
    await window.footfall?.flush();
  });
  expect(await stored(page)).toBe('{}');
  expect(server.stored().map(({ type }) => type)).toEqual(['pageview']);
});

it('asks to join the cookieless session when consent is granted later', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    attributes: 'data-identity="persistent" data-consent="denied" data-when-denied="cookieless"',
  });
  const page = await open();
  await eventsOf(server, 'pageview');
  await page.evaluate(() => {
    window.footfall?.consent('granted');
    window.footfall?.track('after');
  });
  await eventsOf(server, 'custom');
  const [before, after] = server.received.map(({ batch }) => batch);
  expect(before).toMatchObject({ context: { consent: 'denied' } });
  expect(before?.visitor).toBeUndefined();
  expect(after).toMatchObject({
    context: { consent: 'granted' },
    linkCookieless: true,
    visitor: { id: expect.any(String) },
  });
});

it('keeps no persistent identity under Global Privacy Control', async () => {
  const { server, site, open } = await setUp();
  const body = '<script>Object.defineProperty(navigator, "globalPrivacyControl", { value: true })</script>';
  site.serve({ body, attributes: 'data-identity="persistent"' });
  await open();
  await eventsOf(server, 'pageview');
  expect(server.received[0]?.batch).toMatchObject({ context: { consent: 'cookieless' } });
  expect(server.received[0]?.batch.visitor).toBeUndefined();
});

it('remembers an opt-out until consent is granted', async () => {
  const { server, open } = await setUp();
  const page = await open('/a');
  await eventsOf(server, 'pageview');
  await page.evaluate(() => window.footfall?.optOut());
  await page.reload();
  await page.evaluate(() => window.footfall?.track('unseen'));
  await page.evaluate(() => {
    window.footfall?.consent('granted');
    window.footfall?.track('seen');
  });
  expect(await eventsOf(server, 'custom')).toMatchObject([{ name: 'seen' }]);
});

it('sends nothing that was erased by an opt-out in another tab', async () => {
  const { server, open } = await setUp();
  const other = await open('/other');
  const page = await open('/', { beside: other });
  await eventsOf(server, 'pageview', 2);
  // While the other tab holds the lock, this one sends nothing.
  await other.evaluate(`new Promise((held) => {
    navigator.locks.request('footfall.demo.', () => new Promise((release) => { window.release = release; held(); }));
  })`);
  await page.evaluate(() => window.footfall?.track('before'));
  await page.waitForFunction(() => Object.values(localStorage).join().includes('"before"'));
  await other.evaluate(() => window.footfall?.optOut());
  await page.evaluate(() => {
    window.footfall?.consent('granted');
    window.footfall?.track('after');
  });
  await other.evaluate('release()');
  expect((await eventsOf(server, 'custom')).map(({ name }) => name)).toEqual(['after']);
});
