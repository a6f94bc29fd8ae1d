import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** What a server does that renders a page whose code imports the package: everything, and to no effect. */
const program = `
  const known = new Set(Object.getOwnPropertyNames(globalThis));
  const { init, ...captures } = await import('@footfall/sdk');
  const { webVitals } = await import('@footfall/sdk/web-vitals');
  const footfall = init({
    site: 'demo',
    endpoint: 'http://127.0.0.1:9',
    captures: [...Object.values(captures), webVitals].map((capture) => capture(() => {})),
  });
  footfall.track('signup', { plan: 'team' });
  footfall.pageview();
  footfall.identify('user-7');
  footfall.consent('granted');
  await footfall.flush();
  footfall.stop();
  console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis).filter((name) => !known.has(name))));`;

it('does nothing in plain Node, and keeps the process from nothing', async () => {
  const cwd = new URL('../..', import.meta.url);
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd });
  expect(await run).toEqual({ stdout: '[]\n', stderr: '' });
});
