import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSite } from '../../src/access/sites.js';
import { askQuery, makeKey } from '../ask-query.js';
import { chrome, newId, startTestCollector, type TestCollector } from '../test-collector.js';

// Questions from the tests of Plausible's Stats API v2 (https://github.com/plausible/analytics,
// test/plausible_web/controllers/api/external_stats_controller): events of the same kind, the same body, the same numbers.
// Where ours differ on purpose, `peer` holds what Plausible answers, and docs/querying.md says why.

const now = Date.parse('2021-02-01T12:00:00Z');
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1';
const google = 'https://www.google.com/';

type Given = {
  /** Somebody else each time where nobody is named. */
  user?: string;
  at?: string;
  /** Of a custom event; a pageview has none. */
  name?: string;
  type?: string;
  path?: string;
  host?: string;
  referrer?: string;
  agent?: string;
  props?: Record<string, unknown>;
  value?: number;
  currency?: string;
};
type Row = [dimensions: (string | null)[], metrics: unknown[]];
type Case = {
  is: string;
  given: Given[];
  goals?: { name: string; kind: 'event' | 'page'; pattern: string }[];
  timezone?: string;
  ask: Record<string, unknown>;
  answer: Row[];
  peer?: Row[];
};

let collector: TestCollector;
let owner: string;
let count = 0;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now, keepsJobs: false });
  owner = await makeKey(collector, 'owner');
});
afterAll(() => collector.stop());

async function plant({ given, goals = [], timezone = 'UTC' }: Case): Promise<string> {
  count += 1;
  const site = `peer-${count}`;
  await addSite(collector.database, { site, siteKey: site, retentionDays: null, timezone });
  for (const goal of goals) {
    const headers = { authorization: `Bearer ${owner}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ site, ...goal });
    const made = await fetch(`${collector.origin}/api/v1/goals`, { method: 'POST', headers, body });
    expect(made.status).toBe(201);
  }
  await Promise.all(given.map((one, at) => send(site, one, at)));
  return site;
}

async function send(site: string, given: Given, index: number): Promise<void> {
  const { user = `stranger ${index}`, at = '2021-01-01T00:00', agent = chrome, ...rest } = given;
  const { path = '/', host = 'a.example', name, type = name ? 'custom' : 'pageview', ...more } = rest;
  const ts = Date.parse(`${at}Z`);
  const event = { id: newId(ts), ts, type, name, url: `https://${host}${path}`, ...more };
  const body = { sentAt: now, visitor: { id: user }, events: [event] };
  const answer = await collector.send(body, { site, headers: { 'user-agent': agent } });
  expect(answer.body).toMatchObject({ accepted: 1 });
}

const hour = (time: string) => `2021-01-01T${time}`;
const twoAndOne: Given[] = [
  { user: 'a', at: hour('00:00') },
  { user: 'a', at: hour('00:25') },
  { at: hour('00:00') },
];
const fromGoogle: Given[] = [
  { user: 'a', at: hour('00:00'), referrer: google },
  { user: 'a', at: hour('00:25') },
  { at: hour('00:00') },
];
const tagged: Given[] = [
  { user: 'a', at: hour('00:00'), path: '/?utm_medium=Social' },
  { user: 'a', at: hour('00:25') },
  { at: hour('00:00') },
];
const pages = (...paths: string[]): Given[] => paths.map((path) => ({ path }));
const signups: Given[] = [
  { name: 'Signup' },
  { name: 'Signup', user: 'a', at: hour('00:25') },
  { name: 'Signup', user: 'a', at: hour('00:26') },
  { name: 'NotConfigured', at: hour('00:25') },
];
const signup = { name: 'Signup', kind: 'event', pattern: 'Signup' } as const;
const blog = { name: 'Visit /blog**', kind: 'page', pattern: '/blog**' } as const;
const fourMetrics = ['pageviews', 'visitors', 'bounce_rate', 'visit_duration'];
const total = (...metrics: unknown[]): Row[] => [[[], metrics]];
const sales: Given[] = [
  { name: 'Purchase', value: 100.3, currency: 'USD' },
  { name: 'Payment', value: 40.3, currency: 'USD' },
  { name: 'Payment', value: 60.6, currency: 'USD' },
  { name: 'Subscription', value: 100, currency: 'EUR' },
];
const authors: Given[] = [
  { path: '/blog/1', props: { author: 'Uku' } },
  { path: '/blog/2', props: { author: 'Uku' } },
  { path: '/blog/3', props: { author: 'Uku' } },
  { path: '/blog/1', props: { author: 'Marko' } },
  { user: 'm', path: '/blog/2', props: { author: 'Marko' } },
  { user: 'm', at: hour('00:01'), path: '/blog/3', props: { author: 'Marko' } },
  { path: '/blog' },
  { path: '/', props: { author: 'Marko' } },
  { path: '/' },
];
const browsers: Given[] = [
  { props: { browser: 'Chrome' } },
  { props: { browser: 'Chrome' } },
  { agent: phone },
  { agent: firefox, props: { browser: 'Firefox' } },
];

const cases: Case[] = [
  { is: 'a metric', given: twoAndOne, ask: { metrics: ['pageviews'] }, answer: total(3) },
  {
    is: 'all metrics',
    given: twoAndOne,
    ask: { metrics: ['pageviews', 'visits', 'views_per_visit', 'visitors', 'bounce_rate', 'visit_duration'] },
    answer: total(3, 2, 1.5, 2, 50, 750),
  },
  {
    is: 'a source',
    given: fromGoogle,
    ask: { metrics: fourMetrics, filters: [['is', 'visit:source', ['Google']]] },
    answer: total(2, 1, 0, 1500),
  },
  {
    is: 'no source',
    given: fromGoogle,
    ask: { metrics: ['visitors'], filters: [['is', 'visit:source', ['Direct / None']]] },
    answer: total(1),
  },
  {
    is: 'a channel',
    given: fromGoogle,
    ask: { metrics: ['visitors'], filters: [['is', 'visit:channel', ['Organic Search']]] },
    answer: total(1),
  },
  {
    is: 'a campaign without regard to case',
    given: tagged,
    ask: {
      metrics: fourMetrics,
      filters: [['is', 'visit:utm_medium', ['sociaL'], { case_sensitive: false }]],
    },
    answer: total(2, 1, 0, 1500),
  },
  {
    is: 'no campaign, by the name that Plausible gives it',
    given: tagged,
    ask: { metrics: ['visitors'], filters: [['is', 'visit:utm_medium', ['(not set)']]] },
    answer: total(1),
  },
  {
    is: 'any campaign',
    given: tagged,
    ask: { metrics: ['pageviews'], filters: [['is_not', 'visit:utm_medium', ['(not set)']]] },
    answer: total(2),
  },
  {
    is: 'engagement is an event of ours',
    given: [
      { user: 'a' },
      { user: 'a', at: hour('00:00:03'), type: 'engagement', props: { engagedMs: 1_000 } },
    ],
    ask: { metrics: ['events', 'bounce_rate', 'visit_duration'] },
    answer: total(2, 100, 3),
    peer: total(1, 100, 0),
  },
  {
    is: 'a page: bounces of all visits that viewed it',
    given: [
      { user: 'a', at: hour('00:00') },
      { user: 'a', at: hour('00:25'), path: '/blogpost' },
      { at: hour('00:00') },
      { at: hour('00:00'), path: '/blogpost' },
    ],
    ask: { metrics: fourMetrics, filters: [['is', 'event:page', ['/blogpost']]] },
    answer: total(2, 2, 50, 750),
    peer: total(2, 2, 100, 750),
  },
  {
    is: 'an event by its name, without regard to case',
    given: signups,
    ask: {
      metrics: ['visitors', 'pageviews'],
      filters: [['is', 'event:name', ['signup'], { case_sensitive: false }]],
    },
    answer: total(2, 0),
  },
  {
    is: 'a goal',
    given: signups,
    goals: [signup],
    ask: { metrics: ['visitors', 'events'], filters: [['is', 'event:goal', ['Signup']]] },
    answer: total(2, 3),
  },
  {
    is: 'a goal without regard to case',
    given: signups,
    goals: [signup],
    ask: {
      metrics: ['visitors', 'events'],
      filters: [['is', 'event:goal', ['signup'], { case_sensitive: false }]],
    },
    answer: total(2, 3),
  },
  {
    is: 'an event that no goal is made for, without regard to case',
    given: signups,
    ask: {
      metrics: ['visitors', 'events'],
      filters: [['is', 'event:goal', ['SIGNUP'], { case_sensitive: false }]],
    },
    answer: total(2, 3),
  },
  {
    is: 'a page goal with wildcards',
    given: [
      ...pages('/blog/post-1', '/'),
      { user: 'a', path: '/blog/post-2' },
      { user: 'a', at: hour('00:01'), path: '/blog' },
    ],
    goals: [blog],
    ask: { metrics: ['visitors', 'pageviews'], filters: [['is', 'event:goal', ['Visit /blog**']]] },
    answer: total(2, 3),
  },
  {
    is: 'several goals',
    given: [
      ...pages('/account/register', '/'),
      { user: 'a', path: '/register' },
      { user: 'a', at: hour('00:01'), name: 'Signup' },
    ],
    ask: {
      metrics: ['visitors', 'events', 'pageviews'],
      filters: [['is', 'event:goal', ['Signup', 'Visit /**register']]],
    },
    answer: total(2, 3, 2),
  },
  {
    is: 'and, or, not',
    given: pages('/en/page1', '/en/page2', '/eng/page1', '/pl/page1', '/gb/page1'),
    ask: {
      metrics: ['visitors'],
      filters: [
        [
          'or',
          [
            [
              'and',
              [
                ['contains', 'event:page', ['/en']],
                ['not', ['contains', 'event:page', ['/eng']]],
              ],
            ],
            ['contains', 'event:page', ['/gb']],
          ],
        ],
      ],
    },
    answer: total(3),
  },
  {
    is: 'a page contains a text that is no pattern',
    given: pages('/blog/post|1', '/otherpost|1', '/blog/post|2', '/something-else', '/100%', '/x'),
    ask: { metrics: ['visitors'], filters: [['contains', 'event:page', ['post|1', '/something-else', '%']]] },
    answer: total(4),
  },
  {
    is: 'a page contains a text without regard to case',
    given: pages('/en/page1', '/EN/page2', '/pl/page1'),
    ask: {
      metrics: ['visitors'],
      filters: [['contains_not', 'event:page', ['/En/'], { case_sensitive: false }]],
    },
    answer: total(1),
  },
  {
    is: 'a page matches',
    given: pages('/user/1234', '/user/789/x', '/blog/user/1234', '/user/ef/x', '/other/path'),
    ask: { metrics: ['visitors'], filters: [['matches', 'event:page', ['^/user/[0-9]+']]] },
    answer: total(2),
  },
  {
    is: 'a page does not match',
    given: pages('/user/1234', '/user/789/x', '/blog/user/1234', '/user/ef/x', '/other/path'),
    ask: { metrics: ['visitors'], filters: [['matches_not', 'event:page', ['^/user/\\d+']]] },
    answer: total(3),
  },
  {
    is: 'properties: contains_not holds for what is not set',
    given: [
      { props: { tier: 'large-1', value: 'ax' } },
      { props: { tier: 'small-1', value: 'bx' } },
      { props: { tier: 'small-1', value: 'ax' } },
      { props: { tier: 'small-2', value: 'cx' } },
      { props: { tier: 'small-3' } },
      { props: { value: 'ax' } },
      {},
    ],
    ask: {
      metrics: ['visitors'],
      filters: [
        ['contains', 'event:props:tier', ['small']],
        ['contains_not', 'event:props:value', ['b', 'c']],
      ],
    },
    answer: total(2),
    peer: total(1),
  },
  {
    is: 'hours of a day, with their offset',
    given: [{ user: 'a', at: hour('00:00') }, { user: 'a', at: hour('00:10') }, { at: hour('23:59') }],
    ask: {
      metrics: ['visitors', 'pageviews', 'visits', 'visit_duration', 'bounce_rate'],
      date_range: ['2021-01-01', '2021-01-01'],
      dimensions: ['time:hour'],
    },
    answer: [
      [['2021-01-01T00:00:00+00:00'], [1, 2, 1, 600, 0]],
      [['2021-01-01T23:00:00+00:00'], [1, 1, 1, 0, 100]],
    ],
    peer: [
      [['2021-01-01 00:00:00'], [1, 2, 1, 600, 0]],
      [['2021-01-01 23:00:00'], [1, 1, 1, 0, 100]],
    ],
  },
  {
    is: 'weeks, by their Monday',
    given: [{ at: '2021-01-01T00:00' }, { at: '2021-01-03T23:59' }, { at: '2021-01-07T23:59' }],
    ask: { metrics: ['visitors'], date_range: ['2021-01-01', '2021-01-07'], dimensions: ['time:week'] },
    answer: [
      [['2020-12-28'], [2]],
      [['2021-01-04'], [1]],
    ],
    peer: [
      [['2021-01-01'], [2]],
      [['2021-01-04'], [1]],
    ],
  },
  {
    is: 'a course in another order',
    given: ['01', '02', '02', '02', '03', '03', '04', '04'].map((at) => ({ at: `2021-01-${at}T00:00` })),
    ask: {
      metrics: ['pageviews'],
      date_range: ['2021-01-01', '2021-01-31'],
      dimensions: ['time'],
      order_by: [
        ['pageviews', 'desc'],
        ['time', 'asc'],
      ],
    },
    answer: [
      [['2021-01-02'], [3]],
      [['2021-01-03'], [2]],
      [['2021-01-04'], [2]],
      [['2021-01-01'], [1]],
    ],
  },
  {
    is: 'hours of a timezone that differs by 5:45',
    timezone: 'Asia/Katmandu',
    given: ['05:00', '05:15', '05:30', '05:45', '06:00', '06:15', '06:30'].map((at) => ({
      at: `2021-01-02T${at}`,
    })),
    ask: { metrics: ['visits'], date_range: ['2021-01-02', '2021-01-02'], dimensions: ['time:hour'] },
    answer: [
      [['2021-01-02T10:00:00+05:45'], [1]],
      [['2021-01-02T11:00:00+05:45'], [4]],
      [['2021-01-02T12:00:00+05:45'], [2]],
    ],
    peer: [
      [['2021-01-02 10:00:00'], [1]],
      [['2021-01-02 11:00:00'], [4]],
      [['2021-01-02 12:00:00'], [2]],
    ],
  },
  {
    is: 'sources and their share',
    given: [
      ...[google, google, google, 'https://www.bing.com/', 'https://www.bing.com/'].map((referrer) => ({
        referrer,
      })),
      {},
    ],
    ask: { metrics: ['visitors', 'percentage'], dimensions: ['visit:source'] },
    answer: [
      [['Google'], [3, 50]],
      [['Bing'], [2, 33.33]],
      [[null], [1, 16.67]],
    ],
    peer: [
      [['Google'], [3, 50]],
      [['Bing'], [2, 33.3]],
      [['Direct / None'], [1, 16.7]],
    ],
  },
  {
    is: 'a dimension of visits and a host: visits that were there at any time',
    given: [
      { user: 'a', host: 'two.example', path: '/?utm_campaign=ad' },
      { user: 'a', host: 'one.example', at: hour('00:15') },
    ],
    ask: {
      metrics: ['visitors'],
      dimensions: ['visit:utm_campaign'],
      filters: [['is', 'event:hostname', ['one.example']]],
    },
    answer: [[['ad'], [1]]],
    peer: [],
  },
  {
    is: 'hosts',
    given: ['a.example', 'a.example', 'a.example', 'b.example'].map((host) => ({ host })),
    ask: { metrics: ['pageviews'], dimensions: ['event:hostname'] },
    answer: [
      [['a.example'], [3]],
      [['b.example'], [1]],
    ],
  },
  {
    is: 'names of events',
    given: [{ name: 'Signup' }, { name: 'Signup' }, { at: hour('00:25') }],
    ask: { metrics: ['visitors'], dimensions: ['event:name'] },
    answer: [
      [['Signup'], [2]],
      [['pageview'], [1]],
    ],
  },
  {
    is: 'a property that some do not have',
    given: [16, 16, 16, undefined, 14, 14].map((cost) => ({
      name: 'Purchase',
      ...(cost !== undefined && { props: { cost: String(cost) } }),
    })),
    ask: {
      metrics: ['visitors'],
      dimensions: ['event:props:cost'],
      filters: [['is', 'event:name', ['Purchase']]],
    },
    answer: [
      [['16'], [3]],
      [['14'], [2]],
      [[null], [1]],
    ],
    peer: [
      [['16'], [3]],
      [['14'], [2]],
      [['(none)'], [1]],
    ],
  },
  {
    is: 'a property, or none of it',
    given: browsers,
    ask: { metrics: ['visitors'], filters: [['is', 'event:props:browser', ['Chrome', '(none)']]] },
    answer: total(3),
  },
  {
    is: 'a property without regard to case, and another that is not',
    given: browsers,
    ask: {
      metrics: ['visitors'],
      filters: [
        ['is', 'event:props:browser', ['CHROME', 'fireFox'], { case_sensitive: false }],
        ['is_not', 'event:props:browser', ['chrome'], { case_sensitive: false }],
      ],
    },
    answer: total(1),
  },
  {
    is: 'browsers but one',
    given: [{}, { agent: phone }, { agent: phone }, { agent: firefox }],
    ask: {
      metrics: ['visitors'],
      dimensions: ['visit:browser'],
      filters: [['is_not', 'visit:browser', ['Chrome']]],
    },
    answer: [
      [['Safari'], [2]],
      [['Firefox'], [1]],
    ],
  },
  {
    is: 'metrics of visits by page: of all visits that viewed it',
    given: [
      { user: 'a', path: '/' },
      { user: 'a', path: '/p', at: hour('00:10') },
      { path: '/', at: hour('00:25') },
      { path: '/p' },
    ],
    ask: {
      metrics: ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration'],
      dimensions: ['event:page'],
      order_by: [['event:page', 'desc']],
    },
    answer: [
      [['/p'], [2, 2, 2, 50, 300]],
      [['/'], [2, 2, 2, 50, 300]],
    ],
    peer: [
      [['/p'], [2, 2, 2, 100, 0]],
      [['/'], [2, 2, 2, 50, 300]],
    ],
  },
  {
    is: 'all that goals have, by goal',
    given: [
      { name: 'Signup', user: 'a' },
      { name: 'Signup', user: 'a', at: hour('00:01') },
      ...pages('/blog', '/blog/post', '/'),
    ],
    goals: [signup, blog],
    ask: { metrics: ['visitors', 'events', 'conversion_rate'], dimensions: ['event:goal'] },
    answer: [
      [['Visit /blog**'], [2, 2, 50]],
      [['Signup'], [1, 2, 25]],
    ],
  },
  {
    is: 'each custom event where no goal is made',
    given: [...pages('/register'), { name: 'Signup' }],
    ask: { metrics: ['visitors'], dimensions: ['event:goal'] },
    answer: [[['Signup'], [1]]],
    peer: [],
  },
  {
    is: 'goals that contain a text',
    given: [
      ...pages('/conversion'),
      ...['conversion: 1', 'conversion: 1', 'conversion: 2', 'x'].map((name) => ({ name })),
    ],
    goals: [
      { name: 'conversion: 1', kind: 'event', pattern: 'conversion: 1' },
      { name: 'conversion: 2', kind: 'event', pattern: 'conversion: 2' },
      { name: 'x', kind: 'event', pattern: 'x' },
      { name: 'Visit /conversion', kind: 'page', pattern: '/conversion' },
    ],
    ask: {
      metrics: ['visitors'],
      dimensions: ['event:goal'],
      filters: [['contains', 'event:goal', ['CONVERSION'], { case_sensitive: false }]],
    },
    answer: [
      [['conversion: 1'], [2]],
      [['Visit /conversion'], [1]],
      [['conversion: 2'], [1]],
    ],
    peer: [
      [['conversion: 1'], [2]],
      [['conversion: 2'], [1]],
      [['Visit /conversion'], [1]],
    ],
  },
  {
    is: 'conversion by a property',
    given: authors,
    goals: [blog],
    ask: {
      metrics: ['visitors', 'events', 'conversion_rate'],
      dimensions: ['event:props:author'],
      filters: [['is', 'event:goal', ['Visit /blog**']]],
    },
    answer: [
      [['Uku'], [3, 3, 37.5]],
      [['Marko'], [2, 3, 25]],
      [[null], [1, 1, 12.5]],
    ],
    peer: [
      [['Uku'], [3, 3, 37.5]],
      [['Marko'], [2, 3, 25]],
      [['(none)'], [1, 1, 12.5]],
    ],
  },
  {
    is: 'conversion within a group, to two decimals',
    given: [
      { path: '/en' },
      { path: '/en', name: 'Signup' },
      { path: '/en', name: 'Signup' },
      { path: '/it', name: 'Signup', user: 'i' },
      { path: '/it', name: 'Signup', user: 'i', at: hour('00:01') },
      { path: '/it' },
    ],
    ask: {
      metrics: ['visitors', 'events', 'group_conversion_rate'],
      dimensions: ['event:page'],
      filters: [['is', 'event:goal', ['Signup']]],
    },
    answer: [
      [['/en'], [2, 2, 66.67]],
      [['/it'], [1, 2, 50]],
    ],
    peer: [
      [['/en'], [2, 2, 66.7]],
      [['/it'], [1, 2, 50]],
    ],
  },
  {
    is: 'revenue in one currency',
    given: [...sales, { name: 'Signup' }],
    ask: {
      metrics: ['events', 'average_revenue', 'total_revenue'],
      filters: [['is', 'event:goal', ['Signup', 'Purchase', 'Payment']]],
    },
    answer: total(
      4,
      { currency: 'USD', long: '$67.07', short: '$67.1', value: 67.07 },
      { currency: 'USD', long: '$201.20', short: '$201.2', value: 201.2 },
    ),
    peer: total(
      4,
      { currency: 'USD', long: '$67.07', short: '$67.1', value: 67.066 },
      { currency: 'USD', long: '$201.20', short: '$201.2', value: 201.2 },
    ),
  },
  {
    is: 'revenue in several currencies is none',
    given: sales,
    ask: {
      metrics: ['average_revenue', 'total_revenue'],
      filters: [['is', 'event:goal', ['Subscription', 'Payment']]],
    },
    answer: total(null, null),
  },
  {
    is: 'visits in which something was done',
    given: [
      { user: 'a', name: 'Conversion' },
      { user: 'a', at: hour('00:01') },
      { user: 'a', at: '2021-01-02T00:00' },
      { user: 'a', at: '2021-01-03T00:00', name: 'Conversion' },
      { user: 'a', at: '2021-01-03T00:01' },
      { user: 'b', name: 'Conversion' },
      { user: 'b', at: hour('00:01') },
    ],
    ask: {
      metrics: ['visitors', 'visits', 'events', 'pageviews'],
      filters: [['has_done', ['is', 'event:name', ['Conversion']]]],
    },
    answer: total(2, 3, 6, 3),
  },
  {
    is: 'visits in which something was not done',
    given: [
      { user: 'a', path: '/blog/post/1' },
      { user: 'a', at: hour('00:01') },
      { user: 'b' },
      { user: 'c', path: '/blog/post/1' },
    ],
    ask: {
      metrics: ['visitors', 'pageviews'],
      filters: [['has_not_done', ['contains', 'event:page', ['/blog/']]]],
    },
    answer: total(1, 1),
  },
  {
    is: 'a day that begins after a midnight that there was not',
    timezone: 'America/Asuncion',
    given: ['2021-01-23T12:00', '2021-01-24T02:58', '2021-01-24T03:00'].map((at) => ({ at })),
    ask: { metrics: ['pageviews'], date_range: ['2021-01-23', '2021-01-23'] },
    answer: total(2),
  },
];

test.each(cases)('$is', async (one) => {
  const site = await plant(one);
  const asked = { site_id: site, date_range: 'all', ...one.ask };
  const { status, body } = await askQuery(collector, asked, owner);
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  const rows = body.results.map(({ dimensions, metrics }): Row => [dimensions, metrics]);
  expect(rows).toEqual(one.answer);
  if (one.peer) expect(rows).not.toEqual(one.peer);
  // What the answer says was asked gives the same answer when it is asked.
  const again = await askQuery(collector, body.query, owner);
  expect(again).toMatchObject({ status: 200, body: { results: body.results } });
});

test.each([
  {
    ask: { metrics: ['conversion_rate'], dimensions: ['event:page'] },
    path: 'metrics[0]',
    says: 'event:goal',
  },
  { ask: { dimensions: ['badproperty'] }, path: 'dimensions[0]', says: 'none of the allowed' },
  { ask: { dimensions: ['event:props:'] }, path: 'dimensions[0]', says: 'none of the allowed' },
  { ask: { date_range: 'bad_period' }, path: 'date_range', says: 'none of the allowed' },
  { ask: { metrics: ['visitors', 'baa'] }, path: 'metrics[1]', says: 'none of the allowed' },
  { ask: { metrics: ['visitors', 'visitors'] }, path: 'metrics[1]', says: 'once' },
  { ask: { metrics: [] }, path: 'metrics', says: 'at least 1' },
  { ask: { filters: [['is', 'badproperty', ['bar']]] }, path: 'filters[0][1]', says: 'none of the allowed' },
  { ask: { filters: [['is', 'visit:country', []]] }, path: 'filters[0][2]', says: 'at least 1' },
  { ask: { filters: [['is', 'segment', [1]]] }, path: 'filters', says: 'segment' },
  { ask: { include: { time_labels: true } }, path: 'include.time_labels', says: 'time' },
  { ask: { order_by: [['pageviews', 'desc']] }, path: 'order_by[0][0]', says: 'none of the allowed' },
  { ask: { pagination: { limit: 0 } }, path: 'pagination.limit', says: 'at least 1' },
  { ask: { metrics: ['time_on_page'] }, path: 'metrics[0]', says: 'event:page' },
  { ask: { metrics: ['percentage'] }, path: 'metrics[0]', says: 'dimension' },
])('what Plausible refuses is refused: $ask', async ({ ask, path, says }) => {
  const asked = { site_id: 'demo', metrics: ['visitors'], date_range: 'all', ...ask };
  const { status, body } = await askQuery(collector, asked, owner);
  expect({ status, path: body.error?.path }).toEqual({ status: 400, path });
  expect(body.error?.message).toContain(says);
});

const course: Given[] = ['01T00:00', '01T00:25', '06T00:00', '07T00:00', '08T00:00'].map((at) => ({
  at: `2021-01-${at}`,
}));
const weekBefore = {
  date_range: ['2021-01-07', '2021-01-13'],
  include: { comparisons: { mode: 'previous_period' } },
};

test('a number beside that of the period before', async () => {
  const site = await plant({ is: '', given: course, ask: {}, answer: [] });
  const asked = { site_id: site, metrics: ['pageviews'], ...weekBefore };
  const { body } = await askQuery(collector, asked, owner);
  expect(body.results).toEqual([
    { dimensions: [], metrics: [2], comparison: { dimensions: [], metrics: [3], change: [-33] } },
  ]);
  const include = { ...weekBefore.include, zero_fill: true };
  const days = await askQuery(collector, { ...asked, dimensions: ['time:day'], include }, owner);
  const beside = (dimensions: string[], metrics: number[], change: number[]) => ({
    dimensions,
    metrics,
    change,
  });
  expect(days.body.results).toEqual([
    { dimensions: ['2021-01-07'], metrics: [1], comparison: beside(['2020-12-31'], [0], [100]) },
    { dimensions: ['2021-01-08'], metrics: [1], comparison: beside(['2021-01-01'], [2], [-50]) },
    { dimensions: ['2021-01-09'], metrics: [0], comparison: beside(['2021-01-02'], [0], [0]) },
    { dimensions: ['2021-01-10'], metrics: [0], comparison: beside(['2021-01-03'], [0], [0]) },
    { dimensions: ['2021-01-11'], metrics: [0], comparison: beside(['2021-01-04'], [0], [0]) },
    { dimensions: ['2021-01-12'], metrics: [0], comparison: beside(['2021-01-05'], [0], [0]) },
    { dimensions: ['2021-01-13'], metrics: [0], comparison: beside(['2021-01-06'], [1], [-100]) },
  ]);
});

test('pages of an answer, and labels of its time', async () => {
  const given = pages('/1', '/2', '/3', '/4', '/5', '/6', '/7', '/8');
  const site = await plant({ is: '', given, ask: {}, answer: [] });
  const asked = {
    site_id: site,
    metrics: ['pageviews'],
    date_range: 'all',
    dimensions: ['event:page'],
    order_by: [['event:page', 'asc']],
    include: { total_rows: true },
  };
  for (const [offset, paths] of [
    [0, ['/1', '/2', '/3']],
    [6, ['/7', '/8']],
    [9, []],
  ] as const) {
    const { body } = await askQuery(collector, { ...asked, pagination: { limit: 3, offset } }, owner);
    expect(body.results.map(({ dimensions }) => dimensions[0])).toEqual(paths);
    expect(body.meta.total_rows).toBe(8);
  }
  const days = { dimensions: ['time:day'], order_by: undefined, include: { time_labels: true } };
  const labelled = { ...asked, ...days, date_range: ['2020-01-01', '2021-01-07'] };
  const { body } = await askQuery(collector, labelled, owner);
  expect(body.meta.time_labels).toHaveLength(373);
});
