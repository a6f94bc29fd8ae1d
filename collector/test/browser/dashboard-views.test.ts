import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../test-collector.js';
import { findViolations } from './axe.js';
import { type DashboardBrowser, type DashboardPage, startDashboardBrowser } from './dashboard-page.js';
import { hostile, noon } from './dashboard-scenario.js';
import { fillFields, findHarm, harmless } from './harmless.js';
import {
  importAccessLog,
  shopSteps,
  startViewsScenario,
  type ViewsScenario,
  watchedVisitor,
} from './views-scenario.js';

const period = 'from=2026-10-20&to=2026-11-20';
const range = { date_range: ['2026-10-20', '2026-11-20'] };
let scenario: ViewsScenario;
let browser: DashboardBrowser;
let page: DashboardPage;
let address: string;

beforeAll(async () => {
  scenario = await startViewsScenario();
  await importAccessLog(scenario.collector);
  address = `${scenario.collector.origin}/dashboard`;
  browser = await startDashboardBrowser('chromium');
  page = await browser.open();
  await page.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  await page.signIn(`${address}?view=funnels&${period}`, scenario.client.owner);
});
afterAll(async () => {
  await browser.close();
  await scenario.collector.stop();
});

async function open(search: string): Promise<void> {
  await page.show(`${address}?${search}`);
  await page.page.waitForSelector('main#content .card');
}

const count = (value: number) => value.toLocaleString('en-US');
const percent = (value: number) => `${Number(value.toFixed(1))}%`;
const texts = (selector: string) =>
  page.page.$$eval(selector, (all) => all.map((one) => one.textContent?.trim() ?? ''));
const titles = (selector: string) =>
  page.page.$$eval(selector, (all) => all.map((one) => one.getAttribute('title')));
const get = <Body>(path: string, query: object = {}) =>
  scenario.client.get<Body>(path, { ...range, ...query });

async function expectHarmless(): Promise<void> {
  expect(await findHarm(page.page)).toEqual(harmless);
}

async function expectAccessible(part = 'main'): Promise<void> {
  for (const scheme of ['light', 'dark']) {
    await page.page.evaluate((theme) => {
      document.documentElement.dataset.theme = theme;
    }, scheme);
    expect({ scheme, found: await findViolations(page.page, part) }).toEqual({ scheme, found: [] });
  }
}

type Step = { reached: number; conversion_rate: number };
type Bug = { id: string; message: string; occurrences: number; sessions: number };
type Form = { form: string; views: number; starts: number; submits: number };
type Path = { pages: string[]; sessions: number };
type Reason = { reason: string; events: number; pageviews: number; visitors: number };
type Results = {
  units: { variations: { units: number }[] };
  metrics: {
    key: string;
    comparisons: { variation: string; lift?: { lift: number }; cuped?: { lift: { lift: number } } | null }[];
    breakdown: { segments: { comparisons: { lift?: { lift: number } }[] }[] };
  }[];
};
const writeLift = (lift: number) => `${lift > 0 ? '+' : ''}${percent(100 * lift)}`;

const funnel = `view=funnels&${period}&steps=${encodeURIComponent(JSON.stringify(shopSteps))}`;
const newest = async (message: string) => {
  const { errors } = await get<{ errors: Bug[] }>('errors');
  return errors.find((one) => one.message.includes(message))?.id ?? '';
};

async function readNow() {
  const response = await fetch(`${scenario.collector.origin}/api/v1/realtime?site=demo`, {
    headers: { accept: 'application/json', authorization: `Bearer ${scenario.client.analyst}` },
  });
  return (await response.json()) as { current_visitors: number; visitors: number; pageviews: number };
}

/** Each view: where it is, whether it shows a hostile text, and its numbers beside those of the API. */
const views: [
  string,
  { search: string | (() => Promise<string>); isHostile?: true; compare(): Promise<void> },
][] = [
  [
    'funnels',
    {
      search: `${funnel}&breakdown=visit:browser`,
      async compare() {
        const { steps } = await get<{ steps: Step[] }>('funnels', { steps: shopSteps });
        expect(steps.at(-1)?.reached).toBeGreaterThan(0);
        expect(await titles('[data-reached]')).toEqual(steps.map(({ reached }) => count(reached)));
        expect(await texts('.funnel-rate > b')).toEqual(steps.map((step) => percent(step.conversion_rate)));
      },
    },
  ],
  [
    'retention',
    {
      search: `view=retention&${period}`,
      async compare() {
        type Cohort = { visitors: number; periods: { visitors: number; rate: number }[] };
        const { cohorts } = await get<{ cohorts: Cohort[] }>('retention', { interval: 'week' });
        const shown = await page.page.$$eval('.retention tbody tr:not(.retention-average)', (rows) =>
          rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent).filter(Boolean)),
        );
        expect(shown).toEqual(
          cohorts.map(({ visitors, periods }) => [
            count(visitors),
            ...periods.map(({ rate }) => percent(rate)),
          ]),
        );
      },
    },
  ],
  [
    'errors',
    {
      search: `view=errors&${period}`,
      isHostile: true,
      async compare() {
        const { errors } = await get<{ errors: Bug[] }>('errors');
        expect(errors.length).toBeGreaterThan(2);
        expect(await titles('[data-bug] td[data-title=Times]')).toEqual(
          errors.map((one) => count(one.occurrences)),
        );
        expect(await titles('[data-bug] td[data-title=Sessions]')).toEqual(
          errors.map((one) => count(one.sessions)),
        );
      },
    },
  ],
  [
    'an error',
    {
      search: async () => `view=errors&${period}&error=${await newest('destructure')}`,
      async compare() {
        const id = new URL(page.page.url()).searchParams.get('error') ?? '';
        const bug = await get<Bug & { visitors: number }>(`errors/${id}`);
        expect(await texts('[data-count]')).toEqual([bug.occurrences, bug.sessions, bug.visitors].map(count));
        expect(await texts('.frame-line code')).toContain('const { id } = item;');
      },
    },
  ],
  [
    'a hostile error',
    {
      search: async () => `view=errors&${period}&error=${await newest('<script>')}`,
      isHostile: true,
      async compare() {
        expect(await page.text('.error-message')).toContain('<img src=x');
      },
    },
  ],
  [
    'experiments',
    {
      search: 'view=experiments',
      async compare() {
        expect((await texts('.list-table .row-title')).sort()).toEqual(['The checkout', 'The uneven']);
      },
    },
  ],
  [
    'an experiment',
    {
      search: 'view=experiments&experiment=checkout',
      async compare() {
        const { units, metrics } = await scenario.client.get<Results>('experiments/checkout/results', {});
        expect(await texts('[data-units]')).toEqual(units.variations.map((one) => count(one.units)));
        const lifts = metrics.flatMap(({ comparisons }) =>
          comparisons.flatMap((one) => one.lift?.lift ?? []),
        );
        expect(lifts.length).toBe(metrics.length);
        expect(await texts('.arm-lift')).toEqual(lifts.map(writeLift));
        expect((await page.page.$$('svg.interval[aria-label]')).length).toBe(lifts.length);
      },
    },
  ],
  [
    'an experiment by device, and with CUPED',
    {
      search: 'view=experiments&experiment=checkout&by=device',
      async compare() {
        const { metrics } = await scenario.client.get<Results>('experiments/checkout/results', {
          breakdown: 'device',
        });
        const segments = metrics.flatMap(({ breakdown }) =>
          breakdown.segments.flatMap(({ comparisons }) =>
            comparisons.flatMap(({ lift }) => lift?.lift ?? []),
          ),
        );
        expect(segments.length).toBeGreaterThan(0);
        expect(await texts('.segment-lift')).toEqual(segments.map(writeLift));
        const adjusted = metrics.flatMap(({ comparisons }) =>
          comparisons.flatMap(({ cuped }) => cuped?.lift.lift ?? []),
        );
        expect(adjusted.length).toBeGreaterThan(0);
        expect((await texts('[data-cuped]')).map((text) => text.split(/[ ,]+/)[2])).toEqual(
          adjusted.map(writeLift),
        );
      },
    },
  ],
  [
    'an experiment that splits wrongly',
    {
      search: 'view=experiments&experiment=uneven',
      async compare() {
        expect(await page.text('.notice.is-bad')).toContain('do not trust the results');
      },
    },
  ],
  [
    'paths',
    {
      search: `view=paths&${period}&from_page=/`,
      async compare() {
        const { paths, sessions } = await get<{ paths: Path[]; sessions: number }>('paths', {
          from_page: '/',
        });
        const shown = await page.page.$$eval('.bars tbody tr', (rows) =>
          rows.map((row) => [row.querySelector('bdi')?.textContent, row.querySelector('td')?.title]),
        );
        expect(shown).toEqual(
          paths.slice(0, 15).map((path) => [path.pages.join(' → '), count(path.sessions)]),
        );
        expect(await texts('.flow-column:first-child h3 .row-note')).toEqual([count(sessions)]);
      },
    },
  ],
  [
    'bots',
    {
      search: `view=bots&${period}`,
      isHostile: true,
      async compare() {
        const { reasons } = await get<{ reasons: Reason[] }>('bots');
        const shown = await page.page.$$eval('[data-reason]', (rows) =>
          rows.map((row) => [...row.querySelectorAll('td[title]')].map((cell) => cell.getAttribute('title'))),
        );
        expect(reasons.length).toBeGreaterThan(2);
        expect(shown).toEqual(
          reasons.map(({ events, pageviews, visitors }) => [events, pageviews, visitors].map(count)),
        );
      },
    },
  ],
  [
    'forms',
    {
      search: `view=forms&${period}`,
      isHostile: true,
      async compare() {
        const { forms } = await get<{ forms: Form[] }>('forms');
        expect(await titles('[data-stage]')).toEqual(
          forms.flatMap(({ views: seen, starts, submits }) => [seen, starts, submits].map(count)),
        );
        expect(await texts('.card h2')).toEqual(forms.map(({ form }) => form));
      },
    },
  ],
  [
    'web vitals',
    {
      search: `view=web-vitals&${period}`,
      async compare() {
        const { totals } = await get<{ totals: { metric: string; p75: number }[] }>('web-vitals');
        const shown = await page.page.$$eval('[data-vital]', (all) =>
          all.map((one) => [one.getAttribute('data-vital'), Number(one.getAttribute('title'))]),
        );
        expect(Object.fromEntries(shown)).toEqual(
          Object.fromEntries(totals.map(({ metric, p75 }) => [metric, p75])),
        );
      },
    },
  ],
  [
    'realtime',
    {
      search: 'view=realtime',
      async compare() {
        const now = await readNow();
        expect(now.current_visitors).toBeGreaterThan(0);
        expect(await texts('[data-now]')).toEqual(
          [now.current_visitors, now.visitors, now.pageviews].map(count),
        );
        expect((await page.page.$$('.minute')).length).toBe(30);
      },
    },
  ],
  [
    'visits',
    {
      search: `view=visitor&${period}`,
      async compare() {
        type Listed = { sessions: { session_id: string; visitor_id: string; pageview_count: number }[] };
        const { sessions } = await get<Listed>('sessions', { limit: 30 });
        const shown = await page.page.$$eval('[data-visit]', (rows) =>
          rows.map((row) => [
            row.getAttribute('data-visit'),
            row.querySelector('.row-title')?.textContent,
            row.querySelector('[data-title=Pageviews]')?.textContent,
          ]),
        );
        expect(shown).toEqual(
          sessions.map((one) => [one.session_id, one.visitor_id, count(one.pageview_count)]),
        );
      },
    },
  ],
  [
    'a visitor',
    {
      search: `view=visitor&visitor=${watchedVisitor}`,
      isHostile: true,
      async compare() {
        type Visited = { sessions: { events: { type: string }[] }[] };
        const { sessions } = await scenario.client.get<Visited>(`visitors/${watchedVisitor}`, {});
        expect(await texts('.moment .badge')).toEqual(
          sessions.flatMap(({ events }) => events.map(({ type }) => type.replaceAll('_', ' '))),
        );
      },
    },
  ],
  [
    'refused events',
    {
      search: `view=dropped&${period}`,
      isHostile: true,
      async compare() {
        type Count = { reason: string; letters: number };
        const { body } = await scenario.client.ask('GET', 'dead-letter/counts', { site: 'demo' });
        const counts = body.counts as Count[];
        const drops = body.clientDrops as { reason: string; events: number }[];
        expect(drops.length).toBe(2);
        const shown = await page.page.$$eval('.bars tbody tr', (rows) =>
          rows.map((row) => [
            row.querySelector('bdi')?.textContent?.split(':')[0],
            Number(row.querySelector('td')?.title),
          ]),
        );
        expect(Object.fromEntries(shown)).toEqual(
          Object.fromEntries([
            ...counts.map(({ reason, letters }) => [reason, letters]),
            ...drops.map(({ reason, events }) => [reason, events]),
          ]),
        );
      },
    },
  ],
];

test.each(views)('%s: its numbers are those of the API, and whatever it shows is text', async (_, view) => {
  const { search, isHostile, compare } = view;
  await open(typeof search === 'string' ? search : await search());
  await compare();
  if (isHostile) expect(await page.page.evaluate(() => document.body.textContent)).toContain('<img src=x');
  await expectHarmless();
  await expectAccessible();
  expect(await page.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThan(1);
  expect(page.problems).toEqual([]);
});

test('Firefox shows the same numbers in every view', async () => {
  const chromium = page;
  const firefox = await startDashboardBrowser('firefox');
  try {
    page = await firefox.open();
    await page.signIn(`${address}?view=funnels&${period}`, scenario.client.owner);
    for (const [, { search, compare }] of views) {
      await open(typeof search === 'string' ? search : await search());
      await compare();
      await expectHarmless();
    }
    await expectLog();
    expect(page.problems).toEqual([]);
  } finally {
    page = chromium;
    await firefox.close();
  }
});

test('a funnel is made, shown and saved by the keyboard, and found again', async () => {
  const { keyboard } = page.page;
  await open(`view=funnels&${period}`);
  for (const [at, path] of ['/', '/pricing'].entries()) {
    await page.page.focus(`input[aria-label="Step ${at + 1}"]`);
    await keyboard.type(path);
  }
  await keyboard.press('Enter');
  await page.page.waitForSelector('[data-reached]');
  expect(page.query('steps')).toBe('[{"page":"/"},{"page":"/pricing"}]');
  await page.click('.card-head button', 'Save');
  await page.page.waitForSelector('dialog input:focus');
  await keyboard.type('Prices');
  await keyboard.press('Enter');
  await page.page.waitForSelector('dialog', { hidden: true });
  await page.click('nav[aria-label="Saved funnels"] a', 'From first page');
  await page.page.waitForSelector('[data-step="4"]');
  await page.click('nav[aria-label="Saved funnels"] a', 'Prices');
  await page.page.waitForSelector('[data-step="4"]', { hidden: true });
  await page.click('.card-head button', 'Table');
  expect(await texts('dialog .plain-table tbody th')).toEqual(['1. /', '2. /pricing']);
  await keyboard.press('Escape');
  await page.page.waitForSelector('dialog', { hidden: true });
});

test('a filter of the page holds in a view, and the back button takes it away', async () => {
  await open(funnel);
  const all = await titles('[data-reached]');
  await open(`${funnel}&f=is,visit:browser,Firefox`);
  const filters = [['is', 'visit:browser', ['Firefox']]];
  const { steps } = await get<{ steps: Step[] }>('funnels', { steps: shopSteps, filters });
  expect(await titles('[data-reached]')).toEqual(steps.map(({ reached }) => count(reached)));
  expect(await titles('[data-reached]')).not.toEqual(all);
  await page.click('.pill-remove');
  await page.page.waitForSelector('.pill', { hidden: true });
  await page.settled();
  expect(await titles('[data-reached]')).toEqual(all);
});

test('an error is resolved and reopened', async () => {
  await open(`view=errors&${period}&error=${await newest('declined')}`);
  for (const [button, state] of [
    ['Resolve', 'resolved'],
    ['Reopen', 'open'],
    ['Ignore', 'ignored'],
  ] as const) {
    const next = state === 'open' ? 'Resolve' : 'Reopen';
    await page.click('.card-head button', button);
    await page.page.waitForSelector(`.card-head button ::-p-text(${next})`);
    const { errors } = await get<{ errors: (Bug & { state: string })[] }>('errors', { state });
    expect(errors.map(({ message }) => message)).toContain('The payment was declined');
  }
});

test('a reason for bots is taken back and holds again', async () => {
  await open(`view=bots&${period}`);
  const { reasons } = await get<{ reasons: Reason[] }>('bots');
  const { reason, events } = reasons.find((one) => one.reason.includes('Googlebot')) ?? {
    reason: '',
    events: 0,
  };
  expect(events).toBeGreaterThan(0);
  const left = async () => (await get<{ reasons: Reason[] }>('bots')).reasons.map((one) => one.reason);
  await page.click(`[data-reason="${reason}"] button`);
  await page.click('dialog button[type=submit]');
  await page.page.waitForSelector(`[data-restored="${reason}"]`);
  expect(await left()).not.toContain(reason);
  await page.click(`[data-restored="${reason}"] button`);
  await page.click('dialog button[type=submit]');
  await page.page.waitForSelector(`[data-restored="${reason}"]`, { hidden: true });
  expect(await left()).toContain(reason);
});

test('a pageview is in the stream of realtime as it comes', async () => {
  await open('view=realtime');
  await page.page.waitForFunction(() => document.body.textContent?.includes('Waiting for the next pageview'));
  await scenario.collector.send({
    visitor: { id: 'late' },
    events: [
      { id: newId(noon), type: 'pageview', ts: noon, url: 'https://shop.example/just-now' },
      { id: newId(noon), type: 'custom', name: hostile, ts: noon, url: 'https://shop.example/just-now' },
    ],
  });
  scenario.advance(10_000);
  await page.page.waitForSelector('.feed ::-p-text(/just-now)');
  await page.page.waitForSelector('.feed ::-p-text(<img src=x)');
  await expectHarmless();
});

test('the real log is read in every view', () => expectLog());

/** The views of the real access log, and of some their numbers. */
async function expectLog(): Promise<void> {
  await open('site=log&from=2015-05-01&to=2015-05-31');
  const { body } = await scenario.client.ask(
    'POST',
    '../v2/query',
    { site_id: 'log', metrics: ['visitors', 'pageviews'], date_range: ['2015-05-01', '2015-05-31'] },
    scenario.client.owner,
  );
  const [totals] = body.results as { metrics: number[] }[];
  expect(await titles('[data-metric=visitors] .metric-value, [data-metric=pageviews] .metric-value')).toEqual(
    totals?.metrics.map(count),
  );
  for (const view of ['funnels', 'retention', 'paths', 'errors', 'forms', 'web-vitals', 'bots', 'dropped']) {
    await open(`view=${view}&site=log&from=2015-05-01&to=2015-05-31`);
    expect({ view, failures: await texts('.state-error') }).toEqual({ view, failures: [] });
  }
  await open('view=paths&site=log&from=2015-05-01&to=2015-05-31');
  const { paths } = await scenario.client
    .ask('GET', 'paths', { site: 'log', from: '2015-05-01', to: '2015-05-31' }, scenario.client.owner)
    .then(({ body }) => body as { paths: Path[] });
  expect((await titles('.bars tbody td:nth-child(2)')).slice(0, 3)).toEqual(
    paths.slice(0, 3).map(({ sessions }) => count(sessions)),
  );
  expect(page.problems).toEqual([]);
}

const dialogs: [string, string, string?][] = [
  [funnel, '.card-head button', 'Table'],
  [`view=retention&${period}`, '.card-head button', 'Table'],
  [`view=bots&${period}`, '[data-reason] button'],
  ['view=experiments&experiment=checkout', '.card-head button', 'Table'],
  [`view=dropped&${period}`, '.card-head button', 'Table'],
];

test('nobody is kept out of a dialog of a view: light and dark', async () => {
  for (const [search, place, text] of dialogs) {
    await open(search);
    await page.click(place, text);
    await page.page.waitForSelector('dialog');
    await expectAccessible('dialog');
    await page.page.keyboard.press('Escape');
    await page.page.waitForSelector('dialog', { hidden: true });
  }
});

// The browser notes what the API refuses: that is asked for here.
const refusal = /status of 4\d\d/;

test('hostile texts in every field of a view stay texts', async () => {
  for (const view of ['funnels', 'retention', 'paths', 'visitor', '']) {
    await open(`${view && `view=${view}&`}${period}`);
    const fields = await fillFields(page.page, 'main', hostile);
    expect({ view, isFilled: fields > 0 }).toEqual({ view, isFilled: true });
    await page.page.$$eval('main form', (forms) => {
      for (const form of forms as HTMLFormElement[]) form.requestSubmit();
    });
    await page.settled();
    await expectHarmless();
  }
  await open(`${funnel}&f=is,visit:source,Google`);
  await page.click('.scope-line > .button');
  await page.page.waitForSelector('dialog');
  await fillFields(page.page, 'dialog', hostile);
  await page.click('dialog button[type=submit]');
  await page.page.waitForFunction(() => document.querySelectorAll('.pill').length === 2);
  await page.settled();
  await expectHarmless();
  expect(page.problems.filter((problem) => !refusal.test(problem))).toEqual([]);
  page.problems.length = 0;
});

test('who only reads is offered no change; a phone sees every view without scrolling sideways', async () => {
  const phone = await browser.open({ width: 390, language: 'ar-EG' });
  await phone.signIn(`${address}?view=bots&${period}`, scenario.client.analyst);
  expect(await phone.page.$('[data-reason] button')).toBeNull();
  for (const [name, { search }] of views) {
    await phone.show(`${address}?${typeof search === 'string' ? search : await search()}`);
    await phone.page.waitForSelector('main#content .card');
    const { scrollWidth, clientWidth, dir } = await phone.page.evaluate(() => ({
      dir: document.documentElement.dir,
      scrollWidth: document.documentElement.scrollWidth,
      clientWidth: document.documentElement.clientWidth,
    }));
    expect({ name, dir, isTooWide: scrollWidth > clientWidth }).toEqual({
      name,
      dir: 'rtl',
      isTooWide: false,
    });
  }
  expect(phone.problems).toEqual([]);
  await phone.close();
});
