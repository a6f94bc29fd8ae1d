import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { RecordingServer } from './recording-server.js';
import { eventsOf, inOrder, useBrowser } from './setup.js';

const setUp = useBrowser();
const attributes = 'data-captures="pageview,click,scroll,engagement,form,error,vitals,copy,visibility"';

/** Every page counts the clicks and inputs that reach its own listeners, none of which may be touched. */
const counter = `<script>
  window.counts = { click: 0, input: 0, prevented: 0 };
  for (const type of ['click', 'input']) addEventListener(type, (event) => {
    counts[type]++;
    if (event.defaultPrevented) counts.prevented++;
  });
</script>`;

async function openPage(body: string) {
  const { server, site, open } = await setUp();
  site.serve({ body: counter + body, attributes });
  const page = await open();
  return { server, site, page };
}

/** Everything that was sent, once the page is left. */
async function leave(
  page: Page,
  { server, origin }: { server: RecordingServer; origin: string },
): Promise<string> {
  const counts = await page.evaluate('counts');
  expect(counts).toMatchObject({ prevented: 0 });
  await page.goto(`${origin}/left`);
  await eventsOf(server, 'pageview', 2);
  await page.evaluate(() => window.footfall?.track('end'));
  await eventsOf(server, 'custom');
  return server.received.map(({ body }) => body).join();
}

it('right to left, in other scripts: texts, paths and depth as everywhere', async () => {
  const { server, page } = await openPage(`
    <main dir="rtl" lang="ar" class="صفحة"><h1>مرحبا</h1><button id="شراء">اشترِ الآن 🛒</button>
    <form id="اتصال"><input name="الاسم"><button>أرسل</button></form><div style="height: 4000px; width: 3000px"></div></main>`);
  await page.click('main > button');
  await page.type('[name=الاسم]', 'ليلى');
  await page.evaluate(() => scrollTo(-500, 9000));
  const depths = await eventsOf(server, 'scroll_depth', 4);
  expect(depths.at(-1)?.props.percent).toBe(100);
  const [start] = await eventsOf(server, 'form_start');
  expect(start?.props).toMatchObject({ formId: 'اتصال', fieldCount: 1 });
  const [click] = await eventsOf(server, 'click');
  expect(click?.props).toMatchObject({ text: 'اشترِ الآن 🛒', selector: 'button#شراء' });
});

it('ten thousand nodes: a click in the deepest, and a form with a thousand fields', async () => {
  const { server, site, page } = await openPage(`<div id="root"></div><script>
    const rows = Array.from({ length: 2000 }, (_, n) => '<tr><td><b><i><a href="#r' + n + '">Row ' + n + '</a></i></b></td></tr>');
    document.querySelector('#root').innerHTML = '<table>' + rows.join('') + '</table>';
    let deepest = document.querySelector('#root');
    for (let n = 0; n < 300; n++) deepest = deepest.insertBefore(document.createElement('div'), deepest.firstChild);
    deepest.innerHTML = '<button>Deep</button>';
    const fields = Array.from({ length: 1000 }, (_, n) => '<input name="field' + n + '">').join('');
    document.body.insertAdjacentHTML('afterbegin', '<form id="long" onsubmit="event.preventDefault()"><button>Send</button>' + fields + '</form>');
  </script>`);
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeGreaterThan(10_000);
  await page.click('#long button');
  await page.evaluate(() => document.querySelector<HTMLElement>('#root button')?.click());
  const [submit] = await eventsOf(server, 'form_submit');
  expect(submit?.props).toMatchObject({ fieldCount: 1000, filledCount: 0 });
  expect(submit?.props.fields).toHaveLength(100);
  await leave(page, { server, origin: site.origin });
  const clicks = await eventsOf(server, 'click', 2);
  expect(clicks.map(({ props }) => props.text).sort()).toEqual(['Deep', 'Send']);
});

it('shadow roots in shadow roots, open and closed, with slots', async () => {
  const { server, page } =
    await openPage(`<x-outer><span slot="label">Label</span></x-outer><x-closed></x-closed><script>
    const outer = document.querySelector('x-outer').attachShadow({ mode: 'open' });
    outer.innerHTML = '<button id="slotted"><slot name="label"></slot></button><x-inner></x-inner>';
    outer.querySelector('x-inner').attachShadow({ mode: 'open' }).innerHTML = '<a href="/x" id="inner" onclick="event.preventDefault(); this.title = 1">Inner</a>';
    document.querySelector('x-closed').attachShadow({ mode: 'closed' }).innerHTML = '<button style="width: 200px">Closed</button>';
  </script>`);
  await page.click('x-outer span');
  await page.click('x-outer >>> #inner');
  await page.click('x-closed');
  const clicks = await eventsOf(server, 'click', 3);
  const sorted = inOrder(clicks);
  expect(sorted.map(({ props }) => props.selector)).toEqual([
    'button#slotted',
    'a#inner',
    'html > body > x-closed',
  ]);
});

it('a canvas, a drawing in SVG and MathML: clicks, never dead or in rage on the canvas', async () => {
  const { server, page } = await openPage(`<canvas id="board" width="200" height="100"></canvas>
    <svg width="100" height="100"><a href="/shape" id="shape"><circle class="dot big" cx="50" cy="50" r="40"></circle></a></svg>
    <math><mi id="x">x</mi></math><script>
      document.querySelector('#shape').addEventListener('click', (event) => event.preventDefault());
      removeEventListener('click', window.noop);
      addEventListener('click', () => counts.prevented = 0);
    </script>`);
  for (let n = 1; n <= 4; n++) await page.mouse.click(50, 50);
  await page.click('circle');
  await page.click('#x');
  const clicks = await eventsOf(server, 'click', 6);
  expect(
    clicks.filter(({ props }) => props.tag === 'canvas').map(({ props }) => [props.rage, props.dead]),
  ).toEqual(Array.from({ length: 4 }, () => [undefined, undefined]));
  expect(clicks.find(({ props }) => props.elementId === 'shape')?.props).toMatchObject({
    tag: 'a',
    outbound: false,
  });
});

it('a page that is one editor: nothing of what is written, and no rage in it', async () => {
  const { server, site, page } = await openPage(`<h1>Draft</h1><p id="text">my private draft</p><script>
    document.body.contentEditable = 'true';</script>`);
  for (let n = 1; n <= 4; n++) await page.click('#text', { count: 1 });
  await page.keyboard.type('secret words');
  await page.keyboard.down('Control');
  await page.keyboard.press('a');
  await page.keyboard.press('c');
  await page.keyboard.up('Control');
  expect(await leave(page, { server, origin: site.origin })).not.toMatch(
    /private draft|secret|words|"rage"|text_copy/,
  );
  expect(await eventsOf(server, 'click', 4)).toHaveLength(4);
});

it('controls outside of every form, and dialogs on top of each other', async () => {
  const { server, site, page } =
    await openPage(`<input name="search" placeholder="Search"><select><option>One<option>Two</select>
    <dialog id="first"><button id="more" onclick="second.showModal()">More</button></dialog>
    <dialog id="second"><form method="dialog"><input name="code"><button id="done">Done</button></form></dialog>
    <button id="open" onclick="first.showModal()">Open</button>`);
  await page.type('[name=search]', 'private words');
  await page.select('select', 'Two');
  for (const selector of ['#open', '#more']) await page.click(selector);
  await page.type('[name=code]', '7');
  await page.click('#done');
  const [submit] = await eventsOf(server, 'form_submit');
  expect(submit?.props).toMatchObject({ method: 'dialog', fieldCount: 1, filledCount: 1 });
  expect(await leave(page, { server, origin: site.origin })).not.toContain('private words');
  expect(server.stored().filter(({ type }) => type === 'form_start')).toHaveLength(1);
});
