import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, expectTypeOf, it } from 'vitest';
import type { Options } from '../../src/options.js';
import { optionsFrom } from '../../src/script-options.js';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

const distFile = (name: string) => readFileSync(new URL(`../../dist/${name}`, import.meta.url), 'utf8');
const stub = distFile('stub.min.js').trim();
const guide = readFileSync(new URL('../../../docs/install.md', import.meta.url), 'utf8');
const hashOf = (text: string) => `sha384-${createHash('sha384').update(text).digest('base64')}`;

/** Notes what the browser refuses by the page's policy, beside what it prints. */
const watchPolicy = `window.violations = [];
  addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));`;

it('has an attribute for every option, and the guide lists them', () => {
  expectTypeOf<keyof Options>().toExtend<keyof ReturnType<typeof optionsFrom>>();
  const options = optionsFrom({ src: 'https://stats.example/sdk.js', dataset: {} });
  const attributes = Object.keys(options).map(
    (name) => `data-${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`,
  );
  expect(attributes.filter((name) => !guide.includes(`| \`${name}\` |`))).toEqual([]);
});

it('makes the calls that the stub kept, in order, and resolves what they promised', async () => {
  const { server, site, open } = await setUp();
  const early = `footfall.track('first'); const kept = footfall; footfall.identify('user-7');
    footfall.flush().then(() => { window.flushed = true; });
    addEventListener('load', () => kept.track('by the stub, late'));`;
  site.serve({ body: `<script>${stub}</script><script>${early}</script>` });
  const page = await open();
  await page.waitForFunction('window.flushed');
  await page.evaluate(() => window.footfall?.track('last'));
  const events = await eventsOf(server, 'custom', 3);
  expect(events.map(({ name }) => name)).toEqual(['first', 'by the stub, late', 'last']);
  expect(events.every(({ pageId }) => pageId === events[0]?.pageId)).toBe(true);
  await eventsOf(server, 'identify');
});

it('has a stub of at most 0.4 KB, and the guide shows the one that is built', () => {
  expect(brotliCompressSync(stub).length).toBeLessThanOrEqual(400);
  expect(guide).toContain(`<script>${stub}</script>`);
});

it('takes the function of the page that data-before-send names, and drops what it cannot ask about', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    attributes: 'data-before-send="scrub" data-captures="pageview"',
    body: `<script>window.scrub = (event) => event.name === 'secret' ? null : { ...event, name: event.name?.toUpperCase() };</script>`,
  });
  const page = await open();
  await page.evaluate(() => {
    window.footfall?.track('open');
    window.footfall?.track('secret');
  });
  expect(await eventsOf(server, 'custom')).toMatchObject([{ name: 'OPEN' }]);
  await page.evaluate(() => {
    Reflect.deleteProperty(window, 'scrub');
    window.footfall?.track('unseen');
    Reflect.set(window, 'scrub', (event: unknown) => event);
    window.footfall?.track('last');
  });
  expect(await eventsOf(server, 'custom', 2)).toMatchObject([{ name: 'OPEN' }, { name: 'last' }]);
  const dropped = () =>
    server.received.reduce((sum, { batch }) => sum + (batch.dropped?.before_send ?? 0), 0);
  await server.until(() => dropped() === 2);
});

const policies = [
  {
    title: 'a nonce',
    source: () => `'nonce-r4nd0m'`,
    attributes: 'nonce="r4nd0m"',
  },
  {
    title: 'a nonce and strict-dynamic',
    source: () => `'nonce-r4nd0m' 'strict-dynamic'`,
    attributes: 'nonce="r4nd0m"',
  },
  {
    title: 'the hash of the script, as subresource integrity',
    source: () => `'${hashOf(distFile('footfall.min.js'))}' '${hashOf(stub)}' 'nonce-page'`,
    attributes: `integrity="${hashOf(distFile('footfall.min.js'))}" crossorigin="anonymous" data-captures="pageview,click,form,error"`,
  },
];

it.each(policies)(
  'runs under a strict policy with $title and Trusted Types',
  async ({ source, attributes }) => {
    const { server, site, open } = await setUp();
    const policy = [
      `default-src 'none'; style-src 'none'; img-src data:; connect-src ${server.origin}`,
      `script-src ${source()}; require-trusted-types-for 'script'; trusted-types 'none'`,
    ].join('; ');
    const nonce = attributes.startsWith('nonce') ? 'r4nd0m' : 'page';
    site.serve({
      attributes,
      headers: { 'content-security-policy': policy },
      body: `<script nonce="${nonce}">${stub}</script><script nonce="${nonce}">${watchPolicy} footfall.track('early')</script>
      <form><input name="a"><button id="send" type="button">Send</button></form>`,
    });
    const page = await open();
    await page.click('#send');
    await eventsOf(server, 'custom');
    await eventsOf(server, 'click');
    if (!attributes.includes('data-captures')) {
      await page.reload();
      await eventsOf(server, 'web_vital');
    }
    expect(await page.evaluate('window.violations')).toEqual([]);
  },
);

it('leaves a page alone whose browser refuses the script: what the stub keeps goes nowhere', async () => {
  const { server, site, open } = await setUp();
  site.serve({
    attributes: `integrity="${hashOf('another script')}" crossorigin="anonymous"`,
    body: `<script>${stub}</script><script>footfall.track('kept'); window.ran = true;</script>`,
  });
  const page = await open();
  expect(await page.evaluate('window.ran')).toBe(true);
  expect(server.received).toEqual([]);
});

/** Values on which naive code throws, and things that pages do to the objects of the browser. */
const hostile = {
  'a circle': 'const props = {}; props.self = props; footfall.track("x", props);',
  'a getter that throws': 'footfall.track("x", { get boom() { throw new Error("mine"); } });',
  'toJSON that throws': 'footfall.track("x", { toJSON() { throw new Error("mine"); } });',
  'a revoked proxy':
    'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); footfall.track("x", proxy);',
  'no arguments': 'footfall.track(); footfall.identify(); footfall.consent(); footfall.pageview(null);',
  'a symbol and a bigint': 'footfall.track(Symbol("s"), { n: 10n, s: Symbol("t") });',
  'toJSON on arrays (Prototype.js)':
    'Array.prototype.toJSON = function () { return "broken"; }; footfall.track("x", { list: [1] }); delete Array.prototype.toJSON;',
  'a fetch that throws':
    'window.fetch = () => { throw new Error("mine"); }; footfall.track("x"); footfall.flush();',
  'storage that was taken away':
    'Storage.prototype.setItem = () => { throw new Error("mine"); }; footfall.track("x");',
};

it.each(Object.entries(hostile))('never throws into the page: %s', async (_title, code) => {
  const { site, open } = await setUp();
  site.serve({});
  const page = await open();
  await page.evaluate(`{ ${code} } footfall.track('after'); window.isAlive = true;`);
  expect(await page.evaluate('window.isAlive')).toBe(true);
});
