import { expect, test } from 'vitest';
import { readCampaign } from '../../../src/ingest/enrich/campaign.js';
import { splitUrl } from '../../../src/ingest/enrich/url.js';
import { readFixture } from './read-fixture.js';

type Row = { url: string; expect: Record<string, string | null> };

const fields = {
  utm_source: 'source',
  utm_medium: 'medium',
  utm_campaign: 'campaign',
  utm_content: 'content',
  utm_term: 'term',
  ref: 'source',
} as const;

function isField(name: string): name is keyof typeof fields {
  return name in fields;
}

test.for(readFixture<Row>('url/utm-cases.jsonl'))('$url', ({ url, expect: wanted }) => {
  const campaign = readCampaign(splitUrl(url).params);
  for (const [name, value] of Object.entries(wanted)) {
    if (isField(name)) expect(campaign[fields[name]]).toBe(value);
    else expect(readCampaign(new URLSearchParams({ [name]: value ?? '' })).clickId).toBe(name);
  }
});

test('a click id is known by its name, its value is not kept, and one that means "paid" goes first', () => {
  const campaign = readCampaign(new URLSearchParams('fbclid=secret1&gclid=secret2'));
  expect(campaign.clickId).toBe('gclid');
  expect(JSON.stringify(campaign)).not.toContain('secret');
});

test('ref stands in for a missing utm_source only', () => {
  expect(readCampaign(new URLSearchParams('ref=producthunt'))).toMatchObject({
    source: 'producthunt',
    medium: 'referral',
  });
  expect(readCampaign(new URLSearchParams('ref=a&utm_source=b'))).toMatchObject({
    source: 'b',
    medium: null,
  });
});

test('no query is no campaign', () => {
  const none = { source: null, medium: null, campaign: null, content: null, term: null, clickId: null };
  expect(readCampaign(null)).toEqual(none);
  expect(readCampaign(new URLSearchParams('utm_source=%20&utm_medium='))).toEqual(none);
});
