import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DashboardBrowser,
  type DashboardPage,
  type EngineName,
  startDashboardBrowser,
} from './dashboard-page.js';
import { type Scenario, startScenario } from './dashboard-scenario.js';

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

/** By tab: its card, and the query whose answer it shows. */
const tabs: [
  string,
  { card: string; tab?: string; by?: string; dimension: string; metrics: string[]; filters?: unknown[] },
][] = [
  ['sources', { card: 'sources', dimension: 'visit:source', metrics: visits }],
  ['channels', { card: 'sources', tab: 'channels', dimension: 'visit:channel', metrics: visits }],
  ['referrers', { card: 'sources', tab: 'referrers', dimension: 'visit:referrer', metrics: visits }],
  ...['campaign', 'source', 'medium', 'content', 'term'].map((name) => {
    const dimension = `visit:utm_${name}`;
    const tab = { card: 'sources', tab: 'campaigns', by: dimension, dimension, metrics: visits };
    return [`utm_${name}`, { ...tab, filters: isSet(dimension) }] as (typeof tabs)[number];
  }),
  [
    'AI assistants',
    {
      card: 'sources',
      tab: 'assistants',
      dimension: 'visit:source',
      metrics: visits,
      filters: [['is', 'visit:channel', ['AI Assistants']]],
    },
  ],
  ['top pages', { card: 'pages', dimension: 'event:page', metrics: ['visitors', 'pageviews'] }],
  [
    'entry pages',
    { card: 'pages', tab: 'entry', dimension: 'visit:entry_page', metrics: ['visitors', 'visits'] },
  ],
  [
    'exit pages',
    { card: 'pages', tab: 'exit', dimension: 'visit:exit_page', metrics: ['visitors', 'visits'] },
  ],
  ['countries', { card: 'locations', dimension: 'visit:country', metrics: visits }],
  [
    'regions',
    {
      card: 'locations',
      tab: 'regions',
      dimension: 'visit:region',
      metrics: visits,
      filters: isSet('visit:region'),
    },
  ],
  [
    'cities',
    {
      card: 'locations',
      tab: 'cities',
      dimension: 'visit:city',
      metrics: visits,
      filters: isSet('visit:city'),
    },
  ],
  ['languages', { card: 'locations', tab: 'languages', dimension: 'visit:language', metrics: visits }],
  ['browsers', { card: 'devices', dimension: 'visit:browser', metrics: visits }],
  ['systems', { card: 'devices', tab: 'systems', dimension: 'visit:os', metrics: visits }],
  ['devices', { card: 'devices', tab: 'devices', dimension: 'visit:device', metrics: visits }],
  [
    'goals',
    { card: 'behaviour', dimension: 'event:goal', metrics: ['visitors', 'events', 'conversion_rate'] },
  ],
  [
    'events',
    {
      card: 'behaviour',
      tab: 'events',
      dimension: 'event:name',
      metrics: ['visitors', 'events'],
      filters: custom,
    },
  ],
  [
    'properties',
    {
      card: 'behaviour',
      tab: 'properties',
      by: 'event:props:plan',
      dimension: 'event:props:plan',
      metrics: ['visitors', 'events'],
      filters: custom,
    },
  ],
];

const countryNames: Record<string, string> = { DE: 'Germany', US: 'United States' };
const unsetNames: Record<string, string> = {
  'visit:source': 'Direct / None',
  'visit:referrer': 'Direct / None',
  'visit:channel': 'Unassigned',
};

function nameOf(dimension: string, value: string | null | undefined): string {
  if (value === null || value === undefined) return unsetNames[dimension] ?? '(not set)';
  if (dimension === 'visit:device') return value.charAt(0).toUpperCase() + value.slice(1);
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

  test.each(tabs)(
    '%s: every number is that of the API',
    async (_, { card, tab, by, dimension, metrics, filters = [] }) => {
      const chosen = [tab && `${card}=${tab}`, by && `${card}_by=${encodeURIComponent(by)}`].filter(Boolean);
      await open([period, ...chosen].join('&'));
      const limit = card === 'behaviour' ? 6 : 9;
      const { results, meta } = await ask({
        metrics,
        dimensions: [dimension],
        filters,
        order_by: [[metrics[0], 'desc']],
        pagination: { limit },
      });
      const expected = results.map((row) => ({
        label: nameOf(dimension, row.dimensions[0]),
        cells: row.metrics.map((value, at) => write(value, meta.metrics[metrics[at] ?? '']?.unit)),
      }));
      const shown = await readRows(page, `[data-card=${card}]`);
      expect(shown.map(({ cells }) => cells)).toEqual(expected.map(({ cells }) => cells));
      if (dimension !== 'visit:language') expect(shown).toEqual(expected);
    },
  );

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
    await page.page.keyboard.press('Escape');
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
    for (const search of [
      'details=pages',
      'details=sources&sources=referrers',
      'details=behaviour&behaviour=events',
      'behaviour=properties',
    ]) {
      await open(`${period}&${search}`);
      expect(await page.page.evaluate(() => document.body.textContent)).toContain('<img src=x');
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
    expect(layout).toMatchObject({ dir: 'rtl', tooWide: 0 });
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
});
