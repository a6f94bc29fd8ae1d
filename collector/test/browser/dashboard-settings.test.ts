import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { createNetworks } from '../../src/access/networks.js';
import { evaluateAlerts } from '../../src/alerts/evaluate-alerts.js';
import { createPeopleClient, password } from '../people-client.js';
import { type HookReceiver, startHookReceiver } from '../receivers.js';
import { createReportClient, sendVisit } from '../report-client.js';
import { newId, startTestCollector } from '../test-collector.js';
import { findViolations } from './axe.js';
import { type DashboardBrowser, type DashboardPage, startDashboardBrowser } from './dashboard-page.js';
import { hostile, noon, type Scenario, startScenario } from './dashboard-scenario.js';
import { fillFields, findHarm, harmless } from './harmless.js';

let scenario: Scenario;
let browser: DashboardBrowser;
let page: DashboardPage;
let address: string;
let hooks: HookReceiver;
const dayMs = 86_400_000;

beforeAll(async () => {
  const webhookNetworks = createNetworks(['127.0.0.1']);
  hooks = await startHookReceiver();
  // Nobody listens there: no mail is due either.
  scenario = await startScenario({ webhookNetworks, smtpUrl: 'smtp://127.0.0.1:1' });
  address = `${scenario.collector.origin}/dashboard`;
  browser = await startDashboardBrowser('chromium');
  page = await browser.open();
  await page.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  await page.signIn(`${address}?site=demo&view=settings&section=site`, scenario.client.owner);
});
afterAll(async () => {
  await browser.close();
  await scenario.collector.stop();
  await hooks.stop();
});

async function open(section: string, search = 'site=demo', { page: tab, ...rest } = page): Promise<void> {
  // The section that is open already is loaded anew, without what was typed there.
  const go = rest.query('section') === section ? rest.goto : rest.show;
  await go(`${address}?${search}&view=settings&section=${section}`);
  await tab.waitForSelector('.settings-content .card');
  await rest.settled();
}

const button = (name: string) => `button[aria-label=${JSON.stringify(name)}]`;
const field = (name: string) => `dialog [name="${name}"]`;
const submit = 'dialog button[type=submit]';

/** Opens a dialog by its button, fills it and sends it. */
async function act(name: string, fields: Record<string, string> = {}): Promise<void> {
  await page.click(button(name));
  await page.page.waitForSelector(submit);
  for (const [of, text] of Object.entries(fields)) await page.page.locator(field(of)).fill(text);
  await page.click(submit);
}

async function closed(): Promise<void> {
  await page.page.waitForSelector('dialog', { hidden: true });
  await page.settled();
}

/** The secret that is shown once; then it is gone. */
async function takeSecret(): Promise<string> {
  const secret = await page.text('dialog .secret code');
  await page.page.keyboard.press('Escape');
  expect(await page.page.$('dialog .secret')).not.toBeNull();
  await page.click('dialog', 'I have copied it');
  await closed();
  return secret;
}

const rowTitles = () =>
  page.page.$$eval('.records .row-title', (all) => all.map((one) => one.textContent ?? ''));

/** Waits until a row of a name is in the list, or is not. */
async function expectRow(title: string, isThere = true): Promise<void> {
  await page.page.waitForFunction(
    (name, wanted) =>
      [...document.querySelectorAll('.records .row-title')].some((one) => one.textContent === name) ===
      wanted,
    {},
    title,
    isThere,
  );
}

const askWith = (key: string, path: string) =>
  fetch(`${scenario.collector.origin}/api/v1/${path}`, { headers: { authorization: `Bearer ${key}` } });

test('a site is made, and its first event shows up by itself', async () => {
  await open('site');
  const allowedOrigins = 'https://fresh.example';
  await act('New site', { site: 'fresh', name: 'Fresh', timezone: 'Mars/Olympus', allowedOrigins });
  expect(await page.text('dialog .field:has([name=timezone]) .field-error')).toMatch(/^expected .*timezone/i);
  expect(await page.page.$eval(':focus', (one) => one.getAttribute('name'))).toBe('timezone');
  await page.page.locator(field('timezone')).fill('Europe/Berlin');
  await page.click(submit);
  await page.page.waitForSelector('.first-event');
  await closed();
  const snippet = await page.text('.snippet code');
  expect([page.query('site'), page.query('section')]).toEqual(['fresh', 'snippet']);
  await page.page.waitForSelector('.first-event ::-p-text(Waiting for the first event)');
  const siteKey = /data-site="([^"]+)"/.exec(snippet)?.[1] ?? '';
  await sendVisit(scenario.collector, { site: siteKey, events: [{ at: noon - 60_000, path: '/' }] });
  expect(await page.text('.first-event .is-received')).toBe('Events arrive: 1 so far.');
});

test('settings of a site are changed; an error stands at its field with its line', async () => {
  await open('site');
  const of = (name: string) => `.settings-content [name=${name}]`;
  await page.page.locator(of('excludedPaths')).fill('/admin/*\nintern');
  await page.click('.settings-content button[type=submit]');
  expect(await page.text('.field:has([name=excludedPaths]) .field-error')).toMatch(
    /^Line 2: expected a path/,
  );
  await page.page.locator(of('excludedPaths')).fill('/admin/*\n/intern');
  await page.page.locator(of('name')).fill('The demo');
  await page.click('.settings-content button[type=submit]');
  await page.page.waitForSelector('.top ::-p-text(The demo)');
  expect(await page.text('.form-buttons .is-received')).toBe('Saved.');
  const { body } = await scenario.client.ask('GET', 'sites/demo', {}, scenario.client.owner);
  expect(body).toMatchObject({ name: 'The demo', excludedPaths: ['/admin/*', '/intern'] });
});

test('a key is made with its secret shown once, rotated, and revoked', async () => {
  await open('keys');
  await act('New key', { name: 'Shop server', role: 'analyst' });
  const first = await takeSecret();
  expect((await askWith(first, 'me')).status).toBe(200);
  await act('Rotate: Shop server', { overlapHours: '0' });
  const second = await takeSecret();
  expect((await askWith(first, 'me')).status).toBe(401);
  expect((await askWith(second, 'me')).status).toBe(200);
  await act('Revoke: Shop server');
  await closed();
  expect((await askWith(second, 'me')).status).toBe(401);
  await expectRow('Shop server', false);
  await page.click('.check', 'Show those that have ended');
  await expectRow('Shop server');
});

test('a person is invited by a link that is shown once, changed, and disabled', async () => {
  await open('people');
  await act('Invite', { email: 'ann@example.com', name: 'Ann' });
  const link = await takeSecret();
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/dashboard#password=/);
  await act('Edit: ann@example.com', { role: 'admin' });
  await closed();
  await act('Disable: ann@example.com');
  await closed();
  const users = async () => (await scenario.client.ask('GET', 'users', {}, scenario.client.owner)).body.users;
  expect(await users()).toMatchObject([{ name: 'Ann', role: 'admin', sites: ['demo'], state: 'disabled' }]);
});

test('a goal is added, and an alert is made and ended', async () => {
  await open('goals');
  await act('New goal', { name: 'Docs', pattern: 'docs' });
  expect(await page.text('dialog .field:has([name=pattern]) .field-error')).toContain('begins with /');
  await page.page.locator(field('pattern')).fill('/docs');
  await page.click(submit);
  await closed();
  await expectRow('Docs');
  await open('alerts');
  await act('New alert', { name: 'No visits', 'webhook.url': 'ftp://hooks.example' });
  expect(await page.text('dialog .field:has([name="webhook.url"]) .field-error')).not.toBe('');
  await page.page.locator(field('webhook.url')).fill(`${hooks.origin}/visits`);
  await page.page.select(field('rule.kind'), 'ingest_silence');
  await page.page.locator(field('rule.minutes')).fill('60');
  await page.click(submit);
  expect((await takeSecret()).length).toBeGreaterThan(30);
  const { body } = await scenario.client.ask('GET', 'alerts', { site: 'demo' });
  expect(body.alerts).toMatchObject([
    { name: 'No visits', enabled: true, rule: { kind: 'ingest_silence', minutes: 60 } },
  ]);
  await act('Test: No visits');
  expect(await page.text('dialog .note-list .badge')).toBe('sent');
  expect(hooks.take('/visits')).toHaveLength(1);
  await page.click('dialog .form-buttons button');
  await closed();
  await evaluateAlerts(scenario.collector.database, noon + dayMs, () => {});
  await page.click(button('Incidents: No visits'));
  expect(await page.text('dialog .records .badge')).toBe('firing');
  await page.page.keyboard.press('Escape');
  await closed();
  await act('Delete: No visits');
  await closed();
  await expectRow('No visits', false);
});

test('an experiment is defined, started, ramped and stopped', async () => {
  await open('experiments');
  const variations = 'control 60\nshort 30';
  await act('New experiment', { key: 'headline', variations, metric: 'proportion', of: 'Signup' });
  expect(await page.text('dialog .field:has([name=variations]) .field-error')).toContain('sum to 1');
  await page.page.locator(field('variations')).fill('control 60\nshort 40');
  await page.page.locator(field('coverage')).fill('50');
  await page.click(submit);
  await closed();
  await act('Start: headline');
  await closed();
  await act('Ramp: headline', { coverage: '80' });
  await closed();
  await act('Stop: headline', { winner: 'short' });
  await closed();
  const { body } = await scenario.client.ask('GET', 'experiments/headline', { site: 'demo' });
  expect(body).toMatchObject({ status: 'stopped', winner: 'short', metrics: [{ kind: 'proportion' }] });
  expect(body.phases).toMatchObject([{ coverage: 0.8, variations: [{ weight: 0.6 }, { weight: 0.4 }] }]);
});

test('a share link reads the site until it is revoked', async () => {
  await open('shares');
  await act('New link', { name: 'The board' });
  expect(await page.text('dialog .secret')).toContain('?embed"');
  const token = (await takeSecret()).split('/share/')[1] ?? '';
  expect((await askWith(token, 'me')).status).toBe(200);
  await act('Revoke: The board');
  await closed();
  expect((await askWith(token, 'me')).status).toBe(401);
});

test('a visitor is erased, with a receipt; all of it is in the audit log, by pages and as a file', async () => {
  await open('privacy');
  await page.page.locator('.card:nth-child(2) [name=id]').fill('visitor-0');
  await page.click('.card:nth-child(2) button', 'Erase');
  await page.click('dialog button', 'Erase for good');
  expect(await page.text('dialog .receipt')).toMatch(/events 4/);
  await page.click('dialog button', 'Done');
  await closed();
  await open('audit', 'scope=all&site=demo');
  const found = await rowTitles();
  for (const action of [
    'site.create',
    'key.create',
    'key.revoke',
    'user.add',
    'goal.create',
    'privacy.erase',
  ])
    expect(found).toContain(action);
  for (const action of ['alert.create', 'alert.delete', 'experiment.start', 'share.create'])
    expect(found).toContain(action);

  const goals = Array.from({ length: 60 }, (_, at) => ({
    site: 'demo',
    name: `Goal ${at}`,
    kind: 'event',
    pattern: `Event ${at}`,
  }));
  for (const goal of goals) await scenario.client.ask('POST', 'goals', goal, scenario.client.owner);
  await page.page.locator('.audit-filter [name=actor]').fill('owner');
  await page.page.locator('.audit-filter [name=action]').fill('goal.');
  await page.page.keyboard.press('Enter');
  await page.page.waitForFunction(() => document.querySelectorAll('.records tbody tr').length === 50);
  expect([page.query('actor'), page.query('action')]).toEqual(['owner', 'goal.']);
  await page.click('.settings-content button', 'Show older ones');
  await page.page.waitForFunction(() => document.querySelectorAll('.records tbody tr').length > 50);
  expect(new Set(await rowTitles())).toEqual(new Set(['goal.create']));
  const [response] = await Promise.all([
    page.page.waitForResponse((one) => one.url().includes('format=csv')),
    page.click('.settings-content button', 'CSV'),
  ]);
  expect([response.status(), response.headers()['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
});

test('what was refused is tried again, and the page tells what came of it', async () => {
  const event = { id: newId(noon), type: 'nonsense', ts: noon, url: 'https://shop.example/' };
  await scenario.collector.send({ visitor: { id: 'refused' }, events: [event] });
  await open('replay');
  await page.page.select('.settings-content [name=reason]', 'bad_type');
  await page.click('.settings-content button[type=submit]');
  await page.page.waitForSelector(
    '[role=status] ::-p-text(1 read, 0 stored, 0 stored before, still refused: bad_type 1)',
  );
});

test('a person excludes the own address with one click, and is counted again with another', async () => {
  const people = await createPeopleClient(scenario.collector);
  await people.enter({ email: 'lee@example.com', role: 'admin', sites: ['demo'] });
  const here = await browser.open();
  await here.page.setExtraHTTPHeaders({ 'x-forwarded-for': '2001:db8:7::9' });
  await here.goto(`${address}?site=demo&view=settings&section=own-visits`);
  await here.page.locator('input[autocomplete=username]').fill('lee@example.com');
  await here.page.locator('input[autocomplete=current-password]').fill(password);
  await here.click('form:has([autocomplete=username]) button[type=submit]');
  const excluded = async () =>
    (await scenario.client.ask('GET', 'sites/demo', {}, scenario.client.owner)).body.excludedAddresses;
  for (const [name, next, expected] of [
    ['Exclude my visits', 'Count my visits again', ['2001:db8:7:0::/64']],
    ['Count my visits again', 'Exclude my visits', []],
  ] as const) {
    await here.click('.own-address button', name);
    await here.page.waitForSelector(`.own-address button ::-p-text(${next})`);
    expect(await excluded()).toEqual(expected);
  }
  await here.show(`${address}?site=demo&view=settings&section=site`);
  expect(await here.page.$(button('New site'))).toBeNull();
  await here.close();
});

test('a key of some sites is offered no other site', async () => {
  const key = generateKey('admin');
  await addKey(scenario.collector.database, { key, role: 'admin', name: 'limited', sites: ['demo'] });
  const limited = await browser.open();
  await limited.signIn(`${address}?view=settings&section=site`, key);
  await limited.page.waitForSelector('.settings-content [name=timezone]');
  expect(await limited.page.$(button('New site'))).toBeNull();
  await limited.close();
});

test('where there is no site, the first one is made', async () => {
  const collector = await startTestCollector();
  try {
    const { owner } = await createReportClient(collector);
    await collector.query('delete from footfall.sites');
    const first = await browser.open();
    await first.goto(`${collector.origin}/dashboard`);
    await first.page.locator('::-p-text(Use a secret key), input[placeholder^=ff_]').click();
    await first.page.locator('input[placeholder^=ff_]').fill(owner);
    await first.page.locator('button[type=submit]').click();
    await first.page.locator('[name=site]').fill('shop');
    await first.page.locator('[name=allowedOrigins]').fill('https://shop.example');
    await first.page.locator('.settings-content button[type=submit]').click();
    expect(await first.text('.snippet code')).toContain('data-site="');
    expect(first.query('site')).toBe('shop');
    await first.close();
  } finally {
    await collector.stop();
  }
});

test('who only reads sees what is set, and no button that changes it', async () => {
  const analyst = await browser.open();
  await analyst.signIn(`${address}?view=settings`, scenario.client.analyst);
  const links = await analyst.page.$$eval('.settings-link', (all) => all.map((one) => one.textContent));
  expect(links).toEqual([
    ...[
      'Own visits',
      'Goals',
      'Segments',
      'Saved funnels',
      'Experiments',
      'Alerts',
      'Mail reports',
      'Retention',
    ],
  ]);
  for (const section of [
    'own-visits',
    'goals',
    'segments',
    'funnels',
    'experiments',
    'alerts',
    'mail',
    'retention',
  ]) {
    await open(section, 'site=demo', analyst);
    const buttons = await analyst.page.$$eval('.settings-content button', (all) =>
      all.map((one) => one.textContent).filter((text) => text !== 'Copy'),
    );
    expect({ section, buttons }).toEqual({ section, buttons: [] });
  }
  for (const section of ['keys', 'people', 'audit', 'privacy']) {
    await open(section, 'site=demo', analyst);
    expect(await analyst.text('.settings-link[aria-current]')).toBe('Own visits');
  }
  await analyst.close();
});

// The browser notes what the API refuses: that is asked for here.
const refusal = /status of 4\d\d/;

const forms = [
  ['site', 'New site'],
  ['goals', 'New goal'],
  ['segments', 'New segment'],
  ['experiments', 'New experiment'],
  ['alerts', 'New alert'],
  ['mail', 'New report'],
  ['shares', 'New link'],
  ['people', 'Invite'],
  ['keys', 'New key'],
] as const;

const edits = [
  ['goals', 'button[aria-label^="Edit: "]'],
  ['segments', 'button[aria-label^="Edit: "]'],
  ['people', 'button[aria-label^="Edit: "]'],
  [
    'experiments',
    'button[aria-label^="Ramp: "], button[aria-label^="Start: "], button[aria-label="New experiment"]',
  ],
] as const;

// Turns what follows it around, where nothing isolates it.
const turned = `\u202e${hostile}`;

/** An alert and a mail report whose texts are as hostile, or as long, as the API takes them. */
async function saveHostile(): Promise<void> {
  const { owner, ask } = scenario.client;
  const webhook = { url: `https://hooks.example/?${hostile}${'w'.repeat(1_700)}` };
  const alert = { site: 'demo', name: turned, rule: { kind: 'ingest_silence' }, webhook };
  expect((await ask('POST', 'alerts', alert, owner)).status).toBe(201);
  const recipients = [`${'l'.repeat(60)}@${'d'.repeat(60)}.${'d'.repeat(60)}.example`];
  const report = { site: 'demo', frequency: 'weekly', recipients };
  expect((await ask('POST', 'mail-reports', report, owner)).status).toBe(201);
}

test('the edit dialogs of alerts and mail reports take no hostile text for more than a text', async () => {
  await saveHostile();
  for (const section of ['alerts', 'mail']) {
    await open(section);
    await page.page.locator('button[aria-label^="Edit: "]').click();
    await page.page.waitForSelector(submit);
    for (const text of [hostile, turned, 'm'.repeat(10_000)]) {
      expect(await fillFields(page.page, 'dialog', text)).toBeGreaterThan(0);
      await page.click(submit);
      await page.page.waitForSelector('dialog:has(button[type=submit]:not(:disabled)) [role=alert]');
      expect(await page.text('dialog [role=alert]')).toMatch(/expected/);
      expect({ section, ...(await findHarm(page.page)) }).toEqual({ section, ...harmless });
    }
    await page.page.setViewport({ width: 390, height: 900 });
    const isTooWide = await page.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      const dialog = document.querySelector('dialog');
      return scrollWidth > clientWidth || (dialog?.scrollWidth ?? 0) > (dialog?.clientWidth ?? 0);
    });
    expect({ section, isTooWide }).toEqual({ section, isTooWide: false });
    await page.page.setViewport({ width: 1280, height: 900 });
  }
  await open('alerts');
  await act(`Edit: ${turned}`, { name: `${turned}!` });
  await closed();
  await expectRow(`${turned}!`);
  await expectHarmless();
});

test('hostile texts in every field stay texts', async () => {
  for (const [section, name] of forms) {
    await open(section);
    await page.click(button(name));
    await page.page.waitForSelector(submit);
    await fillFields(page.page, 'dialog', hostile);
    for (const email of await page.page.$$('dialog input[type=email]')) await email.type('eve@example.com');
    await page.click(submit);
    await page.page.waitForSelector('dialog [role=alert], dialog .secret, .settings:not(:has(dialog))');
    await expectHarmless();
  }
  for (const [section, place] of edits) {
    await open(section);
    await page.page.locator(place).click();
    await page.page.waitForSelector(submit);
    expect({ section, isFilled: (await fillFields(page.page, 'dialog', hostile)) > 0 }).toEqual({
      section,
      isFilled: true,
    });
    await page.click(submit);
    await page.page.waitForSelector('dialog [role=alert], .settings:not(:has(dialog))');
    await expectHarmless();
  }
  for (const section of ['site', 'own-visits', 'retention', 'privacy', 'audit']) {
    await open(section);
    await page.page.waitForSelector('.settings-content form');
    await fillFields(page.page, '.settings-content', hostile);
    await page.page.$$eval('.settings-content form', (all) => {
      for (const form of all as HTMLFormElement[]) form.requestSubmit();
    });
    await page.settled();
    await expectHarmless();
  }
  for (const section of ['goals', 'segments', 'keys', 'people', 'shares']) {
    await open(section);
    expect({ section, titles: [...new Set((await rowTitles()).filter((one) => one === hostile))] }).toEqual({
      section,
      titles: section === 'goals' ? [] : [hostile],
    });
    await expectHarmless();
  }
  expect(page.problems.filter((problem) => !refusal.test(problem))).toEqual([]);
});

async function expectHarmless(): Promise<void> {
  expect(await findHarm(page.page)).toEqual(harmless);
}

test('a click beside a form, and a session that ends while it is filled, lose nothing', async () => {
  const people = await createPeopleClient(scenario.collector);
  await people.enter({ email: 'kim@example.com', role: 'admin', sites: ['demo'] });
  const typing = await browser.open();
  const signIn = async () => {
    await typing.page.locator('input[autocomplete=username]').fill('kim@example.com');
    await typing.page.locator('input[autocomplete=current-password]').fill(password);
    await typing.page.locator('form:has([autocomplete=username]) button[type=submit]').click();
  };
  await typing.goto(`${address}?site=demo&view=settings&section=goals`);
  await signIn();
  await typing.click(button('New goal'));
  await typing.page.locator(field('name')).fill('Kept');
  await typing.page.locator(field('pattern')).fill('/kept');
  // Beside the dialog.
  await typing.page.mouse.click(5, 5);
  await scenario.collector.query('delete from footfall.operator_sessions');
  await typing.click(submit);
  await typing.page.waitForSelector('::-p-text(Your session has ended)');
  expect(await typing.page.$eval(field('name'), (input) => (input as HTMLInputElement).value)).toBe('Kept');
  await signIn();
  await typing.page.waitForSelector('.records ::-p-text(Kept)');
  const { body } = await scenario.client.ask('GET', 'goals', { site: 'demo' });
  expect(body.goals).toContainEqual(expect.objectContaining({ name: 'Kept', pattern: '/kept' }));
  await typing.close();
});

test('nobody is kept out of any page: light and dark, and no phone scrolls sideways', async () => {
  const sections = await page.page.$$eval('.settings-link', (all) =>
    all.map((one) => new URL((one as HTMLAnchorElement).href).searchParams.get('section') ?? ''),
  );
  expect(sections).toHaveLength(16);
  for (const section of sections) {
    await open(section);
    const name = forms.find(([of]) => of === section)?.[1];
    if (name) await page.click(button(name));
    for (const scheme of ['light', 'dark']) {
      await page.page.evaluate((theme) => {
        document.documentElement.dataset.theme = theme;
      }, scheme);
      const found = await findViolations(page.page, 'main');
      expect({ section, scheme, found }).toEqual({ section, scheme, found: [] });
    }
    await page.page.setViewport({ width: 390, height: 900 });
    const tooWide = await page.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth;
    });
    expect({ section, tooWide }).toEqual({ section, tooWide: false });
    await page.page.setViewport({ width: 1280, height: 900 });
  }
});

test('Firefox shows the same in the sections, and takes a form to its error and to its end', async () => {
  const chromium = page;
  const readSections = async () => {
    const shown: Record<string, (string | null)[]> = {};
    for (const section of ['site', 'goals', 'alerts', 'people', 'keys', 'privacy']) {
      await page.show(`${address}?site=demo&view=settings&section=${section}`);
      await page.page.waitForSelector('.settings-content .card');
      await page.settled();
      shown[section] = await page.page.$$eval('.settings-content :is(h2, .row-title, label)', (all) =>
        all.map((one) => one.textContent),
      );
      await expectHarmless();
    }
    return shown;
  };
  const expected = await readSections();
  const firefox = await startDashboardBrowser('firefox');
  try {
    page = await firefox.open();
    await page.signIn(`${address}?site=demo&view=settings&section=goals`, scenario.client.owner);
    expect(await readSections()).toEqual(expected);
    await page.show(`${address}?site=demo&view=settings&section=goals`);
    await act('New goal', { name: 'By Firefox', pattern: 'docs' });
    expect(await page.text('dialog .field:has([name=pattern]) .field-error')).toContain('begins with /');
    await page.page.locator(field('pattern')).fill('/fire');
    await page.click(submit);
    await closed();
    await expectRow('By Firefox');
    expect(page.problems.filter((problem) => !refusal.test(problem))).toEqual([]);
  } finally {
    page = chromium;
    await firefox.close();
  }
});
