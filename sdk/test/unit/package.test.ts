import { readFileSync } from 'node:fs';
import type { Batch, Event } from '@footfall/schema';
import { expect, expectTypeOf, it } from 'vitest';
import * as surface from '../../src/index.js';
import { init } from '../../src/index.js';
import { version } from '../../src/version.js';
import type { WireBatch, WireEvent } from '../../src/wire.js';

it('has the version of its package', () => {
  const { version: stated } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect(version).toBe(stated);
});

it('sends events and batches of the types that the schema describes', () => {
  expectTypeOf<WireEvent>().toExtend<Event>();
  expectTypeOf<WireBatch>().toExtend<Batch>();
});

it('offers these names', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'click',
    'engagement',
    'error',
    'form',
    'init',
    'pageVisibility',
    'pageview',
    'scroll',
    'textCopy',
    'whenQuiet',
  ]);
});

it('is silent where there is no page', async () => {
  const footfall = init({ site: 'demo', endpoint: 'https://stats.example', captures: [surface.pageview()] });
  footfall.track('signup');
  footfall.stop();
  await expect(footfall.flush()).resolves.toBeUndefined();
});
