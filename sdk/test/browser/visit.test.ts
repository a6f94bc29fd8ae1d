import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Running, runFootfall } from '../../../collector/test/run-footfall.js';
import { createTestDatabase, type TestDatabase } from '../../../collector/test/test-collector.js';
import { startChromium, type TestBrowser, watchConsole } from './chromium.js';

// Headless Chromium says so in its user agent, and the collector rightly takes that for a bot. A flag, because an
// override of the page does not reach the requests that outlive it.
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const secrets = { email: 'ada@lovelace.example', password: 'correct horse 9', card: '4111 1111 1111 1111' };

let db: TestDatabase;
let collector: Running;
let origin: string;
let chromium: TestBrowser;
let page: Page;
let printed: string[];

beforeAll(async () => {
  db = await createTestDatabase();
  collector = runFootfall(['start', '--demo', 'examples/script-tag'], {
    env: { DATABASE_URL: db.url, PORT: '0' },
  });
  origin = (await collector.until(/dashboard {2}(http:\S+)\/dashboard/))[1] ?? '';
  await collector.until(/^ready/m);
  chromium = await startChromium({ flags: [`--user-agent=${userAgent}`] });
  page = await chromium.freshPage();
  printed = watchConsole(page);
});
afterAll(async () => {
  await chromium.close();
  collector.process.kill('SIGTERM');
  await collector.finished;
  await db.drop();
});

async function waitForRows(sql: string, count: number) {
  return vi.waitFor(
    async () => {
      const rows = await db.query(sql);
      expect(rows.length).toBeGreaterThanOrEqual(count);
      return rows;
    },
    { timeout: 15_000, interval: 50 },
  );
}

async function follow(selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

test('a visit of the demo site is in PostgreSQL seconds later, in one session', async () => {
  await page.goto(`${origin}/demo/`);
  await follow('.hero-text a.button');
  await page.evaluate(() => window.scrollTo({ top: document.body.scrollHeight, behavior: 'instant' }));
  await waitForRows(
    `select 1 from footfall.events where type = 'scroll_depth' and props->>'percent' = '100'`,
    1,
  );

  await page.goto(`${origin}/demo/gallery/ridge.html`);
  await page.click('.strip a[href*="lake"]');
  await waitForRows(
    `select 1 from footfall.events where type = 'pageview' and path = '/demo/gallery/lake.html'`,
    1,
  );

  await page.goto(`${origin}/demo/trouble.html`);
  await page.click('#throw-error');
  await waitForRows(`select 1 from footfall.events where type = 'error'`, 1);

  await page.goto(`${origin}/demo/links.html`);
  await page.click('a[download]');
  await waitForRows(
    `select 1 from footfall.events where type = 'click' and (props->>'download')::boolean`,
    1,
  );

  await page.goto(`${origin}/demo/contact.html`);
  await page.type('#name', 'Ada');
  await page.type('#email', secrets.email);
  await page.type('#password', secrets.password);
  await page.type('#card-number', secrets.card);
  await follow('#contact-form button');
  await waitForRows(`select 1 from footfall.events where type = 'form_submit'`, 1);
  await waitForRows(
    `select 1 from footfall.events where type = 'pageview' and path = '/demo/thank-you.html'`,
    1,
  );

  await waitForRows(`select distinct props->>'metric' from footfall.events where type = 'web_vital'`, 3);
  const types = await db.query('select type, count(*) as n from footfall.events group by type order by type');
  expect(Object.fromEntries(types.map(({ type, n }) => [type, n]))).toEqual({
    click: 5,
    engagement: expect.any(Number),
    error: 1,
    form_start: 1,
    form_submit: 1,
    form_view: 1,
    pageview: 8,
    scroll_depth: expect.any(Number),
    web_vital: expect.any(Number),
  });
});

test('the visit has one session with browser, system, device and channel', async () => {
  const sessions = await db.query(
    `select pageview_count, error_count, entry_path, exit_path, browser, os, device, country, channel, is_bot, is_bounce
     from footfall.sessions`,
  );
  expect(sessions).toEqual([
    {
      pageview_count: 8,
      error_count: 1,
      entry_path: '/demo/',
      exit_path: '/demo/thank-you.html',
      browser: 'Chrome',
      os: 'Linux',
      device: 'desktop',
      country: null,
      channel: 'Direct',
      is_bot: false,
      is_bounce: false,
    },
  ]);
  expect(
    await db.query(
      'select count(distinct session_id) as n, count(*) filter (where session_id is null) as without from footfall.events',
    ),
  ).toEqual([{ n: 1, without: 0 }]);
});

test('the form submit tells fields and counts, and no table holds a value', async () => {
  const [submit] = await db.query(`select props from footfall.events where type = 'form_submit'`);
  expect(submit?.props).toMatchObject({
    formId: 'contact-form',
    method: 'post',
    fieldCount: 7,
    filledCount: 5,
  });
  const rows = await db.query(
    'select e::text as text from footfall.events e union all select s::text from footfall.sessions s',
  );
  const text = rows.map((row) => row.text).join('\n');
  for (const secret of [...Object.values(secrets), 'lovelace', '41111111'])
    expect(text).not.toContain(secret);
});

test('every event of a page names its pageview, and nothing was refused', async () => {
  const orphans = await db.query(
    `select e.type from footfall.events e
     left join footfall.events p on p.event_id = e.page_id and p.type = 'pageview'
     where p.event_id is null and e.type <> 'pageview'`,
  );
  expect(orphans).toEqual([]);
  expect(await db.query('select * from footfall.dead_letter')).toEqual([]);
});

test('the SDK prints nothing and the page errors are its own', () => {
  expect(printed.filter((line) => !line.includes('pageerror'))).toEqual([]);
  expect(printed.filter((line) => line.includes('pageerror'))).toHaveLength(1);
});
