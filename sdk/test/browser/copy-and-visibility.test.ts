import { expect, it } from 'vitest';
import { eventsOf, hide, useBrowser } from './setup.js';

const setUp = useBrowser();

it('tells how much was copied and from where, never what, and nothing of fields', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<article id="story"><p class="lead">Twelve words</p></article><input value="a private value">
      <div contenteditable>my private draft</div>`,
    attributes: 'data-captures="pageview,copy"',
  });
  const page = await open();
  for (const selector of ['input', '[contenteditable]', '.lead']) {
    await page.click(selector, { count: 3 });
    await page.evaluate(() => document.execCommand('copy'));
  }
  const copies = await eventsOf(server, 'text_copy');
  expect(copies.map(({ props }) => props)).toEqual([
    { tag: 'p', classes: 'lead', selector: 'article#story > p.lead', length: 12 },
  ]);
  expect(server.received.map(({ body }) => body).join()).not.toMatch(/Twelve|private/);
});

it('tells when the page is hidden and seen again, and how long it was so', async () => {
  const { server, site, open } = await setUp();
  site.serve({ attributes: 'data-captures="pageview,visibility"' });
  const page = await open();
  const show = await hide(page);
  await eventsOf(server, 'page_visibility', 1);
  await show();
  const changes = await eventsOf(server, 'page_visibility', 2);
  expect(changes.map(({ props }) => props.state)).toEqual(['hidden', 'visible']);
  for (const { props } of changes) expect(props.previousMs).toBeGreaterThan(0);
});
