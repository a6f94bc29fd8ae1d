import { expect, it } from 'vitest';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

const contact = `
  <form id="contact" action="/send" method="post">
    <input name="subject"> <input id="nameless"> <input name="email" type="email"> <input name="secret" type="password">
    <button>Send</button>
  </form>
  <input name="outside" form="contact">
  <input name="alone">`;

it('records view, start and submit of a form, with the controls outside that name it', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: contact });
  const page = await open();
  await eventsOf(server, 'form_view');
  await page.type('[name=alone]', 'not of a form');
  await page.type('[name=outside]', 'hello');
  await page.type('[name=subject]', 'a private question');
  await page.type('#nameless', 'a private answer');
  await page.click('button');
  const [submit] = await eventsOf(server, 'form_submit');
  expect(server.stored().flatMap(({ type }) => (type.startsWith('form') ? type : []))).toEqual([
    'form_view',
    'form_start',
    'form_submit',
  ]);
  expect(submit?.props).toMatchObject({ formId: 'contact', method: 'post', fieldCount: 5, filledCount: 3 });
  expect(submit?.props.durationMs).toBeGreaterThanOrEqual(0);
  expect(submit?.props.fields.map(({ name, type, filled }) => [name, type, filled])).toEqual([
    ['subject', 'text', true],
    ['nameless', 'text', true],
    ['email', 'email', false],
    ['secret', 'password', false],
    ['outside', 'text', true],
  ]);
  expect(server.received.map(({ body }) => body).join()).not.toMatch(
    /private question|private answer|hello|not of a form/,
  );
});

it('records what was left unfinished, and where, when the page is left', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: contact });
  const page = await open();
  await page.type('[name=subject]', 'a private question');
  await page.type('[name=email]', 'ann@example.com');
  await page.goto(`${site.origin}/next`);
  const [abandon] = await eventsOf(server, 'form_abandon');
  const [first] = await eventsOf(server, 'pageview', 2);
  expect(abandon).toMatchObject({
    pageId: first?.id,
    props: { formId: 'contact', fieldCount: 5, filledCount: 2, lastField: 'email' },
  });
  expect(server.received.map(({ body }) => body).join()).not.toMatch(/private question|ann@/);
});

it('abandons nothing that was submitted, and nothing in a tab that is only hidden', async () => {
  const { server, site, open } = await setUp();
  site.serve({ body: contact });
  const page = await open();
  await page.type('[name=subject]', 'x');
  const other = await page.browserContext().newPage();
  await other.bringToFront();
  await page.bringToFront();
  await page.evaluate(() => document.forms[0]?.addEventListener('submit', (event) => event.preventDefault()));
  await page.click('button');
  await eventsOf(server, 'form_submit');
  await page.goto(`${site.origin}/next`);
  await eventsOf(server, 'pageview', 2);
  await page.evaluate(() => window.footfall?.track('end'));
  await eventsOf(server, 'custom');
  expect(server.stored().filter(({ type }) => type === 'form_abandon')).toEqual([]);
});

it('counts a form that a script submits, once where it has asked before', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<form id="sort" action="/sorted"><select name="by" onchange="this.form.submit()"><option>Name<option>Price</select></form>
      <form id="asked" action="/sent" onsubmit="event.preventDefault(); this.submit()"><input name="note"><button>Send</button></form>`,
  });
  const page = await open();
  await Promise.all([page.waitForNavigation(), page.select('select', 'Price')]);
  expect(await eventsOf(server, 'form_submit')).toMatchObject([{ props: { formId: 'sort' } }]);
  await page.type('[name=note]', 'x');
  await Promise.all([page.waitForNavigation(), page.click('button')]);
  await eventsOf(server, 'pageview', 3);
  const told = server.stored().flatMap((event) => (/submit|abandon/.test(event.type) ? event.type : []));
  expect(told).toEqual(['form_submit', 'form_submit']);
});

it('sees forms that are rendered later, again on each page, and not those that are out of sight', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<form id="always"><input name="q"></form><form id="hidden" hidden><input name="q"></form>
      <div style="height: 3000px"></div><form id="below"><input name="q"></form>`,
  });
  const page = await open('/one');
  await eventsOf(server, 'form_view', 1);
  await page.evaluate(() => document.body.insertAdjacentHTML('afterbegin', '<form id="late"><input></form>'));
  await eventsOf(server, 'form_view', 2);
  await page.evaluate(() => history.pushState(null, '', '/two'));
  await eventsOf(server, 'form_view', 4);
  await page.evaluate(() => scrollTo(0, 9000));
  const views = await eventsOf(server, 'form_view', 5);
  expect(views.map(({ props }) => props.formId)).toEqual(['always', 'late', 'late', 'always', 'below']);
});

it('follows dialogs: a view when they open, abandoned when they are closed', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<dialog><form id="ask" method="dialog"><input name="reason"><button>OK</button></form></dialog>
      <button id="open" onclick="document.querySelector('dialog').showModal()">Open</button>`,
  });
  const page = await open();
  await page.click('#open');
  await eventsOf(server, 'form_view');
  await page.type('[name=reason]', 'because');
  await page.keyboard.press('Escape');
  const [abandon] = await eventsOf(server, 'form_abandon');
  expect(abandon?.props).toMatchObject({ formId: 'ask', lastField: 'reason', method: 'dialog' });
  await page.click('#open');
  await page.type('[name=reason]', ' more');
  await page.click('dialog button');
  await eventsOf(server, 'form_submit');
  expect(server.stored().filter(({ type }) => type === 'form_abandon')).toHaveLength(1);
});

it('follows a form in a shadow root from its first input', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    body: `<x-form></x-form><script>
      const root = document.querySelector('x-form').attachShadow({ mode: 'open' });
      root.innerHTML = '<form id="inner"><input name="city"><button>Go</button></form>';
      root.querySelector('form').addEventListener('submit', (event) => event.preventDefault());
    </script>`,
  });
  const page = await open();
  await page.type('x-form >>> input', 'Delft');
  await page.click('x-form >>> button');
  const [submit] = await eventsOf(server, 'form_submit');
  expect(submit?.props).toMatchObject({ formId: 'inner', fieldCount: 1, filledCount: 1 });
  expect(server.stored().flatMap(({ type }) => (type.startsWith('form') ? type : []))).toEqual([
    'form_view',
    'form_start',
    'form_submit',
  ]);
});
