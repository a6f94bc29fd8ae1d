import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();
const script = readFileSync(new URL('../../dist/footfall.min.js', import.meta.url), 'utf8');
const button = '<button id="go" type="button" onclick="this.title = 1">Go</button>';

/** What pages put in the place of what the browser has, by script and by names in their markup. */
const pages = {
  'an Array.from that calls no function, as of Prototype.js 1.7 and MooTools 1.5': `<script>
    Array.from = (items) => Array.prototype.slice.call(items);</script>${button}`,
  'a toJSON on texts and numbers, as of Prototype.js 1.6': `<script>
    for (const type of [String, Number]) type.prototype.toJSON = function () { return '"' + this + '"'; };</script>${button}`,
  'a variable called URL': `<script>var URL = '/api';</script>${button}`,
  'an image called title and a form called hidden': `<img name="title" alt=""><form name="hidden"></form>${button}`,
  'controls called attributes and matches': `<form data-footfall-plan="pro">
    <input name="attributes"><input name="matches">${button}</form>`,
};

it.each(Object.entries(pages))('works in a page with %s', async (_title, body) => {
  const { server, site, open } = await setUp();
  site.serve({ body, attributes: 'data-captures="pageview,click"' });
  const page = await open('/shop?token=abc');
  await page.click('#go');
  await page.evaluate(() => {
    window.footfall?.track('order', { plan: 'pro', seats: 3 });
    return window.footfall?.flush();
  });
  const [pageview] = await eventsOf(server, 'pageview');
  const [click] = await eventsOf(server, 'click');
  const [order] = await eventsOf(server, 'custom');
  expect(pageview?.url).toMatch(/\/shop(\?token=\[redacted\])?$/);
  expect(click?.props).toMatchObject({ elementId: 'go', text: 'Go' });
  if (body.includes('data-footfall')) expect(click?.props.data).toEqual({ plan: 'pro' });
  expect(order?.props).toEqual({ plan: 'pro', seats: 3 });
});

it('works as an inline script, whose vitals have no place to come from', async () => {
  const { server, site, open } = await setUp();
  const tag = `<script data-site="demo" data-endpoint="${server.origin}">${script}</script>`;
  site.serve({ scripts: 0, body: tag });
  await open('/inline');
  expect(await eventsOf(server, 'pageview')).toMatchObject([{ url: `${site.origin}/inline` }]);
});

it('never breaks pushState, whatever else the page has replaced', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<script>Object.defineProperty(window, 'navigation', { value: undefined });
      window.Event = function () { throw new Error('mine'); };</script>`,
  });
  const page = await open('/a');
  await page.evaluate(() => history.pushState({}, '', '/b'));
  const pageviews = await eventsOf(server, 'pageview', 2);
  expect(pageviews.map(({ url }) => url)).toEqual([`${site.origin}/a`, `${site.origin}/b`]);
});
