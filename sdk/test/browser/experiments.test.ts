import { createServer, type Server } from 'node:http';
import { decide, type ExperimentConfig } from '@footfall/schema';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type Running, runFootfall } from '../../../collector/test/run-footfall.js';
import { createTestDatabase, type TestDatabase } from '../../../collector/test/test-collector.js';
import type { Experiments } from '../../src/experiments.js';
import { closeServer, listenOnLoopback, startChromium, type TestBrowser, watchConsole } from './chromium.js';

// As a person's: a browser under remote control says so, and gets the control.
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const flags = [`--user-agent=${userAgent}`, '--disable-blink-features=AutomationControlled'];

type Seen = { isCovered: boolean; title: string };
type PageWindow = Window & { footfall: Window['footfall'] & Experiments; seen: Seen[] };

let db: TestDatabase;
let collector: Running;
let origin: string;
let chromium: TestBrowser;
let server: Server;
let site: string;
let html: string;
let page: Page;
let printed: string[];

const env = () => ({ DATABASE_URL: db.url });

async function footfall(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runFootfall(['experiment', ...args, '--site', 'demo'], {
    env: env(),
  }).finished;
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

beforeAll(async () => {
  db = await createTestDatabase();
  collector = runFootfall(['start'], { env: { ...env(), PORT: '0' } });
  origin = (await collector.until(/dashboard {2}(http:\S+)\/dashboard/))[1] ?? '';
  await collector.until(/^ready/m);
  await footfall(
    'create',
    'headline',
    '--variation',
    'control',
    '--variation',
    'green',
    '--hypothesis',
    'Green sells',
  );
  await footfall('start', 'headline');
  await footfall('create', 'accounts', '--unit', 'account');
  await footfall('start', 'accounts');
  await footfall('create', 'soon', '--variation', 'control', '--variation', 'new');
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  site = await listenOnLoopback(server);
  chromium = await startChromium({ flags });
});
afterAll(async () => {
  await chromium.close();
  await closeServer(server);
  collector.process.kill('SIGTERM');
  await collector.finished;
  await db.drop();
});

beforeEach(async () => {
  await db.query('truncate footfall.events, footfall.experiment_exposures');
  serve();
  page = await chromium.freshPage();
  printed = watchConsole(page);
});
afterEach(async () => {
  await page.browserContext().close();
  expect(printed).toEqual([]);
});

// Every frame before the browser draws it: whether the page is covered, and what it would show.
const watchFrames = `<script>
  window.seen = [];
  requestAnimationFrame(function look() {
    const title = document.querySelector('h1');
    if (title) seen.push({ isCovered: getComputedStyle(title).visibility === 'hidden', title: title.textContent });
    requestAnimationFrame(look);
  });
</script>`;

const showVariation = `<script>
  footfall.whenReady(() => { document.querySelector('h1').textContent = footfall.variation('headline'); });
</script>`;

/** Sets the page: the script with experiments in its head, and a title that shows the variation. */
function serve({ attributes = 'data-identity="persistent"', head = '', body = showVariation } = {}): void {
  const tag = `<script src="${origin}/sdk-experiments.js" data-site="demo" data-cover-ms="60000" ${attributes}></script>`;
  html = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
    ${watchFrames}${head}${tag}</head><body><h1>as it was</h1>${body}</body></html>`;
}

async function open(url = site): Promise<string> {
  await page.goto(url);
  await page.waitForFunction(() =>
    (window as unknown as PageWindow).seen.some(({ isCovered }) => !isCovered),
  );
  return page.$eval('h1', (title) => title.textContent ?? '');
}

const flush = () => page.evaluate(() => window.footfall?.flush());
const visitorId = () => page.evaluate(() => localStorage.getItem('footfall.demo.visitor') ?? '');
const read = (key: string) =>
  page.evaluate((name) => (window as unknown as PageWindow).footfall.variation(name), key);

/** Those of this page's visitor, or of a unit that is named: what an earlier page still sends is not of interest. */
async function exposures(unit?: string) {
  return db.query(
    `select experiment, phase, unit_type, unit_id, variation from footfall.experiment_exposures where unit_id = $1`,
    [unit ?? (await visitorId())],
  );
}

async function exposureEvents() {
  return db.query(`select 1 from footfall.events where type = 'exposure' and visitor_id = $1`, [
    await visitorId(),
  ]);
}

async function waitForExposures(count: number, unit?: string) {
  return vi.waitFor(
    async () => {
      const rows = await exposures(unit);
      expect(rows).toHaveLength(count);
      return rows;
    },
    { timeout: 15_000, interval: 50 },
  );
}

async function definitions(): Promise<ExperimentConfig[]> {
  const response = await fetch(`${origin}/v1/experiments?site=demo`);
  const { experiments } = (await response.json()) as { experiments: ExperimentConfig[] };
  return experiments;
}

it('runs an experiment from the command line to its exposure in PostgreSQL, without flicker', async () => {
  const shown = await open();
  const visitor = await visitorId();
  const experiments = new Map((await definitions()).map((one) => [one.key, one]));
  const headline = experiments.get('headline');
  if (!headline) throw new Error('expected the definition of headline');
  expect(shown).toBe(decide(headline, { attributes: { visitor } }, experiments).variation);

  expect(await waitForExposures(1)).toEqual([
    { experiment: 'headline', phase: 1, unit_type: 'visitor', unit_id: visitor, variation: shown },
  ]);
  const frames = await page.evaluate(() => (window as unknown as PageWindow).seen);
  expect(frames.filter(({ isCovered, title }) => !isCovered && title === 'as it was')).toEqual([]);
});

it('exposes a visitor once, however often the variation is read, on however many pages', async () => {
  const shown = await open();
  for (let times = 0; times < 3; times++) expect(await read('headline')).toBe(shown);
  await waitForExposures(1);
  for (let times = 0; times < 2; times++) expect(await open()).toBe(shown);
  await flush();
  expect(await exposureEvents()).toHaveLength(1);
});

it('answers at once from the definitions of the page before, also when the collector does not answer', async () => {
  const shown = await open();
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (!request.url().includes('/v1/experiments')) void request.continue();
  });
  serve({
    body: `<script>document.querySelector('h1').textContent = footfall.variation('headline')</script>`,
  });
  expect(await open()).toBe(shown);
});

it('asks nobody where the page brings the definitions', async () => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const json = JSON.stringify({ experiments: await definitions() });
  serve({
    head: `<script type="application/json" id="footfall-experiments">${json}</script>`,
    body: `<script>document.querySelector('h1').textContent = footfall.variation('headline')</script>`,
  });
  expect(await open()).toMatch(/^(control|green)$/);
  await waitForExposures(1);
  expect(asked.filter((url) => url.includes('/v1/experiments'))).toEqual([]);
});

it('lifts the cover at the deadline where no answer comes, and exposes nobody', async () => {
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (!request.url().includes('/v1/experiments')) void request.continue();
  });
  serve({ attributes: 'data-identity="persistent" data-cover-ms="300"' });
  html = html.replace('data-cover-ms="60000"', '');
  expect(await open()).toBe('as it was');
  const frames = await page.evaluate(() => (window as unknown as PageWindow).seen);
  expect(frames[0]?.isCovered).toBe(true);
  await flush();
  expect(await exposures()).toEqual([]);
});

it('lifts the cover at once where the collector refuses', async () => {
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (request.url().includes('/v1/experiments')) void request.abort();
    else void request.continue();
  });
  expect(await open()).toBe('control');
  await flush();
  expect(await exposures()).toEqual([]);
});

it('shows what a signed link says, also of a draft, and exposes nobody', async () => {
  for (const [experiment, variation] of [
    ['headline', 'control'],
    ['headline', 'green'],
    ['soon', 'new'],
  ] as const) {
    const link = await footfall('preview', experiment, variation, `${site}/page?a=b`);
    serve({ body: showVariation.replace('headline', experiment) });
    expect(await open(link)).toBe(variation);
  }
  await flush();
  expect(await exposureEvents()).toEqual([]);
});

it('takes no notice of a link that was not signed here', async () => {
  const link = await footfall('preview', 'soon', 'new', `${site}/page`);
  serve({ body: showVariation.replace('headline', 'soon') });
  expect(
    await open(link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')).replace(/(preview=..)./, '$1x')),
  ).toBe('control');
});

it('gives a browser under remote control the control', async () => {
  await page.evaluateOnNewDocument(() => Object.defineProperty(navigator, 'webdriver', { value: true }));
  expect(await open()).toBe('control');
  await flush();
  expect(await exposureEvents()).toEqual([]);
});

it('assigns nobody who cannot be recognised, unless the page names the unit', async () => {
  serve({ attributes: 'data-identity="cookieless"' });
  expect(await open()).toBe('control');
  expect(await read('accounts')).toBe('control');
  await flush();
  expect(
    await db.query('select 1 from footfall.experiment_exposures where experiment = $1', ['accounts']),
  ).toEqual([]);
  serve({
    attributes: 'data-identity="cookieless"',
    head: `<script>window.footfallAttributes = { account: 'acme' }</script>`,
    body: showVariation.replace('headline', 'accounts'),
  });
  const shown = await open();
  expect(await waitForExposures(1, 'acme')).toEqual([
    { experiment: 'accounts', phase: 1, unit_type: 'account', unit_id: 'acme', variation: shown },
  ]);
});

it('assigns nobody and keeps nothing while consent is pending, and forgets when it is withdrawn', async () => {
  serve({ attributes: 'data-identity="persistent" data-consent="pending"' });
  expect(await open()).toBe('control');
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await page.evaluate(() => window.footfall?.consent('granted'));
  const variation = await read('headline');
  expect((await waitForExposures(1))[0]).toMatchObject({ variation });
  await page.evaluate(() => window.footfall?.consent('denied'));
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  expect(await read('headline')).toBe('control');
});

it('keeps an exposure while the network is away', async () => {
  serve({ body: '' });
  await open();
  await page.setOfflineMode(true);
  const variation = await read('headline');
  await flush();
  expect(await exposures()).toEqual([]);
  await page.setOfflineMode(false);
  expect((await waitForExposures(1))[0]).toMatchObject({ variation });
});

it('answers as the collector does over HTTP', async () => {
  const shown = await open();
  const { stdout } = await runFootfall(['key', 'create', '--role', 'assign', '--json'], { env: env() })
    .finished;
  const response = await fetch(`${origin}/v1/assign`, {
    method: 'POST',
    headers: { authorization: `Bearer ${JSON.parse(stdout).key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ site: 'demo', unit: { visitor: await visitorId() }, experiments: ['headline'] }),
  });
  expect(await response.json()).toMatchObject({ assignments: [{ variation: shown, reason: 'ASSIGNED' }] });
});

it('tells in its results what visitors did in the page', { timeout: 120_000 }, async () => {
  const visitors = 24;
  const metric = {
    key: 'orders',
    role: 'primary',
    kind: 'proportion',
    event: { type: 'custom', name: 'order' },
  };
  const arms = ['--variation', 'control', '--variation', 'green', '--metric', JSON.stringify(metric)];
  await footfall('create', 'checkout', ...arms, '--hypothesis', 'Green sells');
  await footfall('start', 'checkout');
  const units = { control: 0, green: 0 };
  const orders = { control: 0, green: 0 };
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const variation = await visitCheckout({ orders: visitor % 3 === 0 });
    units[variation] += 1;
    if (visitor % 3 === 0) orders[variation] += 1;
  }

  const results = JSON.parse(await footfall('results', 'checkout', '--json'));
  expect(results.units).toMatchObject({
    analysed: visitors,
    multipleExposures: 0,
    variations: [
      { variation: 'control', units: units.control },
      { variation: 'green', units: units.green },
    ],
  });
  const [{ variations, comparisons }] = results.metrics;
  expect(variations).toMatchObject([
    { variation: 'control', units: units.control, mean: orders.control / units.control },
    { variation: 'green', units: units.green, mean: orders.green / units.green },
  ]);
  expect(comparisons).toHaveLength(1);
});

/** A new visitor looks at the page, and orders or not. */
async function visitCheckout({ orders }: { orders: boolean }): Promise<'control' | 'green'> {
  serve({ body: '' });
  const own = await chromium.freshPage();
  await own.goto(site);
  const variation = await own.evaluate(async (willOrder) => {
    const { footfall } = window as unknown as PageWindow;
    await new Promise<void>((resolve) => footfall.whenReady(() => resolve()));
    const shown = footfall.variation('checkout') as 'control' | 'green';
    if (willOrder) footfall.track('order');
    await footfall.flush();
    return shown;
  }, orders);
  await own.browserContext().close();
  return variation;
}
