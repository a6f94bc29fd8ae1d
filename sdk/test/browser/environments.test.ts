import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventsOf, type Setup, useBrowser } from './setup.js';

const setUp = useBrowser();

const guide = readFileSync(new URL('../../../docs/install.md', import.meta.url), 'utf8');

/** Where the SDK may find itself, what the guide says of it, and what holds it to that. */
const environments: { place: string; answer: string; run(setup: Setup): Promise<void> }[] = [
  { place: 'the script loaded twice', answer: 'works; the second stays quiet', run: loadedTwice },
  { place: 'two sites at once', answer: 'works; each has its own queue', run: twoSites },
  { place: 'an iframe', answer: 'works, as a page of its own', run: inFrame },
  {
    place: 'a sandboxed iframe (`allow-scripts`)',
    answer: 'works in memory where the site lists the origin `null`, else quiet',
    run: inSandbox,
  },
  {
    place: 'no `keepalive` in fetch',
    answer: 'works; the last batch of a page goes as a beacon',
    run: withoutKeepalive,
  },
  {
    place: 'no Web Locks',
    answer: 'works; tabs take turns by a lease',
    run: without('Navigator.prototype.locks'),
  },
  {
    place: 'no CompressionStream',
    answer: 'works; batches go uncompressed',
    run: without('window.CompressionStream'),
  },
  {
    place: 'storage denied or full',
    answer: 'works in memory: what waits is lost with the page',
    run: storageDenied,
  },
  { place: 'no fetch', answer: 'stays quiet', run: withoutFetch },
];

it.each(environments)('$place: $answer', async ({ place, answer, run }) => {
  expect(guide).toContain(`| ${place} | ${answer} |`);
  await run(await setUp());
});

const trackIn = `footfall.track('here')`;

async function loadedTwice({ server, site, open }: Setup): Promise<void> {
  site.serve({ scripts: 2 });
  const page = await open();
  await page.evaluate(trackIn);
  await eventsOf(server, 'custom');
  expect(server.stored().map(({ type }) => type)).toEqual(['pageview', 'custom']);
}

async function twoSites({ server, site, open }: Setup): Promise<void> {
  const start = (name: string) =>
    `init({ site: '${name}', endpoint: '${server.origin}', captures: [pageview()] }).track('of ${name}');`;
  site.serve({
    scripts: 0,
    body: `<script type="module">import { init, pageview } from '/module.js'; ${start('one')} ${start('two')}</script>`,
  });
  await open();
  await eventsOf(server, 'custom', 2);
  const sent = server.received.map(({ query, batch }) => [query.get('site'), batch.events.map(nameOrType)]);
  expect(Object.fromEntries(sent)).toEqual({ one: ['pageview', 'of one'], two: ['pageview', 'of two'] });
}

function nameOrType(event: { type: string; name?: string | undefined }): string {
  return event.name ?? event.type;
}

async function inFrame({ server, site, open }: Setup): Promise<void> {
  site.serve({
    pages: { '/outer': '<!doctype html><link rel="icon" href="data:,"><iframe src="/inner"></iframe>' },
  });
  await open('/outer');
  expect(await eventsOf(server, 'pageview')).toMatchObject([{ url: `${site.origin}/inner` }]);
}

async function inSandbox({ server, site, open }: Setup): Promise<void> {
  const outer =
    '<!doctype html><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="/inner"></iframe>';
  site.serve({
    pages: { '/outer': outer },
    body: `<script>addEventListener('load', () => ${trackIn})</script>`,
  });
  await open('/outer');
  await eventsOf(server, 'custom');
  // What the collector answers to an origin that no site lists.
  server.answer({ status: 403 });
  const asked = server.received.length;
  await open('/outer');
  await server.until(() => server.received.length > asked);
}

async function withoutKeepalive({ server, site, open }: Setup): Promise<void> {
  site.serve({ body: '<script>delete Request.prototype.keepalive;</script>' });
  const page = await open();
  await eventsOf(server, 'pageview');
  await page.evaluate(trackIn);
  await page.goto('about:blank');
  await eventsOf(server, 'custom');
}

function without(property: string): (setup: Setup) => Promise<void> {
  return async ({ server, site, open }) => {
    site.serve({ body: `<script>delete ${property}</script>` });
    const page = await open();
    await page.evaluate(`for (let n = 0; n < 20; n++) ${trackIn}`);
    await eventsOf(server, 'custom', 20);
    expect(server.received.some(({ isGzip }) => isGzip)).toBe(!property.includes('Compression'));
  };
}

async function storageDenied({ server, site, open }: Setup): Promise<void> {
  const deny = `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })`;
  site.serve({ body: `<script>${deny}</script>` });
  const page = await open();
  await page.evaluate(trackIn);
  await eventsOf(server, 'custom');
}

async function withoutFetch({ server, site, open }: Setup): Promise<void> {
  site.serve({ body: '<script>window.fetch = undefined</script>' });
  const page = await open();
  await page.evaluate(`${trackIn}; footfall.flush()`);
  expect(server.received).toEqual([]);
}
