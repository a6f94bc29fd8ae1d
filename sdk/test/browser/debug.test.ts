import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { Options } from '../../src/options.js';
import { watchConsole } from './chromium.js';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

/** A page without the script tag, whose console is watched here instead of being expected to stay empty. */
async function openEmpty({ site, open }: Awaited<ReturnType<typeof setUp>>) {
  site.serve({ scripts: 0 });
  const page = await open('/a');
  page.removeAllListeners('console');
  return { page, lines: watchConsole(page) };
}

/** Starts the ES module with options written as code, since functions do not pass into the page. */
function start(page: Page, options: Record<keyof Options & string, string> | Record<string, string>) {
  const fields = Object.entries(options).map(([name, code]) => `${name}: ${code}`);
  return page.evaluate(
    `import('/module.js').then((sdk) => { window.footfall = sdk.init({ site: 'demo', ${fields.join(', ')} }); })`,
  );
}

it('says in debug mode what is queued, sent, dropped and not allowed', async () => {
  const setup = await setUp();
  const { server } = setup;
  const { page, lines } = await openEmpty(setup);
  await start(page, { endpoint: `'${server.origin}'`, debug: 'true' });
  server.answer({ status: 503, retryAfter: '1' });
  await page.evaluate(() => window.footfall?.track('signup'));
  await page.evaluate(() => window.footfall?.flush());
  server.answer({ status: 200 });
  await eventsOf(server, 'custom');
  await page.evaluate(() => window.footfall?.flush());
  await page.evaluate(() => {
    window.footfall?.optOut();
    window.footfall?.track('unseen');
  });
  expect(lines.map((line) => line.replace('[object Object]', '{}'))).toEqual([
    'debug: [footfall] queued {}',
    'debug: [footfall] answer 503 1',
    'debug: [footfall] waiting 1000',
    'debug: [footfall] answer 200 1',
    'debug: [footfall] not allowed {}',
  ]);
});

it('lets beforeSend change an event or drop it, and drops what it fails on', async () => {
  const setup = await setUp();
  const { server } = setup;
  const { page, lines } = await openEmpty(setup);
  await start(page, {
    endpoint: `'${server.origin}'`,
    beforeSend: `(event) => {
      if (event.name === 'broken') throw new Error('of the page');
      return event.name === 'private' ? null : { ...event, name: event.name + '!' };
    }`,
  });
  await page.evaluate(() => {
    for (const name of ['private', 'broken', 'signup']) window.footfall?.track(name);
  });
  const events = await eventsOf(server, 'custom');
  expect(events.map(({ name }) => name)).toEqual(['signup!']);
  expect(server.received.map(({ batch }) => batch.dropped)).toEqual([{ before_send: 2 }]);
  expect(lines).toEqual([]);
});

it('stays one when a second copy of the module starts the same site', async () => {
  const setup = await setUp();
  const { server, site, open } = setup;
  site.serve({ attributes: 'data-captures="pageview"' });
  const page = await open('/a');
  await eventsOf(server, 'pageview');
  const isSame = await page.evaluate(`import('/module.js').then(({ init, pageview }) =>
    init({ site: 'demo', endpoint: '${server.origin}', captures: [pageview()] }) === window.footfall)`);
  expect(isSame).toBe(true);
});

it('runs for two sites beside each other', async () => {
  const setup = await setUp();
  const { server } = setup;
  const { page, lines } = await openEmpty(setup);
  await page.evaluate(`import('/module.js').then(({ init, pageview }) => {
    for (const site of ['one', 'two']) init({ site, endpoint: '${server.origin}', captures: [pageview()] });
  })`);
  await eventsOf(server, 'pageview', 2);
  expect(server.received.map(({ query }) => query.get('site')).sort()).toEqual(['one', 'two']);
  expect(lines).toEqual([]);
});
