import { createServer } from 'node:http';
import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { closeServer, listenOnLoopback } from './chromium.js';
import { eventsOf, inOrder, useBrowser } from './setup.js';

const setUp = useBrowser();

async function clickTimes(page: Page, selector: string, { count = 3, apart = 1 } = {}): Promise<void> {
  const element = await page.waitForSelector(selector);
  const box = await element?.boundingBox();
  if (!box) throw new Error(`${selector} is not in sight`);
  for (let n = 1; n <= count; n++)
    await page.mouse.click(box.x + n * apart, box.y + box.height / 2, { count: 1, clickCount: n });
}

it('takes the data attributes of the element and its ancestors, scrubbed', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<section data-footfall-plan="pro" data-footfall-place="list" data-other="x">
      <button data-footfall-place="row" data-footfall-contact="ann@example.com" data-footfall-api-key="k1">Buy</button></section>`,
  });
  const page = await open();
  await page.click('button');
  const [click] = await eventsOf(server, 'click');
  expect(click?.props.data).toEqual({
    plan: 'pro',
    place: 'row',
    contact: '[redacted]',
    'api-key': '[redacted]',
  });
});

const impatient = `
  <style>body > * { display: block; width: 200px; height: 60px; margin: 4px; user-select: none }</style>
  <button id="save">Save</button> <button id="sign">+</button> <button id="quantity" aria-label="Increase quantity">More</button>
  <video id="film"></video> <canvas id="board"></canvas> <input id="number" type="number" value="1">
  <p id="words" style="user-select: text">Words that a triple click selects</p>
  <script>addEventListener('click', ({ target }) => { target.dataset.n = 1 + Number(target.dataset.n ?? 0); });</script>`;

it('marks the third click of a burst, once a burst', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: impatient });
  const page = await open();
  await clickTimes(page, '#save', { count: 6 });
  const clicks = await eventsOf(server, 'click', 6);
  expect(clicks.map(({ props }) => props.rage)).toEqual([
    undefined,
    undefined,
    true,
    undefined,
    undefined,
    undefined,
  ]);
});

it('takes no fast clicks for rage where fast clicks are the use', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: impatient });
  const page = await open();
  const places = ['sign', 'quantity', 'film', 'board', 'number', 'words'];
  for (const id of places) await clickTimes(page, `#${id}`);
  await page.focus('#save');
  for (let n = 0; n < 4; n++) await page.keyboard.press('Enter');
  await clickTimes(page, '#save', { apart: 50 });
  const clicks = await eventsOf(server, 'click', 3 * places.length + 7);
  expect(new Set(clicks.map(({ props }) => props.elementId))).toEqual(new Set([...places, 'save']));
  expect(clicks.filter(({ props }) => props.rage)).toEqual([]);
});

const effects = `
  <a id="nowhere" href="#">Nowhere</a> <button id="broken">Broken</button> <img id="picture" alt="" width="20" height="20">
  <button id="changes" onclick="this.className = 'done'">Changes</button>
  <button id="moves" onclick="scrollBy(0, 50)">Moves</button>
  <button id="routes" onclick="history.replaceState(null, '', '?tab=2')">Routes</button>
  <button id="later" onclick="setTimeout(() => this.title = 'late', 100)">Later</button>
  <label>Name <input id="field"></label> <canvas id="board" width="20" height="20"></canvas>
  <div id="host"></div> <div style="height: 4000px"></div>
  <script>
    const root = document.querySelector('#host').attachShadow({ mode: 'open' });
    root.innerHTML = '<button id="inner">Inner</button><output></output>';
    root.querySelector('button').onclick = () => { root.querySelector('output').textContent = 'changed'; };
  </script>`;

it('marks clicks without any effect, at the time and in the order of the clicks', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: effects });
  const page = await open();
  const order = ['#nowhere', '#broken', '#picture', '#field', '#board'];
  await page.goto(`${page.url()}#`);
  for (const selector of order) await page.click(selector);
  const clicks = await eventsOf(server, 'click', 5);
  const sorted = inOrder(clicks);
  expect(sorted.map(({ props }) => [`#${props.elementId}`, props.dead])).toEqual([
    ['#nowhere', true],
    ['#broken', true],
    ['#picture', true],
    ['#field', undefined],
    ['#board', undefined],
  ]);
  const [pageview] = await eventsOf(server, 'pageview');
  expect(new Set(sorted.map(({ pageId }) => pageId))).toEqual(new Set([pageview?.id]));
  expect(sorted).toEqual([...sorted].sort((a, b) => a.ts - b.ts));
});

it('waits for what a click does: change, scroll, address, also late and in a shadow root', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: effects });
  const page = await open();
  for (const selector of ['#changes', '#moves', '#later', '#host >>> #inner', '#routes'])
    await page.click(selector);
  const clicks = await eventsOf(server, 'click', 5);
  expect(clicks.map(({ props }) => [props.elementId, props.dead])).toEqual([
    ['changes', undefined],
    ['moves', undefined],
    ['later', undefined],
    ['inner', undefined],
    ['routes', undefined],
  ]);
});

it('takes a slow answer of the server for no dead click', async () => {
  const { server, site, open } = await setUp();
  const silent = createServer(() => undefined);
  const origin = await listenOnLoopback(silent);
  site.serve({ body: `<a id="slow" href="${origin}/slow">Slow</a>` });
  const page = await open();
  await page.evaluate(() => document.querySelector('a')?.click());
  const [click] = await eventsOf(server, 'click');
  expect(click?.props).toMatchObject({ elementId: 'slow', outbound: true });
  expect(click?.props).not.toHaveProperty('dead');
  await closeServer(silent);
});

it('records a click that leaves the page before the page is left', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: '<a id="go" href="/next">Next</a>' });
  const page = await open();
  await Promise.all([page.waitForNavigation(), page.click('#go')]);
  const [click] = await eventsOf(server, 'click');
  const [first] = await eventsOf(server, 'pageview');
  expect(click).toMatchObject({ pageId: first?.id, props: { elementId: 'go' } });
  expect(click?.props).not.toHaveProperty('dead');
});

it('names a path through the hosts of shadow roots, and survives controls that hide properties', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<form id="clobbered"><input name="id"><input name="getAttribute"><input name="parentNode"><b>press</b></form>
      <x-card class="wide"></x-card>
      <script>document.querySelector('x-card').attachShadow({ mode: 'open' }).innerHTML = '<p><button class="inner big">Go</button></p>';</script>`,
  });
  const page = await open();
  await page.click('b');
  await page.click('x-card >>> button');
  const clicks = await eventsOf(server, 'click', 2);
  const selectors = clicks.map(({ props }) => props.selector).sort();
  expect(selectors).toEqual(['body > x-card.wide > p > button.inner', 'form#clobbered > b']);
});
