import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Running, runFootfall } from '../../../collector/test/run-footfall.js';
import { createTestDatabase, type TestDatabase } from '../../../collector/test/test-collector.js';
import { startChromium, type TestBrowser, watchConsole } from './chromium.js';

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

let db: TestDatabase;
let collector: Running;
let origin: string;
let chromium: TestBrowser;
let page: Page;

beforeAll(async () => {
  // The test runner's own NODE_ENV would make a development build.
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)('npm', ['run', 'build', '--workspace', 'examples/spa-react'], { env });
  db = await createTestDatabase();
  collector = runFootfall(['start', '--demo', 'examples/spa-react/dist'], {
    env: { DATABASE_URL: db.url, PORT: '0' },
  });
  origin = (await collector.until(/dashboard {2}(http:\S+)\/dashboard/))[1] ?? '';
  await collector.until(/^ready/m);
  chromium = await startChromium({ flags: [`--user-agent=${userAgent}`] });
  page = await chromium.freshPage();
});
afterAll(async () => {
  await chromium.close();
  collector.process.kill('SIGTERM');
  await collector.finished;
  await db.drop();
});

async function waitForRows(sql: string, expected: unknown[]): Promise<void> {
  await vi.waitFor(async () => expect(await db.query(sql)).toEqual(expected), {
    timeout: 15_000,
    interval: 50,
  });
}

test('an app that imports the package has a pageview for each route, with the title that the route renders', async () => {
  const printed = watchConsole(page);
  await page.goto(`${origin}/demo/products`);
  await page.waitForSelector('.card a');
  await page.click('.card a');
  await page.waitForSelector('.detail button');
  const product = await page.title();
  await page.click('.detail button');
  await page.goBack();
  await waitForRows(
    `select path, title from footfall.events where type = 'pageview' order by occurred_at, event_id`,
    [
      { path: '/demo/products', title: expect.stringContaining('Fold & Crease') },
      { path: expect.stringMatching(/^\/demo\/products\/.+/), title: product },
      { path: '/demo/products', title: expect.stringContaining('Fold & Crease') },
    ],
  );
  expect(printed).toEqual([]);
});

test('its own event carries value and currency, on the page where it happened', async () => {
  await waitForRows(
    `select e.name, e.currency, e.value > 0 as has_value, p.path like '/demo/products/%' as on_product
     from footfall.events e join footfall.events p on p.event_id = e.page_id where e.type = 'custom'`,
    [{ name: 'add_to_cart', currency: 'EUR', has_value: true, on_product: true }],
  );
  expect(await db.query('select pageview_count, is_bot from footfall.sessions')).toEqual([
    { pageview_count: 3, is_bot: false },
  ]);
});

test('a reload deep in the app is served by its fallback page', async () => {
  const answer = await page.goto(`${origin}/demo/no/such/file`);
  expect(answer?.status()).toBe(200);
});
