import { expect, it } from 'vitest';
import { eventsOf, hide, useBrowser } from './setup.js';

const setUp = useBrowser();
const tall = '<div style="height: 4000px">Long</div><a href="/next">Next</a>';

it('tells how deep a page was scrolled when the page is left, under the id of its pageview', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: tall });
  const page = await open();
  await page.evaluate(() => scrollTo(0, 1800));
  await eventsOf(server, 'scroll_depth', 2);
  await page.goto(`${site.origin}/next`);
  const [first] = await eventsOf(server, 'pageview', 2);
  const [engagement] = await eventsOf(server, 'engagement');
  expect(engagement).toMatchObject({ pageId: first?.id, url: `${site.origin}/` });
  expect(engagement?.props.scrollPercent).toBeGreaterThanOrEqual(50);
  expect(engagement?.props.scrollPercent).toBeLessThan(75);
});

it('counts the time in sight and in focus, and adds up over several events', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: tall });
  const page = await open();
  await page.waitForFunction('performance.now() > 3500');
  const show = await hide(page);
  const [first] = await eventsOf(server, 'engagement');
  expect(first?.props.engagedMs).toBeGreaterThan(3000);
  expect(first?.props.engagedMs).toBeLessThan(10_000);
  const hiddenAt = Date.now();
  await page.waitForFunction(`Date.now() > ${hiddenAt + 1000}`, { polling: 100 });
  await show();
  await page.evaluate(() => scrollTo(0, 9000));
  await eventsOf(server, 'scroll_depth', 4);
  const shownMs = Date.now() - hiddenAt;
  await hide(page);
  const [, second] = await eventsOf(server, 'engagement', 2);
  expect(second?.props.scrollPercent).toBe(100);
  expect(second?.props.engagedMs).toBeLessThan(shownMs - 900);
});

it('counts nothing while another window has the focus', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: tall });
  const page = await open();
  await page.evaluate(() => {
    document.hasFocus = () => false;
    dispatchEvent(new Event('blur'));
  });
  await page.waitForFunction('performance.now() > 3500');
  await page.goto(`${site.origin}/next`);
  await eventsOf(server, 'pageview', 2);
  await page.evaluate(() => window.footfall?.track('end'));
  await eventsOf(server, 'custom');
  expect(server.stored().filter(({ type }) => type === 'engagement')).toEqual([]);
});

it('gives each page of a single-page application its own', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: tall });
  const page = await open('/one');
  await page.evaluate(() => scrollTo(0, 9000));
  await eventsOf(server, 'scroll_depth', 4);
  await page.evaluate(() => history.pushState(null, '', '/two'));
  await page.evaluate(() => scrollTo(0, 1800));
  await eventsOf(server, 'scroll_depth', 6);
  await page.goto(`${site.origin}/three`);
  const engagements = await eventsOf(server, 'engagement', 2);
  const pages = await eventsOf(server, 'pageview', 3);
  expect(engagements.map(({ pageId }) => pageId)).toEqual(pages.slice(0, 2).map(({ id }) => id));
  expect(engagements[0]?.props.scrollPercent).toBe(100);
  expect(engagements[1]?.props.scrollPercent).toBeLessThan(75);
});

it('takes an element that fills the window for the page', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<style>html, body { height: 100%; margin: 0 } main { height: 100%; overflow: auto } aside { height: 50px; overflow: auto }</style>
      <main><aside><div style="height: 500px"></div></aside><div style="height: 4000px"></div></main>`,
  });
  const page = await open();
  await page.evaluate(() => document.querySelector('aside')?.scrollTo(0, 450));
  await page.evaluate(() => document.querySelector('main')?.scrollTo(0, 1800));
  const depths = await eventsOf(server, 'scroll_depth', 2);
  expect(depths.map(({ props }) => props.percent)).toEqual([25, 50]);
});

it('belongs to the session that was last, and does not prolong it', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: tall, attributes: 'data-identity="persistent" data-captures="pageview,engagement"' });
  const page = await open();
  await eventsOf(server, 'pageview');
  const sessionIn = () => page.evaluate(() => localStorage.getItem('footfall.demo.session'));
  const before = await sessionIn();
  await page.evaluate(() => scrollTo(0, 9000));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await hide(page);
  await eventsOf(server, 'engagement');
  expect(await sessionIn()).toBe(before);
  expect(new Set(server.received.map(({ batch }) => batch.session?.id)).size).toBe(1);
});
