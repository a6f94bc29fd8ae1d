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
import { fillFields, findHarm, harmless } from './harmless.js';

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
  comparison?: { metrics: Row['metrics']; change: number[] };
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

function writeChange(change: number, unit = 'count'): string {
  if (change === 0) return 'no change';
  const size = Math.abs(change).toLocaleString('en-US');
  return `${change > 0 ? 'up' : 'down'}${unit === 'percent' ? `${size} pt` : `${size}%`}`;
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

const headMetrics = ['visitors', 'visits', 'pageviews', 'views_per_visit', 'bounce_rate', 'visit_duration'];
const visits = ['visitors', 'percentage'];
const isSet = (dimension: string) => [['is_set', dimension]];
const custom = [['is', 'event:type', ['custom']]];

// What differs between engines is how a table is drawn, not which: the other one shows each kind once.
const some = (engine: EngineName): number[] => (engine === 'chromium' ? [] : [0, 1]);

type Tab = {
  card: string;
  tab?: string;
  by?: string;
  dimension: string;
  metrics: string[];
  filters?: unknown[];
};
const campaign = (name: string): Tab => {
  const dimension = `visit:utm_${name}`;
  return { card: 'sources', by: dimension, dimension, metrics: visits, filters: isSet(dimension) };
};
const variant = (dimension: string, tab: string): Tab => ({
  card: 'devices',
  tab,
  by: dimension,
  dimension,
  metrics: visits,
});
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
  { campaigns: campaign('campaign'), versions: variant('visit:browser_version', 'browsers') },
  { campaigns: campaign('medium'), versions: variant('visit:os_version', 'systems') },
  ...['source', 'content', 'term'].map((name) => ({ campaigns: campaign(name) })),
];

/** The columns of the details of each dimension. */
const ofVisits = ['visitors', 'percentage', 'visits', 'bounce_rate', 'visit_duration'];
const ofPages = ['visitors', 'visits', 'bounce_rate', 'visit_duration'];
const detailMetrics: Record<string, string[]> = {
  'event:page': ['visitors', 'pageviews', 'time_on_page', 'scroll_depth', 'exit_rate'],
  'visit:entry_page': ofPages,
  'visit:exit_page': ofPages,
  'event:goal': ['visitors', 'events', 'conversion_rate', 'total_revenue'],
  'event:name': ['visitors', 'events'],
  'event:props:plan': ['visitors', 'events'],
};

// The bundled geo database has countries alone.
const emptyTabs = ['regions', 'cities'];

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
    await page.show(`${address}?${search}`);
  }

  test('the numbers of the head and their changes are those of the API', async () => {
    await open(period);
    const metrics = headMetrics;
    const { results, meta } = await ask({ metrics, include: { comparisons: { mode: 'previous_period' } } });
    const shown = await page.page.$$eval('[data-metric]', (all) =>
      all.map((one) => one.querySelector<HTMLElement>('.metric-value')?.title),
    );
    expect(shown).toEqual(
      metrics.map((name, at) => write(results[0]?.metrics[at], meta.metrics[name]?.unit)),
    );
    const { change, metrics: before } = results[0]?.comparison ?? { change: [], metrics: [] };
    expect(change[0]).toBeGreaterThan(100);
    const changes = await page.page.$$eval('.metric-change', (all) =>
      all.map((one) => [one.textContent, one.getAttribute('title')?.split(': ').at(-1)]),
    );
    expect(changes).toEqual(
      metrics.map((name, at) => {
        const unit = meta.metrics[name]?.unit;
        return [writeChange(change[at] ?? 0, unit), write(before[at], unit)];
      }),
    );
    expect(await page.text('[data-current]')).toBe('1 now');
  });

  test('a day that is not over is compared with the same part of the day before', async () => {
    await open('from=2026-11-20&to=2026-11-20');
    const title = await page.page.$eval(
      '[data-metric=visits] .metric-change',
      (one) => (one as HTMLElement).title,
    );
    expect(title).toMatch(/Nov 19, 2026, 12:00\sAM\s–\s12:00\sPM: /);
  });

  test('the table behind the line has the numbers of the API, day by day', async () => {
    for (const metric of headMetrics.slice(...some(engine))) {
      await open(`${period}&metric=${metric}`);
      const { results, meta } = await ask({
        metrics: [metric],
        dimensions: ['time:day'],
        include: { zero_fill: true, comparisons: { mode: 'previous_period' } },
      });
      await page.click('.chart-tools', 'Table');
      const shown = await page.page.$$eval('dialog .plain-table tbody tr', (rows) =>
        rows.map((row) => [1, 3].map((at) => row.children[at]?.textContent)),
      );
      const unit = meta.metrics[metric]?.unit;
      expect({ metric, shown }).toEqual({
        metric,
        shown: results.map(({ metrics, comparison }) =>
          [metrics[0], comparison?.metrics[0]].map((value) => write(value, unit)),
        ),
      });
      await page.page.keyboard.press('Escape');
      await page.page.waitForSelector('dialog', { hidden: true });
    }
    expect(await page.page.$$eval('.note', (all) => all.map((one) => one.textContent))).toEqual([
      'Wed, Nov 18, 2026: Release 2',
    ]);
  });

  const addressOf = (tab: string, { card, tab: other, by }: Tab) => [
    `${card}=${other ?? tab}`,
    ...(by ? [`${card}_by=${encodeURIComponent(by)}`] : []),
  ];

  async function readExpected({ dimension, filters = [] }: Tab, metrics: string[], limit: number) {
    const { results, meta } = await ask({
      metrics,
      dimensions: [dimension],
      filters,
      order_by: [[metrics[0], 'desc']],
      pagination: { limit },
    });
    return results.map((row) => ({
      label: nameOf(dimension, row.dimensions[0]),
      cells: row.metrics.map((value, at) => write(value, meta.metrics[metrics[at] ?? '']?.unit)),
    }));
  }

  test.each(rounds)('every number of a card is that of the API: $#', async (round) => {
    const chosen = Object.entries(round).flatMap(([tab, entry]) => addressOf(tab, entry));
    await open([period, ...chosen].join('&'));
    for (const [tab, entry] of Object.entries(round)) {
      const expected = await readExpected(entry, entry.metrics, entry.card === 'behaviour' ? 6 : 9);
      expect(expected.length).toBeGreaterThan(emptyTabs.includes(tab) ? -1 : 0);
      expect({ tab, rows: await readRows(page, `[data-card=${entry.card}]`) }).toEqual({
        tab,
        rows: expected,
      });
    }
  });

  test('every number of the details is that of the API', async () => {
    const tabs = rounds.slice(...some(engine)).flatMap((round) => Object.entries(round));
    for (const [tab, entry] of tabs) {
      await open([period, `details=${entry.card}`, ...addressOf(tab, entry)].join('&'));
      const expected = await readExpected(entry, detailMetrics[entry.dimension] ?? ofVisits, 50);
      const rows = await readRows(page, 'dialog .details-rows');
      expect({ tab, rows }).toEqual({ tab, rows: expected });
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
    // What is typed is asked for when it has settled: an address has it from the start.
    await page.goto(`${address}?${period}&details=pages&search=archive&sort=pageviews,asc`);
    await page.page.waitForSelector(place);
    await page.settled();
    const [first] = await readRows(page, place);
    expect(first?.label).toMatch(/^\/archive\//);
    expect(await page.text('dialog .pages')).toContain('60 rows');
    await page.click('dialog button[aria-label=Close]');
    await page.page.waitForSelector('dialog', { hidden: true });
    expect(page.query('details')).toBeNull();
  });

  test('the page is used by the keyboard alone', async () => {
    // Loaded anew: the keyboard begins at the top of the page.
    await page.goto(`${address}?${period}&metric=visits`);
    await page.page.waitForSelector('main#content');
    await page.settled();
    const { keyboard } = page.page;
    await page.page.bringToFront();
    // Where the keyboard begins in the window's own controls, it comes from them to the top of the page.
    for (let presses = 0; presses < 20 && !(await page.page.$(':focus')); presses++)
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
      expect(await findHarm(page.page)).toEqual(harmless);
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

  test.each((['dark', 'light'] as const).slice(...some(engine)))(
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
      await fresh.page.keyboard.press('Escape');
      for (const [place, text] of [
        ['.scope-line > .button', undefined],
        ['.chart-tools', 'Table'],
        ['.chart-tools', 'Annotate'],
      ] as const) {
        await fresh.page.waitForSelector('dialog', { hidden: true });
        await fresh.click(place, text);
        await fresh.page.waitForSelector('dialog');
        expect({ text, found: await findViolations(fresh.page, 'dialog') }).toEqual({ text, found: [] });
        await fresh.page.keyboard.press('Escape');
      }
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

  test('the details are saved as a file, and what happened is written beside the line', async () => {
    const { client } = scenario;
    const noted = { site: 'demo', noted_at: '2026-11-17T10:00:00Z', text: 'Gone' };
    const { body: gone } = await client.ask('POST', 'annotations', noted, client.owner);
    await open(`${period}&details=pages`);
    const [response] = await Promise.all([
      page.page.waitForResponse((one) => one.headers()['content-type']?.startsWith('text/csv') === true),
      page.click('dialog .dialog-head', 'CSV'),
    ]);
    expect(response.status()).toBe(200);
    await open(period);
    await page.click('.chart-tools', 'Annotate');
    await page.page.waitForSelector('dialog input[type=datetime-local]');
    await fillFields(page.page, 'dialog', hostile);
    await page.page.$eval(
      'dialog input[type=datetime-local]',
      (one, when) => {
        (one as HTMLInputElement).value = when;
        one.dispatchEvent(new Event('input', { bubbles: true }));
      },
      '2026-11-16T10:00',
    );
    await page.click('dialog button[type=submit]');
    const note = `.note[title^="Mon, Nov 16, 2026:"]`;
    await page.page.waitForSelector(note);
    expect(await page.text(note)).toBe(`Mon, Nov 16, 2026: ${hostile}`);
    expect(await findHarm(page.page)).toEqual(harmless);
    await page.click('.chart-tools', 'Annotate');
    await page.page.waitForSelector('dialog .note-list li');
    const remove = (of: string) =>
      page.page.$$eval(
        'dialog .note-list li',
        (all, text) =>
          all
            .find((one) => one.textContent?.includes(text))
            ?.querySelector('button')
            ?.click(),
        of,
      );
    await client.ask('DELETE', `annotations/${String(gone.id)}`, { site: 'demo' }, client.owner);
    await remove('Gone');
    expect(await page.text('dialog [role=alert]')).toContain('there is no annotation');
    await remove(hostile);
    await page.page.waitForSelector(note, { hidden: true });
    await page.page.keyboard.press('Escape');
    expect(page.problems).toEqual([]);
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
