import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

const root = fileURLToPath(new URL('../../../examples/recipes/', import.meta.url));
const recipes = [
  { name: 'react', client: 'client.tsx', server: 'server.tsx' },
  { name: 'vue', client: 'client.ts', server: 'server.ts' },
  { name: 'svelte', client: 'client.ts', server: 'server.ts' },
  { name: 'next', client: 'client.tsx', server: 'server.tsx' },
  { name: 'nuxt', client: 'client.ts', server: 'server.ts' },
];

let outDir: string;

beforeAll(async () => {
  // The test runner's own NODE_ENV would make development builds.
  process.env.NODE_ENV = 'production';
  outDir = await mkdtemp(join(tmpdir(), 'footfall-recipes-'));
});
afterAll(() => rm(outDir, { recursive: true }));

/** Builds one file of a recipe as its users do, and returns where the result is. */
async function buildFile(
  file: string,
  { ssr, endpoint }: { ssr: boolean; endpoint: string },
): Promise<string> {
  const dir = join(outDir, file);
  await build({
    root,
    logLevel: 'error',
    define: {
      'import.meta.env.VITE_FOOTFALL_ENDPOINT': JSON.stringify(endpoint),
      'process.env.NEXT_PUBLIC_FOOTFALL_ENDPOINT': JSON.stringify(endpoint),
    },
    resolve: { alias: { '#app': join(root, 'nuxt/define-plugin.ts') } },
    // In one file, since it is served from a folder that has no packages beside it.
    ssr: { noExternal: true },
    build: {
      ssr,
      outDir: dir,
      emptyOutDir: true,
      rollupOptions: { input: join(root, file), output: { entryFileNames: 'built.mjs' } },
    },
  });
  return join(dir, 'built.mjs');
}

async function renderOnServer(file: string, endpoint: string): Promise<string> {
  const built = await buildFile(file, { ssr: true, endpoint });
  const { render } = await import(/* @vite-ignore */ pathToFileURL(built).href);
  return render();
}

it.each(recipes)(
  '$name: renders on a server, and counts pages, events and errors in the browser',
  async ({ name, client, server: serverFile }) => {
    const { server, site, open } = await setUp();
    const html = await renderOnServer(`${name}/${serverFile}`, server.origin);
    expect(html).toContain('Sign up');
    expect(server.received).toEqual([]);

    const script = await readFile(
      await buildFile(`${name}/${client}`, { ssr: false, endpoint: server.origin }),
      'utf8',
    );
    site.serve({ scripts: 0, body: `<div id="root">${html}</div><script type="module">${script}</script>` });
    const page = await open('/welcome');
    page.removeAllListeners('pageerror');
    await eventsOf(server, 'pageview');
    await page.click('#prices');
    await page.click('#signup');
    await page.click('#break');

    const pageviews = await eventsOf(server, 'pageview', 2);
    expect(pageviews.map(({ url }) => new URL(url).pathname)).toEqual(['/welcome', '/prices']);
    expect(await eventsOf(server, 'custom')).toMatchObject([{ name: 'signup', props: { plan: 'team' } }]);
    expect(await eventsOf(server, 'error')).toMatchObject([
      { props: { message: expect.stringContaining('broken') } },
    ]);
  },
);
