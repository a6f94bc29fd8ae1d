import { expect, it } from 'vitest';
import { eventsOf, inOrder, useBrowser } from './setup.js';

const setUp = useBrowser();

const shop = `
  <main id="main"><a class="buy now" href="/cart?card=4242424242424242"><b>Buy  it</b> for ann@example.com</a>
  <a id="away" href="https://other.example/file.pdf" onclick="event.preventDefault()">PDF</a>
  <label>Name <input id="field" value="typed text"></label>
  <div id="host"></div></main>
  <script>
    document.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML = '<button id="inside">Inside</button>';
    document.querySelector('.buy').addEventListener('click', (event) => { event.preventDefault(); event.stopImmediatePropagation(); window.handled = true; });
  </script>`;

it('describes what was clicked, without what was typed', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: shop });
  const page = await open();
  for (const selector of ['.buy b', '#away', '#field', '#host >>> #inside']) await page.click(selector);
  const clicks = inOrder(await eventsOf(server, 'click', 4));
  expect(clicks.map(({ props }) => props)).toMatchObject([
    {
      tag: 'a',
      classes: 'buy now',
      text: 'Buy it for [redacted]',
      selector: 'main#main > a.buy',
      href: `${site.origin}/cart?card=[redacted]`,
      outbound: false,
      download: false,
    },
    { tag: 'a', elementId: 'away', text: 'PDF', outbound: true, download: true },
    { tag: 'input', elementId: 'field' },
    { tag: 'button', elementId: 'inside', text: 'Inside', selector: 'button#inside' },
  ]);
  expect(await page.evaluate('window.handled')).toBe(true);
  expect(server.received.map(({ body }) => body).join()).not.toMatch(/typed text|4242|ann@/);
});

it('counts a click on a label once, and nothing of what is being edited', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: '<label id="label" for="news">News</label><input type="checkbox" id="news"><p contenteditable id="draft">my draft</p>',
  });
  const page = await open();
  await page.click('#label');
  await page.click('#draft');
  const clicks = inOrder(await eventsOf(server, 'click', 2));
  expect(clicks.map(({ props }) => props.elementId)).toEqual(['news', 'draft']);
  expect(clicks.map(({ props }) => props.text)).toEqual([undefined, undefined]);
});

it('counts the middle button, which opens a tab', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: shop });
  const page = await open();
  await page.click('#host >>> #inside', { button: 'middle' });
  expect(await eventsOf(server, 'click')).toMatchObject([{ props: { elementId: 'inside' } }]);
});

it('reports each quarter of a page once, also of a page that grows', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: '<div id="tall" style="height:4000px"></div>' });
  const page = await open();
  await page.evaluate(() => scrollTo(0, 500));
  await eventsOf(server, 'scroll_depth', 1);
  await page.evaluate(() => document.querySelector('#tall')?.setAttribute('style', 'height:8000px'));
  await page.evaluate(() => scrollTo(0, 4500));
  await eventsOf(server, 'scroll_depth', 2);
  await page.evaluate(() => scrollTo(0, 9000));
  const depths = await eventsOf(server, 'scroll_depth', 4);
  expect(depths.map(({ props }) => props)).toEqual([25, 50, 75, 100].map((percent) => ({ percent })));
});

const checkout = `
  <form id="checkout" name="pay" action="/pay?session=abcdef" method="post">
    <input name="action" value="charge"><input name="id" value="7">
    <input name="email" type="email" value="ann@example.com"><input name="pass" type="password" value="hunter2-secret">
    <input name="number" autocomplete="cc-number" value="4242 4242 4242 4242"><input name="csrf" type="hidden" value="hidden-token">
    <input name="plan" value="pro for bob@example.org"><input name="coupon">
    <input type="radio" name="size" value="s"><input type="radio" name="size" value="m" checked>
    <textarea name="note">a private note</textarea><select name="country"><option value="">-</option><option>NL</option></select>
    <button>Pay</button></form>
  <script>
    window.submits = 0;
    document.querySelector('form').addEventListener('submit', (event) => { event.preventDefault(); event.stopPropagation(); window.submits++; });
  </script>`;

it('describes a form that was submitted and never sends what it holds', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: checkout, attributes: 'data-allow-fields="plan,pass,number,email"' });
  const page = await open();
  await page.click('form button');
  await page.evaluate(() => document.forms[0]?.requestSubmit());
  const submits = await eventsOf(server, 'form_submit', 2);
  expect(submits[0]?.props).toEqual({
    formId: 'checkout',
    formName: 'pay',
    action: `${site.origin}/pay?session=[redacted]`,
    method: 'post',
    fieldCount: 10,
    filledCount: 8,
    fields: [
      { name: 'action', type: 'text', filled: true },
      { name: 'id', type: 'text', filled: true },
      { name: 'email', type: 'email', filled: true },
      { name: 'pass', type: 'password', filled: true },
      { name: 'number', type: 'text', filled: true },
      { name: 'plan', type: 'text', filled: true, value: 'pro for [redacted]' },
      { name: 'coupon', type: 'text', filled: false },
      { name: 'size', type: 'radio', filled: true },
      { name: 'note', type: 'textarea', filled: true },
      { name: 'country', type: 'select-one', filled: false },
    ].map((field) => expect.objectContaining(field)),
  });
  expect(await page.evaluate('window.submits')).toBe(2);
  const sent = server.received.map(({ body }) => body).join();
  expect(sent).not.toMatch(/hunter2|4242|ann@|bob@|private note|hidden-token|abcdef/);
});
