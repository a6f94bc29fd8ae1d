import { expect, it } from 'vitest';
import { optionsFrom } from '../../src/script-options.js';

const src = 'https://stats.example/sdk.js';

it('needs only the site', () => {
  expect(optionsFrom({ src, dataset: { site: 'demo' } })).toMatchObject({
    site: 'demo',
    endpoint: 'https://stats.example',
    persistQueue: true,
    hash: false,
    debug: false,
    allowQuery: [],
    allowFields: [],
    captures: ['pageview', 'click', 'scroll', 'engagement', 'form', 'error', 'vitals'],
    consoleErrors: false,
  });
});

it('reads lists, switches and states', () => {
  const dataset = {
    allowQuery: 'page, sort',
    allowFields: 'plan',
    captures: 'pageview, copy',
    consoleErrors: '',
    hash: '',
    persistQueue: 'false',
    consent: 'denied',
    whenDenied: 'cookieless',
  };
  expect(optionsFrom({ src, dataset })).toMatchObject({
    allowQuery: ['page', 'sort'],
    allowFields: ['plan'],
    captures: ['pageview', 'copy'],
    consoleErrors: true,
    hash: true,
    persistQueue: false,
    consent: 'denied',
    whenDenied: 'cookieless',
  });
});
