import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveFolder, startChromium, type TestBrowser, watchConsole } from './chromium.js';
import { startRecordingServer } from './recording-server.js';

const pages = new URL('../fixtures/pages/', import.meta.url);
const built = (name: string) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
const everyCapture = 'pageview,click,scroll,engagement,form,error,vitals,copy,visibility';
const maxControls = 15;

let chromium: TestBrowser;

beforeAll(async () => {
  // The pages name pictures on other hosts.
  chromium = await startChromium({ flags: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] });
});
afterAll(() => chromium.close());

/** Clicks where an element is: frameworks put another in its place at any moment. */
async function press(page: Page, selector: string, count = 1): Promise<void> {
  const [x, y] = await page.$eval(selector, (element) => {
    element.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  });
  await page.mouse.click(x ?? 0, y ?? 0, { count });
}

/** Adds, completes, filters, edits and removes, as the specification of TodoMVC says. */
async function useTodos(page: Page): Promise<void> {
  const field = '#new-todo, .new-todo';
  for (const title of ['Write', 'Read', 'Rest']) {
    await page.type(field, title);
    await page.keyboard.press('Enter');
    // Frameworks of the time clear the field a moment later.
    await page.waitForFunction(
      (fields) => document.querySelector<HTMLInputElement>(fields)?.value === '',
      {},
      field,
    );
  }
  await press(page, 'li:nth-child(2) .toggle');
  await page.waitForFunction(() => document.querySelectorAll('li.completed').length === 1);
  await press(page, 'li:first-child label', 2);
  await page.waitForFunction(() => document.activeElement?.matches('li input'));
  await page.keyboard.type(' more');
  await page.keyboard.press('Enter');
  for (const filter of [2, 3]) await selectFilter(page, filter);
  await press(page, '#clear-completed, .clear-completed');
  await selectFilter(page, 1);
}

/** The pages mark the filter after the event of the new hash: a next click before it would leave another mark. */
async function selectFilter(page: Page, position: number): Promise<void> {
  const link = `:is(#filters, .filters) li:nth-child(${position}) a`;
  await press(page, link);
  await page.waitForSelector(`${link}.selected`);
}

/** Types into every field and clicks on everything that can be clicked. */
async function useEverything(page: Page): Promise<void> {
  for (const field of (
    await page.$$('input:not([type]), input[type=text], input[type=email], textarea')
  ).slice(0, maxControls)) {
    if (await field.isVisible()) await field.type('typed text');
  }
  for (const control of (
    await page.$$('button, [type=checkbox], [type=radio], summary, canvas, label')
  ).slice(0, maxControls)) {
    if (await control.isVisible()) await control.click();
  }
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
}

type Visit = { insert: string; arrived: () => Promise<void> };

async function use(folder: string, { insert, arrived }: Visit) {
  const files = { '/sdk.js': built('footfall.min.js'), '/vitals.js': built('vitals.js') };
  const site = await serveFolder(fileURLToPath(new URL(`${folder}/`, pages)), files, insert);
  const page = await chromium.freshPage();
  const printed = watchConsole(page);
  // A form that is sent leaves the page, and what it looks like then is the same for every script.
  await page.evaluateOnNewDocument(() =>
    addEventListener('submit', (event) => event.target instanceof HTMLFormElement && event.preventDefault()),
  );
  await page.goto(`${site.origin}/`);
  await page.waitForNetworkIdle();
  await (folder.startsWith('todomvc') ? useTodos(page) : useEverything(page));
  const state = await stableStateOf(page);
  await page.goto('about:blank');
  await arrived();
  await page.browserContext().close();
  await site.close();
  return { state, printed };
}

/** Transitions have ended when the state is the same for half a second. */
async function stableStateOf(page: Page): Promise<string> {
  let state = '';
  let sameSince = Date.now();
  while (Date.now() - sameSince < 500) {
    await page.evaluate(() => new Promise(requestAnimationFrame));
    const now = await stateOf(page);
    if (now !== state) sameSince = Date.now();
    state = now;
  }
  return state;
}

/** What the page looks like and keeps, without our script and without the times and numbers that serve as ids. */
async function stateOf(page: Page): Promise<string> {
  const state = await page.evaluate(() => {
    document.querySelector('script[src="/sdk.js"]')?.remove();
    const values = [...document.querySelectorAll('input,select,textarea')].map((control) =>
      control instanceof HTMLInputElement
        ? `${control.value} ${control.checked}`
        : Reflect.get(control, 'value'),
    );
    const stored = Object.entries(localStorage).filter(([key]) => !key.startsWith('footfall.'));
    return JSON.stringify([location.hash, document.title, document.body.innerHTML, values, stored, scrollY]);
  });
  return state
    .replace(/\d{13}|popover\d+|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'id')
    .replace(/127\.0\.0\.1:\d+/g, 'host');
}

for (const folder of ['todomvc-react', 'todomvc-vanillajs', 'kitchen-sink', 'html5-test-page']) {
  it(`${folder} behaves with every capture as without, and prints nothing more`, async () => {
    const collector = await startRecordingServer();
    const without = await use(folder, { insert: '', arrived: async () => undefined });
    const insert = `<script src="/sdk.js" data-site="demo" data-endpoint="${collector.origin}" data-captures="${everyCapture}"></script>`;
    const arrived = () => collector.until(() => collector.stored().some(({ type }) => type === 'click'));
    const tracked = await use(folder, { insert, arrived });
    expect(tracked).toEqual(without);
    expect(collector.received.map(({ body }) => body).join()).not.toContain('typed text');
    await collector.close();
  });
}
