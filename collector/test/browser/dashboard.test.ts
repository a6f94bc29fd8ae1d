import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addKey, generateKey, listKeys, revokeKey } from '../../src/access/keys.js';
import { sendVisit } from '../report-client.js';
import { findViolations } from './axe.js';
import {
  type DashboardBrowser,
  type DashboardPage,
  type EngineName,
  startDashboardBrowser,
} from './dashboard-page.js';
import { hostile, noon, type Scenario, startScenario } from './dashboard-scenario.js';

const range = ['2026-11-13', '2026-11-20'] as const;
const period = `from=${range[0]}&to=${range[1]}`;
let scenario: Scenario;
let address: string;

beforeAll(async () => {
  scenario = await startScenario();
  address = `${scenario.collector.origin}/dashboard`;
});
afterAll(() => scenario.collector.stop());

type Row = {
  dimensions: (string | null)[];
  metrics: (number | { value: number } | null)[];
  comparison?: { change: number[] };
};
type Answer = { results: Row[]; meta: { metrics: Record<string, { unit: string }> } };

async function ask(query: object): Promise<Answer> {
  const response = await fetch(`${scenario.collector.origin}/api/v2/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scenario.client.analyst}` },
    body: JSON.stringify({ site_id: 'demo', date_range: range, ...query }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

/** Numbers as somebody who reads English expects them. */
function write(value: Row['metrics'][number] | undefined, unit = 'count'): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'object') return String(value.value);
  if (unit === 'percent') return `${Number(value.toFixed(1))}%`;
  if (unit !== 'seconds') return value.toLocaleString('en-US');
  return value < 60 ? `${value}s` : `${Math.floor(value / 60)}m ${value % 60}s`;
}

type Shown = { label: string; cells: string[] };

/** The rows of a card, or of the details, with all digits of their numbers. */
function readRows(page: DashboardPage, place: string): Promise<Shown[]> {
  return page.page.$$eval(`${place} tbody tr`, (rows) =>
    rows.map((row) => ({
      label: row.querySelector('bdi')?.textContent ?? '',
      cells: [...row.querySelectorAll('td')].map((cell) => cell.title),
    })),
  );
}

const visits = ['visitors', 'percentage'];
const isSet = (dimension: string) => [['is_set', dimension]];
const custom = [['is', 'event:type', ['custom']]];

type Tab = { card: string; by?: string; dimension: string; metrics: string[]; filters?: unknown[] };
const campaign = (name: string): Tab => {
  const dimension = `visit:utm_${name}`;
  return { card: 'sources', by: dimension, dimension, metrics: visits, filters: isSet(dimension) };
};
const property: Tab = {
  card: 'behaviour',
  by: 'event:props:plan',
  dimension: 'event:props:plan',
  metrics: ['visitors', 'events'],
  filters: custom,
};
const assistants = [['is', 'visit:channel', ['AI Assistants']]];

/** What is open at once, by tab, and the query whose answer each shows. */
const rounds: Record<string, Tab>[] = [
  {
    sources: { card: 'sources', dimension: 'visit:source', metrics: visits },
    pages: { card: 'pages', dimension: 'event:page', metrics: ['visitors', 'pageviews'] },
    countries: { card: 'locations', dimension: 'visit:country', metrics: visits },
    browsers: { card: 'devices', dimension: 'visit:browser', metrics: visits },
    goals: { card: 'behaviour', dimension: 'event:goal', metrics: ['visitors', 'events', 'conversion_rate'] },
  },
  {
    channels: { card: 'sources', dimension: 'visit:channel', metrics: visits },
    entry: { card: 'pages', dimension: 'visit:entry_page', metrics: ['visitors', 'visits'] },
    regions: {
      card: 'locations',
      dimension: 'visit:region',
      metrics: visits,
      filters: isSet('visit:region'),
    },
    systems: { card: 'devices', dimension: 'visit:os', metrics: visits },
    events: { card: 'behaviour', dimension: 'event:name', metrics: ['visitors', 'events'], filters: custom },
  },
  {
    referrers: { card: 'sources', dimension: 'visit:referrer', metrics: visits },
    exit: { card: 'pages', dimension: 'visit:exit_page', metrics: ['visitors', 'visits'] },
    cities: { card: 'locations', dimension: 'visit:city', metrics: visits, filters: isSet('visit:city') },
    devices: { card: 'devices', dimension: 'visit:device', metrics: visits },
    properties: property,
  },
  {
    assistants: { card: 'sources', dimension: 'visit:source', metrics: visits, filters: assistants },
    languages: { card: 'locations', dimension: 'visit:language', metrics: visits },
    sizes: { card: 'devices', dimension: 'visit:screen_size', metrics: visits },
  },
  ...['campaign', 'medium'].map((name) => ({ campaigns: campaign(name) })),
];

const countryNames: Record<string, string> = { GB: 'United Kingdom', US: 'United States' };
const unsetNames: Record<string, string> = {
  'visit:source': 'Direct / None',
  'visit:referrer': 'Direct / None',
  'visit:channel': 'Unassigned',
};

function nameOf(dimension: string, value: string | null | undefined): string {
  if (value === null || value === undefined) return unsetNames[dimension] ?? '(not set)';
  if (dimension === 'visit:device') return value.charAt(0).toUpperCase() + value.slice(1);
  if (dimension === 'visit:language') return 'American English';
  return dimension === 'visit:country' ? (countryNames[value] ?? value) : value;
}

describe.each<EngineName>(['chromium', 'firefox'])('in %s', (engine) => {
  let browser: DashboardBrowser;
  let page: DashboardPage;

  beforeAll(async () => {
    browser = await startDashboardBrowser(engine);
    page = await browser.open();
    await page.signIn(`${address}?${period}`, scenario.client.owner);
  });
  afterAll(() => browser.close());

  async function open(search: string): Promise<void> {
    await page.goto(`${address}?${search}`);
    await page.page.waitForSelector('main#content');
    await page.settled();
  }

  test('the numbers of the head and their changes are those of the API', async () => {
    await open(period);
    const metrics = ['visitors', 'visits', 'pageviews', 'views_per_visit', 'bounce_rate', 'visit_duration'];
    const { results, meta } = await ask({ metrics, include: { comparisons: { mode: 'previous_period' } } });
    const shown = await page.page.$$eval('[data-metric]', (all) =>
      all.map((one) => one.querySelector<HTMLElement>('.metric-value')?.title),
    );
    expect(shown).toEqual(
      metrics.map((name, at) => write(results[0]?.metrics[at], meta.metrics[name]?.unit)),
    );
    const change = results[0]?.comparison?.change[0] ?? 0;
    expect(change).toBeGreaterThan(100);
    expect(await page.text('[data-metric=visitors] .metric-change')).toBe(
      `up${change.toLocaleString('en-US')}%`,
    );
    expect(await page.text('[data-current]')).toBe('1 now');
  });

  test('the table behind the line has the numbers of the API, day by day', async () => {
    await open(`${period}&metric=pageviews`);
    const { results } = await ask({
      metrics: ['pageviews'],
      dimensions: ['time:day'],
      include: { zero_fill: true },
    });
    await page.click('.chart-tools', 'Table');
    const shown = await page.page.$$eval('dialog .plain-table tbody tr', (rows) =>
      rows.map((row) => row.querySelector('td')?.textContent),
    );
    expect(shown).toEqual(results.map(({ metrics }) => write(metrics[0])));
    expect(await page.page.$$eval('.note', (all) => all.map((one) => one.textContent))).toEqual([
      'Wed, Nov 18, 2026: Release 2',
    ]);
  });

  test.each(rounds)('every number of a card is that of the API: $#', async (round) => {
    const chosen = Object.entries(round).flatMap(([tab, { card, by }]) => [
      `${card}=${tab}`,
      ...(by ? [`${card}_by=${encodeURIComponent(by)}`] : []),
    ]);
    await open([period, ...chosen].join('&'));
    for (const [tab, { card, dimension, metrics, filters = [] }] of Object.entries(round)) {
      const { results, meta } = await ask({
        metrics,
        dimensions: [dimension],
        filters,
        order_by: [[metrics[0], 'desc']],
        pagination: { limit: card === 'behaviour' ? 6 : 9 },
      });
      const expected = results.map((row) => ({
        label: nameOf(dimension, row.dimensions[0]),
        cells: row.metrics.map((value, at) => write(value, meta.metrics[metrics[at] ?? '']?.unit)),
      }));
      expect({ tab, rows: await readRows(page, `[data-card=${card}]`) }).toEqual({ tab, rows: expected });
    }
  });

  test('a row filters, the filter can be changed and taken away, and the back button goes through it', async () => {
    await open(`${period}&locations=languages`);
    await page.click('[data-card=sources] a.bar-label', 'Google');
    await page.page.waitForSelector('.pill');
    await page.settled();
    expect(page.query('f')).toBe('is,visit:source,Google');
    const visitorsOf = async (filters: unknown[]) =>
      write((await ask({ metrics: ['visitors'], filters })).results[0]?.metrics[0]);
    const shown = () => page.text('[data-metric=visitors] .metric-value');
    expect(await shown()).toBe(await visitorsOf([['is', 'visit:source', ['Google']]]));

    await page.click('.pill-text');
    await page.page.select('dialog .field-row .field:nth-child(2) select', 'is_not');
    await page.click('dialog button[type=submit]');
    await page.page.waitForSelector('dialog', { hidden: true });
    await page.settled();
    expect(page.query('f')).toBe('is_not,visit:source,Google');
    expect(await shown()).toBe(await visitorsOf([['is_not', 'visit:source', ['Google']]]));

    await page.click('.pill-remove');
    await page.page.waitForSelector('.pill', { hidden: true });
    for (const expected of ['is_not,visit:source,Google', 'is,visit:source,Google']) {
      await page.page.goBack();
      expect(page.query('f')).toBe(expected);
    }
    await page.page.goBack();
    await page.settled();
    expect(page.query('f')).toBeNull();
    expect(page.query('locations')).toBe('languages');
    expect(await shown()).toBe(await visitorsOf([]));
  });

  test('a filter is added by its form, with a part of a value', async () => {
    await open(period);
    await page.click('.scope-line > .button');
    await page.page.select('dialog .field-row .field:nth-child(2) select', 'contains');
    await page.page.locator('dialog input[list]').fill('PRIC');
    await page.click('dialog button[type=submit]');
    await page.page.waitForSelector('.pill');
    await page.settled();
    expect(page.query('f')).toBe('contains,event:page,PRIC');
    const filters = [['contains', 'event:page', ['pric'], { case_sensitive: false }]];
    const { results } = await ask({ metrics: ['visitors'], filters });
    expect(results[0]?.metrics[0]).toBeGreaterThan(0);
    expect(await page.text('[data-metric=visitors] .metric-value')).toBe(write(results[0]?.metrics[0]));
  });

  test('each comparison is the one that the API makes', async () => {
    for (const [search, comparison] of [
      ['compare=year_over_year', { mode: 'year_over_year' }],
      [
        'compare=custom&compare_from=2026-11-10&compare_to=2026-11-12',
        { mode: 'custom', date_range: ['2026-11-10', '2026-11-12'] },
      ],
    ] as const) {
      await open(`${period}&${search}`);
      const { results } = await ask({ metrics: ['visits'], include: { comparisons: comparison } });
      const change = results[0]?.comparison?.change[0] ?? 0;
      expect(await page.text('[data-metric=visits] .metric-change')).toBe(
        `up${change.toLocaleString('en-US')}%`,
      );
    }
    await open(`${period}&compare=off`);
    expect((await page.text('[data-metric=visits] .metric-change')).trim()).toBe('');
  });

  test('the details search, sort, turn pages and keep them in the address', async () => {
    await open(`${period}&details=pages`);
    const place = 'dialog .details-rows';
    expect((await readRows(page, place)).length).toBe(50);
    await page.click('dialog .pages', 'Next');
    await page.page.waitForFunction(() => document.querySelectorAll('dialog tbody tr').length < 50);
    expect(page.query('page')).toBe('2');
    await open(`${period}&details=pages&search=archive&sort=pageviews,asc`);
    const [first] = await readRows(page, place);
    expect(first?.label).toMatch(/^\/archive\//);
    expect(await page.text('dialog .pages')).toContain('60 rows');
    await page.click('dialog button[aria-label=Close]');
    await page.page.waitForSelector('dialog', { hidden: true });
    expect(page.query('details')).toBeNull();
  });

  test('the page is used by the keyboard alone', async () => {
    await open(period);
    const { keyboard } = page.page;
    await keyboard.press('Tab');
    expect(await page.page.$eval(':focus', (element) => element.textContent)).toContain('Skip');
    await keyboard.press('w');
    expect(page.query('period')).toBe('7d');
    await keyboard.press('x');
    expect(page.query('compare')).toBe('off');
    await open(period);
    await keyboard.press('ArrowLeft');
    expect([page.query('from'), page.query('to')]).toEqual(['2026-11-05', '2026-11-12']);
    await keyboard.press('?');
    expect(await page.text('dialog .key-groups')).toContain('Last 7 days');
    await keyboard.press('Escape');
    await page.page.waitForSelector('dialog', { hidden: true });
    await open(period);
    await page.page.focus('[data-card=pages] [role=tab][aria-selected=true]');
    await keyboard.press('ArrowRight');
    await page.page.waitForSelector('[data-card=pages] [data-tab=entry]:focus');
    expect(page.query('pages')).toBe('entry');
    await page.settled();
    await page.page.focus('[data-card=pages] a.bar-label');
    await keyboard.press('Enter');
    await page.page.waitForSelector('.pill');
    await keyboard.press('Escape');
    await page.page.waitForSelector('.pill', { hidden: true });
    await page.page.focus('.period .menu-button');
    await keyboard.press('Enter');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    expect(page.query('period')).toBe('yesterday');
  });

  test('the policy allows nothing inline, and nothing on the page needed it; hostile texts stay texts', async () => {
    const response = await fetch(address);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    for (const [search, text] of [
      ['details=pages', '/%22%3E%3Cimg'],
      ['details=sources&sources=referrers', 'evil.example'],
      ['details=behaviour&behaviour=events', hostile],
      ['behaviour=properties', hostile],
    ] as const) {
      await open(`${period}&${search}`);
      expect(await page.page.evaluate(() => document.body.textContent)).toContain(text);
      const found = await page.page.evaluate(() => ({
        hit: window.hit,
        refused: window.refused,
        elements: document.querySelectorAll('img, iframe, object, script:not([src])').length,
        links: [...document.querySelectorAll('a')]
          .map(({ protocol }) => protocol)
          .filter((name) => !/^https?:$/.test(name)),
        handlers: [...document.querySelectorAll('*')].filter((one) =>
          one.getAttributeNames().some((name) => name.startsWith('on')),
        ).length,
      }));
      expect(found).toEqual({ hit: undefined, refused: [], elements: 0, links: [], handlers: 0 });
    }
    expect(page.problems).toEqual([]);
  });

  test('a phone sees everything without scrolling sideways, and right-to-left is drawn from the right', async () => {
    const phone = await browser.open({ width: 390, language: 'ar-EG' });
    await phone.signIn(`${address}?${period}`, scenario.client.analyst);
    const layout = await phone.page.evaluate(() => {
      const [label, number] = ['.bars tbody th', '.bars tbody td'].map(
        (one) => document.querySelector(one)?.getBoundingClientRect().left ?? 0,
      );
      const { dir, scrollWidth, clientWidth } = document.documentElement;
      return { dir, label, number, tooWide: scrollWidth - clientWidth };
    });
    expect(layout).toMatchObject({ dir: 'rtl' });
    expect(layout.tooWide).toBeLessThanOrEqual(0);
    expect(layout.label).toBeGreaterThan(layout.number ?? 0);
    expect(await phone.text('[data-metric=pageviews] .metric-value')).toMatch(/[\u0660-\u0669]/);
    expect(phone.problems).toEqual([]);
    await phone.close();
  });

  test('who may read one site sees no other; who may see nothing is told so', async () => {
    const analyst = await browser.open();
    await analyst.signIn(`${address}?site=other&${period}`, scenario.client.analyst);
    expect(await analyst.text('.site-name')).toBe('demo');
    expect(await analyst.page.$('.site-switch')).toBeNull();
    expect(
      await analyst.page.$$eval('.chart-tools button', (all) => all.map((one) => one.textContent)),
    ).toEqual(['Table']);
    await analyst.close();
    const stranger = await browser.open();
    await stranger.goto(address);
    await stranger.page.locator('::-p-text(Use a secret key), input[placeholder^=ff_]').click();
    await stranger.page.locator('input[placeholder^=ff_]').fill('ff_owner_wrong');
    await stranger.click('button[type=submit]');
    expect(await stranger.text('[role=alert]')).toContain('unknown or revoked');
    await stranger.close();
  });

  test.each(['light', 'dark'] as const)(
    'nobody is kept out, and nothing moves by itself: %s',
    async (scheme) => {
      const fresh = await browser.open({ scheme });
      await fresh.goto(address);
      await fresh.page.waitForSelector('input[type=password]');
      expect(await findViolations(fresh.page)).toEqual([]);
      await fresh.signIn(`${address}?${period}&f=is,visit:device,desktop`, scenario.client.owner);
      await fresh.page.reload();
      await fresh.page.waitForSelector('main#content');
      await fresh.settled();
      expect(await fresh.page.evaluate(() => [window.shifts, window.refused])).toEqual([0, []]);
      expect(await findViolations(fresh.page)).toEqual([]);
      await fresh.click('[data-card=pages] .breakdown-foot a');
      await fresh.page.waitForSelector('dialog .details-rows');
      expect(await findViolations(fresh.page)).toEqual([]);
      await fresh.close();
    },
  );

  test('a session that ends while somebody types loses nothing', async () => {
    const { database } = scenario.collector;
    const [short, next] = [generateKey('analyst'), generateKey('analyst')];
    for (const key of [short, next])
      await addKey(database, { key, role: 'analyst', name: key.slice(-6), sites: ['demo'] });
    const typing = await browser.open();
    await typing.signIn(`${address}?${period}`, short);
    await typing.click('.scope-line > .button');
    await typing.page.locator('dialog input[list]').fill('/pricing');
    const ended = (await listKeys(database)).find(({ name }) => name === short.slice(-6));
    await revokeKey(database, ended?.keyId ?? '');
    await typing.page.select('dialog .field-row select', 'visit:entry_page');
    await typing.page.waitForSelector('::-p-text(Your session has ended)');
    await typing.page.locator('::-p-text(Use a secret key), input[placeholder^=ff_]').click();
    await typing.page.locator('input[placeholder^=ff_]').fill(next);
    await typing.page.locator('form:has(input[placeholder^=ff_]) button[type=submit]').click();
    await typing.page.waitForSelector('::-p-text(Your session has ended)', { hidden: true });
    expect(await typing.page.$eval('dialog input[list]', (input) => (input as HTMLInputElement).value)).toBe(
      '/pricing',
    );
    await typing.click('dialog button[type=submit]');
    await typing.page.waitForSelector('.pill');
    await typing.settled();
    expect(typing.query('f')).toBe('is,visit:entry_page,/pricing');
    await typing.close();
  });

  test('a share link reads its site behind its password, and stands in a frame where it says so', async () => {
    const { client, collector } = scenario;
    const share = { site: 'demo', name: `board ${engine}`, password: 'open sesame' };
    const { body } = await client.ask('POST', 'shares', share, client.owner);
    const link = `${collector.origin}/share/${String(body.token)}?${period}`;
    const guest = await browser.open();
    await guest.goto(link);
    await guest.page.locator('input[type=password]').fill('open says me');
    await guest.click('button[type=submit]');
    expect(await guest.text('[role=alert]')).toContain('wrong');
    await guest.page.locator('input[type=password]').fill('open sesame');
    await guest.click('button[type=submit]');
    await guest.page.waitForSelector('main#content');
    await guest.settled();
    const { results } = await ask({ metrics: ['visitors'] });
    expect(await guest.text('[data-metric=visitors] .metric-value')).toBe(write(results[0]?.metrics[0]));
    expect(await guest.page.$('::-p-text(Annotate)')).toBeNull();
    await client.ask('DELETE', `shares/${String(body.id)}`, { site: 'demo' }, client.owner);
    await guest.page.reload();
    await guest.page.waitForSelector('input[type=password]');
    await guest.close();
    const framesOf = async (address: string) =>
      (await fetch(address)).headers.get('content-security-policy')?.split('; ').at(-1);
    expect(await framesOf(link)).toBe("frame-ancestors 'none'");
    expect(await framesOf(`${link}&embed`)).toBe('frame-ancestors *');
    expect(await framesOf(`${address}?embed`)).toBe("frame-ancestors 'none'");
  });
});

test('a site without events shows what to paste, and its numbers once the first event has come', async () => {
  const browser = await startDashboardBrowser('chromium');
  const page = await browser.open();
  await page.signIn(`${address}?site=other&${period}`, scenario.client.owner);
  expect(await page.text('.snippet code')).toContain(
    `<script defer src="${scenario.collector.origin}/sdk.js" data-site=`,
  );
  await sendVisit(scenario.collector, {
    visitor: 'first',
    site: 'other',
    events: [{ at: noon - 60_000, path: '/' }],
  });
  await page.page.waitForSelector('[data-metric=visitors]');
  await page.settled();
  expect(await page.text('[data-metric=visitors] .metric-value')).toBe('1');
  await browser.close();
});
