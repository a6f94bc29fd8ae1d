import { expect, test } from 'vitest';
import { type ChannelInput, classifyChannel } from '../../../src/ingest/enrich/channel.js';
import { classifyReferrer } from '../../../src/ingest/enrich/referrer.js';
import { measure } from './measure.js';
import { readFixture } from './read-fixture.js';

type Row = { input: ChannelInput; expect: { channel: string } };

test("GA4's default channel group: every case is right", () => {
  const rows = readFixture<Row>('referrer/ga4-channels.jsonl').map((row) => ({
    label: JSON.stringify(row.input),
    wanted: row.expect.channel,
    got: classifyChannel(row.input),
  }));
  expect(rows.length).toBe(30);
  expect(measure(rows)).toEqual({ rate: 1, wrong: [] });
});

test.for<[channel: string, input: ChannelInput]>([
  ['Direct', {}],
  ['Direct', { source: '(direct)', medium: '(none)', campaign: 'ignored' }],
  ['Unassigned', { campaign: 'spring' }],
  ['Unassigned', { source: 'partner' }],
  ['Paid Shopping', { source: 'amazon.de', medium: 'cpc' }],
  ['Paid Search', { source: 'GOOGLE', medium: 'CPC' }],
  ['Paid Search', { clickId: 'gclid' }],
  ['Paid Search', { source: 'google', clickId: 'gclid' }],
  ['Paid Search', { source: 'google', medium: 'cpm' }],
  ['Display', { source: 'partner', medium: 'cpm' }],
  ['Display', { clickId: 'dclid' }],
  ['Paid Social', { clickId: 'ttclid' }],
  ['Organic Social', { clickId: 'fbclid' }],
  ['Email', { source: 'letter', medium: 'email', clickId: 'mc_eid' }],
  ['Paid Other', { source: 'chatgpt.com', medium: 'cpc' }],
  ['AI Assistants', { source: 'chatgpt.com' }],
  ['AI Assistants', { source: 'perplexity', medium: 'referral' }],
  ['AI Assistants', { medium: 'ai-assistant', campaign: '(ai-assistant)' }],
  ['Affiliates', { clickId: 'irclickid' }],
  ['SMS', { source: 'SMS' }],
])('%s: %o', ([channel, input]) => {
  expect(classifyChannel(input)).toBe(channel);
});

test.for([
  ['Organic Search', 'https://www.google.com/'],
  ['Organic Social', 'https://l.instagram.com/'],
  ['Organic Video', 'https://www.youtube.com/'],
  ['Organic Shopping', 'https://www.amazon.de/'],
  ['AI Assistants', 'https://claude.ai/'],
  ['Email', 'https://outlook.live.com/'],
  ['Referral', 'https://blog.example/'],
  ['Direct', 'https://shop.example/'],
  ['Direct', 'about:blank'],
] as const)('%s: a visit without campaign from %s', ([channel, referrer]) => {
  expect(classifyChannel({ referrer: classifyReferrer(referrer, 'shop.example') })).toBe(channel);
});

test('a campaign outweighs the referrer, and takes from it the source that it lacks', () => {
  const referrer = classifyReferrer('https://www.google.com/', null);
  expect(classifyChannel({ source: 'letter', medium: 'email', referrer })).toBe('Email');
  expect(classifyChannel({ medium: 'cpc', referrer })).toBe('Paid Search');
});
