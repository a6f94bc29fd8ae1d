import { expect, it } from 'vitest';
import { optionsFrom } from '../../src/script-options.js';

const src = 'https://stats.example/sdk.js';

it('needs only the site', () => {
  expect(optionsFrom({ src, dataset: { site: 'demo' } })).toMatchObject({
    site: 'demo',
    endpoint: 'https://stats.example',
    identity: 'cookieless',
    consent: 'granted',
    persistQueue: true,
    hash: false,
    debug: false,
  });
});

it('reads lists, switches and states', () => {
  const dataset = {
    allowQuery: 'page, sort',
    allowFields: 'plan',
    hash: '',
    persistQueue: 'false',
    consent: 'Denied',
  };
  expect(optionsFrom({ src, dataset })).toMatchObject({
    allowQuery: ['page', 'sort'],
    allowFields: ['plan'],
    hash: true,
    persistQueue: false,
    consent: 'pending',
  });
});
