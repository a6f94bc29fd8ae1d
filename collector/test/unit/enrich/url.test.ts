import { expect, test } from 'vitest';
import { splitUrl } from '../../../src/ingest/enrich/url.js';
import { measure } from './measure.js';
import { readFixture } from './read-fixture.js';

type Row = {
  input: string;
  expect: { failure?: true; protocol?: string; hostname?: string; pathname?: string };
};

test('the cases of the URL Standard: host and path are right, everything but http(s) is null', () => {
  const rows = readFixture<Row>('url/urltestdata.jsonl').map(({ input, expect: wanted }) => {
    const { host, path } = splitUrl(input);
    const isWeb = wanted.protocol === 'http:' || wanted.protocol === 'https:';
    return {
      label: input,
      wanted: isWeb ? `${wanted.hostname} ${wanted.pathname}` : 'null null',
      got: `${host} ${path}`,
    };
  });
  expect(rows.length).toBe(245);
  expect(measure(rows)).toEqual({ rate: 1, wrong: [] });
});

test('user, port, query and fragment are left out', () => {
  const { host, path, params } = splitUrl('HTTPS://user:secret@Shop.EXAMPLE:8443/Sale/?utm_source=a#top');
  expect([host, path, params?.get('utm_source')]).toEqual(['shop.example', '/Sale/', 'a']);
});

test.for([
  '',
  'about:blank',
  'javascript:alert(1)',
  'file:///etc/passwd',
  '/path',
  'shop.example/path',
  'https://',
])('"%s" is nulls', (url) => {
  expect(splitUrl(url)).toEqual({ host: null, path: null, params: null });
});
