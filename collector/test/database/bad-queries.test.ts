import { afterAll, beforeAll, expect, test } from 'vitest';
import { askQuery, makeKey } from '../ask-query.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
let collector: TestCollector;
let owner: string;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => noon, queryTimeoutMs: 1_500 });
  owner = await makeKey(collector, 'owner');
  const url = `https://a.example/${'abc'.repeat(600)}`;
  const event = { id: newId(noon), type: 'pageview', ts: noon, url };
  await collector.send({ sentAt: noon, events: [event] });
});
afterAll(async () => {
  expect(collector.logged).toEqual([]);
  await collector.stop();
});

const query = { site_id: 'demo', metrics: ['visitors'], date_range: 'day' };

function nest(depth: number): unknown {
  let filter: unknown = ['is', 'visit:country', ['DE']];
  for (let level = 0; level < depth; level++) filter = ['not', filter];
  return filter;
}

const many = Array.from({ length: 10_000 }, (_, at) => `value ${at}`);
const quoted = "Europe/Berlin'; drop table footfall.events; --";

type Case = [string, object, { path: string; hint?: string; expected?: string }];
const cases: Case[] = [
  ['no metrics', { metrics: [] }, { path: 'metrics' }],
  [
    'an unknown metric',
    { metrics: ['visitor'] },
    { path: 'metrics[0]', hint: 'did you mean visitors?', expected: 'visits' },
  ],
  ['a metric that is SQL', { metrics: ["visitors'; drop table x"] }, { path: 'metrics[0]' }],
  [
    'an unknown dimension',
    { dimensions: ['visit:contry'] },
    { path: 'dimensions[0]', hint: 'did you mean visit:country?', expected: 'visit:country' },
  ],
  [
    'a dimension without its kind',
    { dimensions: ['browser'] },
    { path: 'dimensions[0]', hint: 'did you mean visit:browser?' },
  ],
  ['a dimension twice', { dimensions: ['visit:os', 'visit:os'] }, { path: 'dimensions[1]' }],
  ['two buckets of time', { dimensions: ['time:day', 'time:week'] }, { path: 'dimensions' }],
  ['an unknown range', { date_range: '8d' }, { path: 'date_range', expected: '7d' }],
  ['a range of 100 years', { date_range: ['1990-01-01', '2090-01-01'] }, { path: 'date_range', hint: 'all' }],
  ['a day that there is not', { date_range: ['2026-02-30', '2026-03-01'] }, { path: 'date_range[0]' }],
  ['a range that runs backwards', { date_range: ['2026-03-02', '2026-03-01'] }, { path: 'date_range' }],
  [
    'hours that run backwards',
    { date_range: ['2026-03-02T10:00:00Z', '2026-03-02T09:00:00Z'] },
    { path: 'date_range' },
  ],
  ['a timezone with a quote', { timezone: quoted }, { path: 'timezone' }],
  ['an offset for a timezone', { timezone: '+05:45' }, { path: 'timezone' }],
  ['a misspelt timezone', { timezone: 'Europe/Berln' }, { path: 'timezone' }],
  [
    'an unknown operator',
    { filters: [['equals', 'visit:os', ['x']]] },
    { path: 'filters[0][0]', expected: 'is' },
  ],
  ['a filter that is no list', { filters: ['visit:os==Mac'] }, { path: 'filters[0]', hint: 'for example' }],
  ['filters that are no list', { filters: 'visit:os==Mac' }, { path: 'filters' }],
  ['a filter without values', { filters: [['is', 'visit:os', []]] }, { path: 'filters[0][2]' }],
  [
    'a filter on nothing',
    { filters: [['is', 'visit:oss', ['x']]] },
    { path: 'filters[0][1]', hint: 'did you mean visit:os?' },
  ],
  [
    'a wrong value deep inside',
    { filters: [['and', [['not', ['is', 'visit:os', [true]]]]]] },
    { path: 'filters[0][1][0][1][2][0]' },
  ],
  ['10,000 values', { filters: [['is', 'event:page', many]] }, { path: 'filters[0][2]' }],
  ['filters 1,000 deep', { filters: [nest(1_000)] }, { path: `filters[0]${'[1]'.repeat(16)}` }],
  [
    '1,000 filters',
    { filters: Array.from({ length: 1_000 }, () => ['is', 'visit:os', ['x']]) },
    { path: 'filters[200]' },
  ],
  [
    'behaviour inside behaviour',
    { filters: [['has_done', ['has_done', ['is', 'event:page', ['/']]]]] },
    { path: 'filters[0][1]' },
  ],
  [
    'a comparison of texts',
    { filters: [['gt', 'visit:os', [1]]] },
    { path: 'filters[0][1]', expected: 'event:value' },
  ],
  [
    'a broken pattern',
    { filters: [['or', [['matches', 'event:page', ['^/a', '(']]]]] },
    { path: 'filters[0][1][0][2][1]' },
  ],
  ['a NUL character', { filters: [['is', 'event:page', ['a\0b']]] }, { path: 'filters[0][2][0]' }],
  ['a NUL character in a name', { dimensions: ['event:props:a\0b'] }, { path: 'dimensions[0]' }],
  ['an unknown segment', { filters: [['is', 'segment', [7]]] }, { path: 'filters' }],
  ['an unknown option', { include: { everything: true } }, { path: 'include.everything' }],
  ['an unknown key', { limit: 5 }, { path: 'limit' }],
  ['labels without time', { include: { time_labels: true } }, { path: 'include.time_labels' }],
  [
    'an order by what is not asked for',
    { order_by: [['visits', 'asc']] },
    { path: 'order_by[0][0]', expected: 'visitors' },
  ],
  [
    'a direction that is none',
    { order_by: [['visitors', 'up']] },
    { path: 'order_by[0][1]', expected: 'asc' },
  ],
  ['a limit of a million', { pagination: { limit: 1_000_000 } }, { path: 'pagination.limit' }],
  ['a cursor that is none', { pagination: { cursor: 'x' } }, { path: 'pagination.cursor' }],
  ['percentage without dimensions', { metrics: ['percentage'] }, { path: 'metrics[0]', hint: 'dimensions' }],
  [
    'a conversion rate without a goal',
    { metrics: ['conversion_rate'] },
    { path: 'metrics[0]', hint: 'event:goal' },
  ],
  ['time on no page', { metrics: ['time_on_page'] }, { path: 'metrics[0]', hint: 'event:page' }],
  [
    'a sum of texts',
    { metrics: [{ fn: 'sum', of: 'visit:os', as: 'x' }] },
    { path: 'metrics[0].of', expected: 'event:value' },
  ],
  [
    'an unknown function',
    { metrics: [{ fn: 'median', of: 'event:value', as: 'x' }] },
    { path: 'metrics[0].fn', expected: 'p50' },
  ],
  [
    'the name of a metric for another',
    { metrics: [{ fn: 'sum', of: 'event:value', as: 'visits' }] },
    { path: 'metrics[0].as' },
  ],
  [
    'minutes of years',
    { date_range: ['2020-01-01', '2026-01-01'], dimensions: ['time:minute'], include: { zero_fill: true } },
    { path: 'dimensions', hint: 'longer bucket' },
  ],
  ['a site that is SQL', { site_id: "demo'--" }, { path: 'site_id' }],
];

test.each(cases)(
  '%s gets 400 with a path and what is expected',
  async (_, change, { path, hint, expected }) => {
    const { status, body } = await askQuery(collector, { ...query, ...change }, owner);
    expect({ status, path: body.error?.path }).toEqual({ status: 400, path });
    expect(body.error?.message).toContain(`${path}: `);
    if (hint !== undefined) expect(body.error?.hint).toContain(hint);
    if (expected !== undefined) expect(body.error?.expected?.split(', ')).toContain(expected);
  },
);

test.each([
  ['text', 'not json', 400, 'body'],
  ['a list', '[]', 400, 'body'],
  ['a number', '1', 400, 'body'],
  ['nothing', '', 400, 'body'],
  ['100,000 lists in each other', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'body'],
  [
    'filters 20,000 deep',
    `{"filters":[${'["not",'.repeat(20_000)}1${']'.repeat(20_000)}]}`,
    400,
    `filters[0]${'[1]'.repeat(16)}`,
  ],
  ['300 KB', JSON.stringify({ ...query, filters: 'x'.repeat(300_000) }), 413, 'body'],
])('a body that is %s is refused', async (_, body, status, path) => {
  const answer = await askQuery(collector, body, owner);
  const message = expect.stringContaining(`${path}: `);
  expect(answer).toMatchObject({ status, body: { error: { path, message } } });
});

test('a site that is not there gets 404', async () => {
  expect(await askQuery(collector, { ...query, site_id: 'nowhere' }, owner)).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown_site', path: 'site' } },
  });
});

test('a cursor belongs to its query', async () => {
  const asked = { ...query, dimensions: ['event:id'], pagination: { limit: 1 } };
  const event = { id: newId(noon), type: 'click', ts: noon, url: 'https://a.example/' };
  await collector.send({ sentAt: noon, events: [event] });
  const { body } = await askQuery(collector, asked, owner);
  const pagination = { limit: 1, cursor: body.meta.next_cursor };
  expect(await askQuery(collector, { ...asked, pagination }, owner)).toMatchObject({ status: 200 });
  expect(await askQuery(collector, { ...asked, metrics: ['visits'], pagination }, owner)).toMatchObject({
    status: 400,
    body: { error: { code: 'bad_cursor', path: 'pagination.cursor' } },
  });
});

// A pattern with references back is matched by trying: this one goes on for minutes.
const slow = '(\\w+)\\w*(\\w+)\\w*(\\w+)x?\\3\\2\\1\\3\\2\\1$';

test('a pattern that never ends is stopped by the limit of a statement, with 422', async () => {
  const filters = [['matches', 'event:page', [slow]]];
  expect(await askQuery(collector, { ...query, filters }, owner)).toMatchObject({
    status: 422,
    body: { error: { code: 'too_slow', hint: expect.stringContaining('patterns') } },
  });
  const response = await fetch(
    `${collector.origin}/api/v1/overview?site=demo&filters=${encodeURIComponent(JSON.stringify(filters))}`,
    { headers: { authorization: `Bearer ${owner}` } },
  );
  expect(response.status).toBe(422);
});

test('the tables are still there, and the next query is answered', async () => {
  expect(await askQuery(collector, query, owner)).toMatchObject({
    status: 200,
    body: { results: [{ metrics: [1] }] },
  });
});
