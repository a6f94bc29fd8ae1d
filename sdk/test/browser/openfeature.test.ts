import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bucketOf, type ExperimentResults, experimentResultsSchema } from '@footfall/schema';
import type { HTTPRequest, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { addKey, generateKey } from '../../../collector/src/access/keys.js';
import { createTestDatabase, type TestDatabase } from '../../../collector/test/test-collector.js';
import { startChromium, type TestBrowser } from './chromium.js';
import { type Example, startExample } from './start-example.js';

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const banners = { control: 'Welcome to the paper shop', free: 'Free delivery today' };

let db: TestDatabase;
let example: Example;
let chromium: TestBrowser;
let page: Page;
let evaluations: HTTPRequest[];

beforeAll(async () => {
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)('npm', ['run', 'build', '--workspace', 'examples/openfeature'], { env });
  db = await createTestDatabase();
  example = await startExample('openfeature', { databaseUrl: db.url, portVariable: 'PAGE_PORT' });
  chromium = await startChromium({ flags: [`--user-agent=${userAgent}`] });
});
afterAll(async () => {
  await chromium.close();
  await example.stop();
  await db.drop();
});

beforeEach(async () => {
  page = await chromium.freshPage();
  evaluations = [];
  page.on('requestfinished', (request) => {
    if (request.method() === 'POST' && request.url().includes('/ofrep/')) evaluations.push(request);
  });
});
afterEach(() => page.browserContext().close());

const seedOf = async (experiment: string) => {
  const [row] = await db.query('select seed from footfall.experiments where experiment = $1', [experiment]);
  return String(row?.seed);
};
const banner = () =>
  page.$eval('#banner', (element) => ({
    text: element.textContent,
    reason: element.getAttribute('data-reason'),
  }));

async function open(user: string, query = ''): Promise<void> {
  await page.goto(example.url.replace('user=ada', `user=${user}${query}`));
  await page.waitForFunction(() => document.querySelector('#banner')?.textContent !== '');
}

it('shows the variation that the unmodified web SDK gets from another origin, and stores the exposure once', async () => {
  const seed = await seedOf('banner');
  for (const user of ['ada', 'bob', 'eve']) {
    await open(user);
    const variation = bucketOf(seed, user) < 0.5 ? 'control' : 'free';
    expect(await banner()).toEqual({ text: banners[variation], reason: 'SPLIT' });
    await open(user);
    await vi.waitFor(
      async () => {
        const rows = await db.query(
          'select unit_type, variation from footfall.experiment_exposures where experiment = $1 and unit_id = $2',
          ['banner', user],
        );
        expect(rows).toEqual([{ unit_type: 'user', variation }]);
      },
      { timeout: 15_000, interval: 50 },
    );
  }
});

it('asks again when the context changes', async () => {
  await open('ada');
  await page.select('#country', 'FR');
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('#banner')?.dataset.reason === 'STATIC',
  );
  expect((await banner()).text).toBe(banners.control);
  await page.select('#country', 'DE');
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('#banner')?.dataset.reason === 'SPLIT',
  );
});

it('polls with the tag of the last answer, is told that nothing changed, and sees what did', async () => {
  await db.query(`update footfall.experiments set status = 'running' where experiment = 'banner'`);
  await open('ada', '&poll=200');
  await vi.waitFor(
    () => expect(evaluations.some((request) => request.response()?.status() === 304)).toBe(true),
    {
      timeout: 15_000,
      interval: 50,
    },
  );
  const polled = evaluations.find((request) => request.response()?.status() === 304);
  expect(polled?.headers()['if-none-match']).toMatch(/^"[\da-f]{32}"$/);
  await db.query(
    `update footfall.experiments set status = 'stopped', winning_variation = 'free' where experiment = 'banner'`,
  );
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('#banner')?.dataset.reason === 'DISABLED',
  );
  expect((await banner()).text).toBe(banners.free);
  await db.query(
    `update footfall.experiments set status = 'running', winning_variation = null where experiment = 'banner'`,
  );
});

it('answers the server SDK in the same app, and stores what was shown', async () => {
  const seed = await seedOf('delivery-days');
  const ask = async (query: string) => (await fetch(new URL(`/delivery?${query}`, example.url))).json();
  const days = bucketOf(seed, 'zoe') < 0.5 ? 3 : 1;
  expect(await ask('user=zoe')).toMatchObject({ value: days, reason: 'SPLIT' });
  expect(await ask('user=zoe')).toMatchObject({ value: days });
  expect(await ask('user=zoe&country=FR')).toMatchObject({ value: days, reason: 'SPLIT' });
  expect(await ask('user=amy&country=FR')).toMatchObject({ value: 3, reason: 'STATIC' });
  expect(await ask('user=')).toMatchObject({ value: 3, errorCode: 'TARGETING_KEY_MISSING' });
  expect(
    await db.query(
      `select unit_id, variation from footfall.experiment_exposures where experiment = 'delivery-days'`,
    ),
  ).toEqual([{ unit_id: 'zoe', variation: days === 3 ? 'control' : 'fast' }]);
});

it('shows results with their intervals of what the server SDK evaluated and tracked', async () => {
  const seed = await seedOf('delivery-days');
  const names = Array.from({ length: 600 }, (_, index) => `user-${index}`);
  const arms = {
    control: names.filter((name) => bucketOf(seed, name) < 0.5).slice(0, 110),
    fast: names.filter((name) => bucketOf(seed, name) >= 0.5).slice(0, 110),
  };
  const buyers = { control: arms.control.slice(0, 22), fast: arms.fast.slice(0, 55) };
  const ask = (path: string, method = 'GET') => fetch(new URL(path, example.url), { method });
  await eachOf([...arms.control, ...arms.fast], (user) => ask(`/delivery?user=${user}`));
  await eachOf([...buyers.control, ...buyers.fast], (user) => ask(`/order?user=${user}`, 'POST'));
  await vi.waitFor(
    async () => {
      const [row] = await db.query(`select count(*) as orders from footfall.events where name = 'order'`);
      expect(row?.orders).toBe(77);
    },
    { timeout: 15_000, interval: 50 },
  );
  const { metrics, units } = await readResults();
  // The users of the test before are units too.
  expect(units.analysed).toBe(221);
  const [orders] = metrics;
  expect(orders?.variations.map(({ total }) => total)).toEqual([22, 55]);
  const [comparison] = orders?.comparisons ?? [];
  if (comparison?.status !== 'ok') throw new Error(JSON.stringify(comparison));
  const { fixed, lift, sequential } = comparison;
  expect(fixed.difference).toBeCloseTo(0.3, 1);
  expect(fixed.interval.low).toBeGreaterThan(0);
  expect(lift.set).toMatchObject({ shape: 'inside' });
  expect(sequential?.interval).toMatchObject({ low: expect.any(Number), high: expect.any(Number) });
});

async function eachOf<Item>(items: Item[], work: (item: Item) => Promise<{ ok: boolean }>): Promise<void> {
  const waiting = [...items];
  const next = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop())
      expect((await work(item)).ok).toBe(true);
  };
  await Promise.all(Array.from({ length: 12 }, next));
}

async function readResults(): Promise<ExperimentResults> {
  const key = generateKey('analyst');
  await addKey(db.database, { key, role: 'analyst', name: 'test', sites: ['demo'] });
  const place = `${example.collector}/api/v1/experiments/delivery-days/results?site=demo`;
  const response = await fetch(place, { headers: { authorization: `Bearer ${key}` } });
  return experimentResultsSchema.parse(await response.json());
}
