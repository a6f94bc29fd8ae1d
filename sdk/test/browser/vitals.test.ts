import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { RecordingServer } from './recording-server.js';
import { eventsOf, hide, useBrowser } from './setup.js';

const setUp = useBrowser();

const slowPage = `
  <style>#banner { height: 0 } #banner.late { height: 200px }</style>
  <div id="banner"></div><h1 id="headline" style="font-size: 80px">A headline that is the largest paint</h1>
  <button id="busy" onclick="const until = performance.now() + 150; while (performance.now() < until); this.textContent = 'Done'">Busy</button>`;

/** Hides and shows the page until so many metrics have arrived; the latest event of each is its value. */
async function vitalsOf(page: Page, { server, count }: { server: RecordingServer; count: number }) {
  const events = () => server.stored().filter((event) => event.type === 'web_vital');
  const latest = () => Object.fromEntries(events().map((event) => [event.props.metric, event]));
  while (Object.keys(latest()).length < count) {
    const show = await hide(page);
    await show();
  }
  return latest();
}

/** Resolves when the browser has told the observers of an entry type what there is. */
function observed(page: Page, type: string): Promise<void> {
  return page.evaluate(
    (name) =>
      new Promise<void>((done) =>
        new PerformanceObserver(() => done()).observe({ type: name, buffered: true }),
      ),
    type,
  );
}

it('sends the five web vitals with what made them, when the page is hidden', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: slowPage });
  const page = await open();
  await observed(page, 'largest-contentful-paint');
  await page.evaluate(() => {
    document.querySelector('#banner')?.setAttribute('class', 'late');
  });
  await observed(page, 'layout-shift');
  await page.click('#busy');
  const vitals = await vitalsOf(page, { server, count: 5 });
  const [pageview] = await eventsOf(server, 'pageview');
  for (const event of Object.values(vitals)) {
    expect(event).toMatchObject({ pageId: pageview?.id, props: { navigationType: 'navigate' } });
  }
  expect(vitals.LCP?.props.attribution).toMatchObject({
    element: 'h1#headline',
    timeToFirstByte: expect.any(Number),
    elementRenderDelay: expect.any(Number),
  });
  expect(vitals.INP?.value).toBeGreaterThan(140);
  expect(vitals.INP?.props.attribution).toMatchObject({ element: 'button#busy', event: expect.any(String) });
  expect(vitals.INP?.props.attribution.processing).toBeGreaterThan(100);
  expect(vitals.CLS?.value).toBeGreaterThan(0.05);
  expect(vitals.CLS?.props).toMatchObject({ attribution: { element: expect.any(String) } });
  expect(vitals.FCP?.value).toBeGreaterThan(0);
  expect(vitals.TTFB?.props).toMatchObject({ rating: 'good', attribution: { request: expect.any(Number) } });
});

it('names the element of an interaction also where its longest part is not the click', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<h1>Slow to press</h1>
      <button id="press" onpointerdown="const until = performance.now() + 150; while (performance.now() < until);">Press</button>`,
  });
  const page = await open();
  await observed(page, 'largest-contentful-paint');
  await page.click('#press');
  const { INP } = await vitalsOf(page, { server, count: 5 });
  expect(INP?.props.attribution).toMatchObject({ element: 'button#press', event: 'pointerdown' });
});

it('belongs to the page that was loaded, also when the route has changed', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: slowPage });
  const page = await open('/landing');
  await observed(page, 'largest-contentful-paint');
  await page.evaluate(() => history.pushState(null, '', '/second'));
  await eventsOf(server, 'pageview', 2);
  const { LCP } = await vitalsOf(page, { server, count: 3 });
  const [landing] = await eventsOf(server, 'pageview');
  expect(LCP).toMatchObject({ pageId: landing?.id, url: `${site.origin}/landing` });
});

const policies = {
  'the origin of the script': "script-src 'self'",
  'a nonce': "script-src 'nonce-r4nd0m'",
  'a nonce and strict-dynamic': "script-src 'nonce-r4nd0m' 'strict-dynamic'",
  'trusted types': "script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
};

for (const [name, policy] of Object.entries(policies)) {
  it(`loads under a policy of ${name}`, async () => {
    const { server, site, open } = await setUp();
    site.serve({
      body: '<h1>Strict</h1>',
      attributes: 'nonce="r4nd0m"',
      headers: { 'content-security-policy': `default-src 'none'; img-src data:; connect-src *; ${policy}` },
    });
    const page = await open();
    // A page that is hidden before it is painted has no metrics.
    await observed(page, 'largest-contentful-paint');
    expect((await vitalsOf(page, { server, count: 3 })).LCP?.value).toBeGreaterThan(0);
  });
}

it('goes on without them where the chunk is missing, and says nothing', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: '<h1>Here</h1>', missing: ['/vitals.js'] });
  const page = await open();
  await page.waitForNetworkIdle();
  expect(site.paths).toContain('/vitals.js');
  await page.evaluate(() => window.footfall?.track('still here'));
  await eventsOf(server, 'custom');
});

it('loads nothing that was not asked for', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: '<h1>Here</h1>', attributes: 'data-captures="pageview"' });
  const page = await open();
  await eventsOf(server, 'pageview');
  await page.waitForNetworkIdle();
  await page.click('h1');
  await page.goto(`${site.origin}/next`);
  await eventsOf(server, 'pageview', 2);
  expect(new Set(server.stored().map(({ type }) => type))).toEqual(new Set(['pageview']));
  expect(site.paths).not.toContain('/vitals.js');
});
