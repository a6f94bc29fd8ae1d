import { expect, it } from 'vitest';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

it('counts the first load and each change of the path, with title and referrer', async () => {
  const { server, site, open } = await setUp();
  const page = await open('/a?token=1&utm_source=x#top');
  await page.evaluate(() => {
    history.replaceState({}, '', location.href);
    history.pushState({}, '', '/a?page=2');
    history.pushState({}, '', '/b');
    document.title = 'B';
  });
  const pageviews = await eventsOf(server, 'pageview', 2);
  expect(pageviews).toMatchObject([
    { url: `${site.origin}/a?token=[redacted]&utm_source=x`, title: 'Shop' },
    {
      url: `${site.origin}/b`,
      title: 'B',
      referrer: `${site.origin}/a?token=[redacted]&utm_source=x`,
    },
  ]);
  expect(server.received[0]).toMatchObject({ contentType: 'text/plain' });
  expect(server.received[0]?.query.get('site')).toBe('demo');
});

it('waits for the title of a page that has none at first, as frameworks stream it', async () => {
  const { server, site, open } = await setUp();
  const page = await open('/a');
  await page.evaluate(() => {
    history.pushState({}, '', '/b');
    document.title = '';
    // After the browser has been idle for the first time.
    requestIdleCallback(() =>
      setTimeout(() => {
        document.title = 'B';
      }),
    );
  });
  const pageviews = await eventsOf(server, 'pageview', 2);
  expect(pageviews[1]).toMatchObject({ url: `${site.origin}/b`, title: 'B' });
});

it('counts going back, and ties later events to the page that is open', async () => {
  const { server, open } = await setUp();
  const page = await open('/a');
  await page.evaluate(() => history.pushState({}, '', '/b'));
  await eventsOf(server, 'pageview', 2);
  await page.evaluate(() => history.back());
  const pageviews = await eventsOf(server, 'pageview', 3);
  await page.evaluate(() =>
    window.footfall?.track('order', { plan: 'pro' }, { value: 9.5, currency: 'EUR' }),
  );
  const [order] = await eventsOf(server, 'custom');
  expect(order).toMatchObject({ name: 'order', props: { plan: 'pro' }, value: 9.5, currency: 'EUR' });
  expect(order?.pageId).toBe(pageviews[2]?.id);
});

it('counts a return from the back/forward cache', async () => {
  const { server, site, open } = await setUp();
  const page = await open('/a');
  await eventsOf(server, 'pageview');
  await page.goto(`${site.origin}/b`);
  await eventsOf(server, 'pageview', 2);
  await page.goBack();
  const pageviews = await eventsOf(server, 'pageview', 3);
  expect(pageviews.map(({ url }) => url)).toEqual(['/a', '/b', '/a'].map((path) => site.origin + path));
});

it('stays one when the script is loaded twice', async () => {
  const { server, site, open } = await setUp();
  site.serve({ scripts: 2 });
  const page = await open('/');
  await page.evaluate(() => window.footfall?.track('last'));
  await eventsOf(server, 'custom');
  expect(server.stored().map(({ type }) => type)).toEqual(['pageview', 'custom']);
});

it('counts the path in the fragment for hash routers only', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: 'data-hash' });
  const page = await open('/#/one');
  await eventsOf(server, 'pageview');
  await page.evaluate(() => {
    location.hash = '#/two?x=1';
  });
  const pageviews = await eventsOf(server, 'pageview', 2);
  expect(pageviews.map(({ url }) => url)).toEqual([`${site.origin}/#/one`, `${site.origin}/#/two`]);
});

it.each([
  ['in an ordinary page', ''],
  ['in a page that has an element of its name', '<nav id="navigation"></nav>'],
])('works without the Navigation API %s', async (_where, body) => {
  const { server, site, open } = await setUp();
  site.serve({ body: `${body}<script>delete window.navigation</script>` });
  const page = await open('/a');
  await page.evaluate(() => {
    history.replaceState({}, '', '/a?x=1');
    history.pushState({}, '', '/b');
  });
  const pageviews = await eventsOf(server, 'pageview', 2);
  expect(pageviews.map(({ url }) => url)).toEqual([`${site.origin}/a`, `${site.origin}/b`]);
});

it('waits until a tab in the background is seen', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<script>
      let state = 'hidden';
      Object.defineProperty(document, 'visibilityState', { get: () => state });
      Object.defineProperty(document, 'hidden', { get: () => state === 'hidden' });
      window.show = () => { state = 'visible'; document.dispatchEvent(new Event('visibilitychange')); };
    </script>`,
  });
  const page = await open('/a');
  await page.evaluate(() => window.footfall?.track('early'));
  await eventsOf(server, 'custom');
  expect(server.stored().map(({ type }) => type)).toEqual(['custom']);
  await page.evaluate('show()');
  await eventsOf(server, 'pageview');
});

it('counts once when a router replaces the page that it leaves and then pushes the next', async () => {
  const { server, site, open } = await setUp();
  const page = await open('/a');
  await page.evaluate(() => {
    history.replaceState({ scroll: 0 }, '', '/a');
    history.pushState({}, '', '/b');
    history.replaceState({ key: 1 }, '', '/b?tab=1#top');
  });
  await eventsOf(server, 'pageview', 2);
  await page.evaluate(() => window.footfall?.flush());
  expect(server.stored().map(({ url }) => url)).toEqual([`${site.origin}/a`, `${site.origin}/b`]);
});

it('counts a redirect of the router as the page that it led to', async () => {
  const { server, site, open } = await setUp();
  const page = await open('/a');
  await eventsOf(server, 'pageview');
  await page.evaluate(() => {
    history.pushState({}, '', '/account');
    history.replaceState({}, '', '/login');
  });
  await eventsOf(server, 'pageview', 2);
  await page.evaluate(() => history.pushState({}, '', '/end'));
  const pageviews = await eventsOf(server, 'pageview', 3);
  expect(pageviews.map(({ url, referrer }) => [url, referrer])).toEqual([
    [`${site.origin}/a`, undefined],
    [`${site.origin}/login`, `${site.origin}/a`],
    [`${site.origin}/end`, `${site.origin}/login`],
  ]);
});

it('stays one when a component is mounted twice, with or without a stop between', async () => {
  const { server, site, open } = await setUp();
  const module = `import { init, pageview } from '/module.js';
    const start = () => init({ site: 'demo', endpoint: '${server.origin}', captures: [pageview()] });
    start().stop();
    start();
    start().track('mounted');`;
  site.serve({ scripts: 0, body: `<script type="module">${module}</script>` });
  await open('/a');
  await eventsOf(server, 'custom');
  expect(server.stored().map(({ type }) => type)).toEqual(['pageview', 'custom']);
});

it('starts in a page that has an element called footfall', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: '<div id="footfall"></div>' });
  await open('/a');
  await eventsOf(server, 'pageview');
});
