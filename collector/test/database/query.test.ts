import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSite } from '../../src/access/sites.js';
import { askQuery, makeKey, postQuery, type QueryRow } from '../ask-query.js';
import { chrome, newId, startTestCollector, type TestCollector } from '../test-collector.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const minuteMs = 60_000;
const dayMs = 86_400_000;
let collector: TestCollector;
let owner: string;
let analyst: string;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => noon });
  for (const site of ['berlin', 'shop', 'empty']) {
    const timezone = site === 'berlin' ? 'Europe/Berlin' : 'UTC';
    await addSite(collector.database, { site, siteKey: site, timezone, retentionDays: 395 });
  }
  owner = await makeKey(collector, 'owner');
  analyst = await makeKey(collector, 'analyst', ['demo', 'shop']);
  await visit('demo', 'ada', [
    { at: noon - 60 * minuteMs, path: '/', referrer: 'https://www.google.com/' },
    { at: noon - 58 * minuteMs, path: '/pricing' },
    {
      at: noon - 57 * minuteMs,
      type: 'custom',
      name: 'Signup',
      path: '/pricing',
      value: 30,
      currency: 'EUR',
      props: { plan: 'pro', seats: 3 },
    },
  ]);
  await visit('demo', 'bob', [{ at: noon - 30 * minuteMs, path: '/' }]);
  await visit('demo', 'ada', [{ at: noon - dayMs, path: '/blog/a' }]);
  await visit('demo', 'eve', [
    { at: noon - 2 * dayMs, path: '/=cmd' },
    { at: noon - 2 * dayMs + 1, path: '/"a,b"' },
  ]);
  await visit('shop', 'dan', [{ at: noon - 10 * minuteMs, path: '/' }]);
  for (const at of ['00:30', '01:30', '02:30']) {
    await visit('berlin', at, [{ at: Date.parse(`2026-10-25T${at}:00Z`), path: '/' }]);
  }
});
afterAll(() => collector.stop());

type Sent = { at: number; path: string; type?: string; referrer?: string } & Record<string, unknown>;

async function visit(site: string, visitor: string, events: Sent[]) {
  const wire = events.map(({ at, path, type = 'pageview', ...rest }) => ({
    ...rest,
    id: newId(at),
    type,
    ts: at,
    url: `https://a.example${path}`,
  }));
  const answer = await collector.send(
    { sentAt: noon, visitor: { id: visitor }, events: wire },
    { site, headers: { 'user-agent': chrome } },
  );
  expect(answer).toMatchObject({ status: 200, body: { rejected: [] } });
}

const today = { site_id: 'demo', date_range: 'day' };
const ask = (body: object, key = owner) => askQuery(collector, { ...today, ...body }, key);
const rowsOf = (results: QueryRow[]) => results.map(({ dimensions, metrics }) => [...dimensions, ...metrics]);

test('the answer has the shape of the Stats API: results, meta, and the query with its defaults', async () => {
  const { status, body } = await ask({
    metrics: ['visitors', 'pageviews', 'bounce_rate'],
    dimensions: ['visit:source'],
  });
  expect(status).toBe(200);
  expect(body.results).toEqual([
    { dimensions: ['Google'], metrics: [1, 2, 0] },
    { dimensions: [null], metrics: [1, 1, 100] },
  ]);
  expect(body.query).toEqual({
    site_id: 'demo',
    metrics: ['visitors', 'pageviews', 'bounce_rate'],
    date_range: ['2026-11-20T00:00:00+00:00', '2026-11-20T23:59:59+00:00'],
    dimensions: ['visit:source'],
    filters: [],
    order_by: [['visitors', 'desc']],
    include: {},
    pagination: { limit: 10_000, offset: 0 },
    timezone: 'UTC',
    week_start: 1,
  });
  expect(body.meta).toMatchObject({
    source: 'events',
    timezone: 'UTC',
    as_of: '2026-11-20T12:00:00.000Z',
    metrics: { visitors: { definition: expect.stringContaining('distinct'), version: 1, unit: 'count' } },
    bots: { excluded: true },
  });
});

// Bodies as in the documentation of Plausible's Stats API v2, https://plausible.io/docs/stats-api
test.each([
  { metrics: ['visitors'], date_range: '7d' },
  { metrics: ['visitors', 'pageviews', 'bounce_rate'], date_range: ['2026-11-01', '2026-11-20'] },
  { metrics: ['visitors'], date_range: ['2026-11-19T12:00:00+02:00', '2026-11-20T15:59:59+02:00'] },
  { metrics: ['visitors'], date_range: ['2026-11-19 12:00:00', '2026-11-20 15:59:59'] },
  {
    metrics: ['visitors', 'pageviews', 'bounce_rate'],
    filters: [['is_not', 'visit:country_name', ['']]],
    dimensions: ['visit:country_name', 'visit:city_name'],
  },
  {
    metrics: ['visitors', 'events', 'pageviews'],
    filters: [['is', 'visit:os', ['GNU/Linux', 'Mac']]],
    dimensions: ['visit:utm_medium', 'visit:utm_source'],
  },
  {
    metrics: ['visitors'],
    filters: [
      [
        'or',
        [
          ['contains', 'event:page', ['/pricing']],
          ['is', 'visit:city_name', ['Berlin']],
        ],
      ],
    ],
  },
  {
    metrics: ['visitors'],
    filters: [['contains', 'visit:country_name', ['united', 'EST'], { case_sensitive: false }]],
  },
  { metrics: ['visitors', 'events'], dimensions: ['time:hour'], include: { time_labels: true } },
  {
    metrics: ['visitors'],
    dimensions: ['time:day', 'event:props:plan'],
    order_by: [
      ['time:day', 'asc'],
      ['event:props:plan', 'desc'],
    ],
  },
  {
    metrics: ['visitors'],
    dimensions: ['visit:entry_page'],
    pagination: { limit: 10, offset: 0 },
    include: { total_rows: true },
  },
  { metrics: ['visitors'], include: { imports: true } },
  {
    metrics: ['visitors', 'conversion_rate', 'group_conversion_rate', 'total_revenue', 'average_revenue'],
    dimensions: ['event:goal'],
  },
  { metrics: ['scroll_depth', 'time_on_page'], filters: [['is', 'event:page', ['/']]] },
  { metrics: ['visitors', 'percentage'], dimensions: ['visit:device'] },
  {
    metrics: ['visitors'],
    date_range: 'all',
    filters: [
      ['is', 'event:goal', ['Signup']],
      ['has_done', ['is', 'event:page', ['/pricing']]],
    ],
  },
  ...['28d', '30d', '91d', 'month', '6mo', '12mo', 'year', 'all', '24h'].map((date_range) => ({
    metrics: ['visits'],
    date_range,
  })),
])('a body of the Stats API is accepted: %j', async (body) => {
  expect(await ask(body)).toMatchObject({ status: 200 });
});

test('names of ranges mean days of the site: 7d is before today, 6mo are whole months', async () => {
  const rangeOf = async (date_range: string, timezone = 'UTC') =>
    (await ask({ metrics: ['visits'], date_range, timezone })).body.query.date_range;
  expect(await rangeOf('7d')).toEqual(['2026-11-13T00:00:00+00:00', '2026-11-19T23:59:59+00:00']);
  expect(await rangeOf('6mo')).toEqual(['2026-05-01T00:00:00+00:00', '2026-10-31T23:59:59+00:00']);
  expect(await rangeOf('month')).toEqual(['2026-11-01T00:00:00+00:00', '2026-11-20T23:59:59+00:00']);
  expect(await rangeOf('6mo', 'Europe/Berlin')).toEqual([
    '2026-05-01T00:00:00+02:00',
    '2026-10-31T23:59:59+01:00',
  ]);
  expect(await rangeOf('all')).toEqual(['2026-11-18T00:00:00+00:00', '2026-11-20T23:59:59+00:00']);
});

test('goals: a custom event by name, a page with wildcards, and what was done besides in the visit', async () => {
  const goals = ['Signup', 'Visit /**', 'Visit /blog/*'];
  const { body } = await ask({
    date_range: ['2026-11-19', '2026-11-20'],
    metrics: ['visitors', 'events', 'conversion_rate'],
    dimensions: ['event:goal'],
    filters: [['is', 'event:goal', goals]],
  });
  expect(rowsOf(body.results)).toEqual([
    ['Visit /**', 2, 4, 100],
    ['Signup', 1, 1, 50],
    ['Visit /blog/*', 1, 1, 50],
  ]);
  const done = await ask({
    metrics: ['visits'],
    filters: [['has_not_done', ['is', 'event:goal', ['Signup']]]],
  });
  expect(rowsOf(done.body.results)).toEqual([[1]]);
});

test('revenue is an amount in its currency, and null with a warning where there is none', async () => {
  const { body } = await ask({ metrics: ['total_revenue', 'average_revenue'] });
  const amount = { value: 30, currency: 'EUR', short: '€30.0', long: '€30.00' };
  expect(body.results[0]?.metrics).toEqual([amount, amount]);
  const none = await ask({ site_id: 'shop', metrics: ['total_revenue'] });
  expect(none.body).toMatchObject({
    results: [{ metrics: [null] }],
    meta: { metric_warnings: { total_revenue: { code: 'no_revenue' } } },
  });
});

test('numbers of properties are summed up, and percentiles taken', async () => {
  const of = 'event:props:seats';
  const { body } = await ask({
    metrics: [
      { fn: 'sum', of, as: 'seats' },
      { fn: 'p90', of, as: 'many' },
      { fn: 'count_distinct', of: 'event:props:plan', as: 'plans' },
      { fn: 'avg', of: 'visit:pageviews', as: 'pages' },
    ],
    filters: [['between', of, [1, 5]]],
  });
  expect(body.results[0]?.metrics).toEqual([3, 3, 1, 2]);
  expect(body.meta).toMatchObject({ metrics: { seats: { definition: expect.stringContaining('seats') } } });
});

test('a comparison stands beside each row: by value, and by the place of the bucket', async () => {
  const compared = async (body: object) =>
    (await ask({ date_range: ['2026-11-20', '2026-11-20'], ...body })).body.results;
  expect(
    await compared({
      metrics: ['visitors', 'bounce_rate'],
      include: { comparisons: { mode: 'custom', date_range: ['2026-11-19', '2026-11-19'] } },
    }),
  ).toEqual([
    {
      dimensions: [],
      metrics: [2, 50],
      comparison: { dimensions: [], metrics: [1, 100], change: [100, -50] },
    },
  ]);
  expect(
    await compared({
      metrics: ['pageviews'],
      dimensions: ['time:day'],
      include: { comparisons: { mode: 'custom', date_range: ['2026-11-18', '2026-11-18'] } },
    }),
  ).toEqual([
    {
      dimensions: ['2026-11-20'],
      metrics: [3],
      comparison: { dimensions: ['2026-11-18'], metrics: [2], change: [50] },
    },
  ]);
  expect(
    await compared({
      metrics: ['pageviews'],
      dimensions: ['event:page'],
      pagination: { limit: 1 },
      include: { comparisons: { mode: 'year_over_year' } },
    }),
  ).toEqual([
    { dimensions: ['/'], metrics: [2], comparison: { dimensions: ['/'], metrics: [0], change: [100] } },
  ]);
});

// 20 November 2026 is a Friday.
test('a comparison that begins on the same weekday goes back to it', async () => {
  const { body } = await ask({
    date_range: ['2026-11-16', '2026-11-19'],
    metrics: ['visits'],
    include: { comparisons: { mode: 'previous_period', match_day_of_week: true } },
  });
  expect(body.meta.comparison_date_range).toEqual(['2026-11-09T00:00:00.000Z', '2026-11-13T00:00:00.000Z']);
});

// It is 13:00 in Berlin.
test.each([
  { range: 'day', until: '2026-11-19T12:00:00.000Z' },
  { range: ['2026-11-18', '2026-11-20'], until: '2026-11-17T12:00:00.000Z' },
  { range: ['2026-11-16', '2026-11-22'], until: '2026-11-13T12:00:00.000Z' },
  { range: 'month', until: '2026-10-31T12:00:00.000Z' },
  { range: 'month', comparisons: { mode: 'year_over_year' }, until: '2025-11-20T12:00:00.000Z' },
  { range: ['2026-11-20T06:00', '2026-11-20T17:59:59'], until: '2026-11-20T00:00:00.000Z' },
  { range: ['2026-11-20T06:00+01:00', '2026-11-20T17:59:59+01:00'], until: '2026-11-20T00:00:00.000Z' },
  { range: '7d', until: '2026-11-12T23:00:00.000Z' },
  { range: ['2026-11-18', '2026-11-20'], by: 'time:day', until: '2026-11-17T23:00:00.000Z' },
  {
    range: 'day',
    comparisons: { mode: 'custom', date_range: ['2026-11-13', '2026-11-13'] },
    until: '2026-11-13T23:00:00.000Z',
  },
])(
  'a range that is not over is compared with the same part of the other: $range $by',
  async ({ range, by, comparisons = { mode: 'previous_period' }, until }) => {
    const { body } = await ask({
      site_id: 'berlin',
      date_range: range,
      metrics: ['visits'],
      dimensions: by === undefined ? [] : [by],
      include: { comparisons },
    });
    expect((body.meta.comparison_date_range as string[])[1]).toBe(until);
  },
);

test('the part of a day is compared from rollups as from events', async () => {
  await addSite(collector.database, { site: 'part', siteKey: 'part', timezone: 'UTC', retentionDays: 395 });
  for (const [visitor, at] of [
    ['ada', '15T10'],
    ['ada', '17T09'],
    ['bob', '17T10'],
    ['bob', '17T15'],
    ['eve', '17T13'],
    ['eve', '20T10'],
  ] as const)
    await visit('part', visitor, [{ at: Date.parse(`2026-11-${at}:00:00Z`), path: '/' }]);
  await collector.query(`select footfall.roll_up('part', 31)`);
  const metrics = ['visitors', 'visits', 'pageviews', 'events', 'bounce_rate', 'visit_duration'];
  const compared = async (more: object[]) => {
    const include = { comparisons: { mode: 'previous_period' } };
    const date_range = ['2026-11-18', '2026-11-20'];
    const { body } = await ask({ site_id: 'part', date_range, metrics: [...metrics, ...more], include });
    return [body.meta.source, body.results[0]?.comparison?.metrics.slice(0, metrics.length)];
  };
  const expected = [2, 3, 3, 3, 100, 0];
  expect(await compared([])).toEqual(['rollups', expected]);
  // What the rollups do not hold is read from the events, and all that stands beside it.
  expect(await compared([{ fn: 'count_distinct', of: 'event:page', as: 'pages' }])).toEqual([
    'events',
    expected,
  ]);
});

test('the hour that comes twice is two buckets, and hours without visits are filled', async () => {
  const body = {
    site_id: 'berlin',
    date_range: ['2026-10-25', '2026-10-25'],
    metrics: ['pageviews'],
    dimensions: ['time:hour'],
  };
  const plain = await ask({ ...body, include: { time_labels: true } });
  expect(rowsOf(plain.body.results)).toEqual([
    ['2026-10-25T02:00:00+02:00', 1],
    ['2026-10-25T02:00:00+01:00', 1],
    ['2026-10-25T03:00:00+01:00', 1],
  ]);
  expect(plain.body.meta.time_labels).toHaveLength(25);
  const filled = await ask({ ...body, include: { zero_fill: true } });
  expect(filled.body.results.map(({ dimensions }) => dimensions[0])).toEqual(plain.body.meta.time_labels);
});

test('a day that a timezone left out has no events, and may be compared with', async () => {
  const apia = { timezone: 'Pacific/Apia', metrics: ['visitors', 'pageviews'] };
  const left = ['2011-12-30', '2011-12-30'];
  const days = { dimensions: ['time:day'], include: { zero_fill: true } };
  const totals = await ask({ ...apia, date_range: left });
  expect([totals.status, rowsOf(totals.body.results)]).toEqual([200, [[0, 0]]]);
  expect((await ask({ ...apia, ...days, date_range: left })).body.results).toEqual([]);
  const around = await ask({ ...apia, ...days, date_range: ['2011-12-29', '2011-12-31'] });
  expect(rowsOf(around.body.results)).toEqual([
    ['2011-12-29', 0, 0],
    ['2011-12-31', 0, 0],
  ]);
  const include = { comparisons: { mode: 'previous_period' } };
  const compared = await ask({ ...apia, include, date_range: ['2011-12-31', '2011-12-31'] });
  expect(compared.body.results).toMatchObject([{ metrics: [0, 0], comparison: { metrics: [0, 0] } }]);
});

test('weeks begin on the day that is asked for', async () => {
  const weeks = async (week_start: number) =>
    rowsOf(
      (
        await ask({
          date_range: ['2026-11-14', '2026-11-20'],
          metrics: ['visits'],
          dimensions: ['time:week'],
          week_start,
        })
      ).body.results,
    );
  expect(await weeks(1)).toEqual([['2026-11-16', 4]]);
  expect(await weeks(5)).toEqual([
    ['2026-11-13', 2],
    ['2026-11-20', 2],
  ]);
});

test('several sites are asked one by one, and rows say which they are of', async () => {
  const { body } = await ask({ site_id: ['demo', 'shop', 'empty'], metrics: ['visitors'] });
  expect(body.results).toEqual([
    { site_id: 'demo', dimensions: [], metrics: [2] },
    { site_id: 'shop', dimensions: [], metrics: [1] },
    { site_id: 'empty', dimensions: [], metrics: [0] },
  ]);
  expect(body.meta).toMatchObject({ sites: { demo: { timezone: 'UTC' }, shop: { timezone: 'UTC' } } });
});

test("a reader's key sees its sites alone", async () => {
  expect(await ask({ metrics: ['visitors'] }, analyst)).toMatchObject({ status: 200 });
  expect(await ask({ site_id: 'berlin', metrics: ['visitors'] }, analyst)).toMatchObject({
    status: 403,
    body: { error: { code: 'site', path: 'site_id' } },
  });
  expect(await ask({ site_id: ['shop', 'berlin'], metrics: ['visitors'] }, analyst)).toMatchObject({
    status: 403,
    body: { error: { path: 'site_id[1]' } },
  });
  const ingest = await makeKey(collector, 'ingest');
  expect(await ask({ metrics: ['visitors'] }, ingest)).toMatchObject({ status: 403 });
  expect(await ask({ metrics: ['visitors'] }, `${owner}x`)).toMatchObject({ status: 401 });
});

test('rows are streamed as NDJSON without a limit', async () => {
  const body = { ...today, date_range: 'all', metrics: ['events'], dimensions: ['event:id'] };
  const response = await postQuery(collector, body, { key: owner, accept: 'application/x-ndjson' });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  const lines = (await response.text()).trimEnd().split('\n');
  expect(lines).toHaveLength(7);
  expect(JSON.parse(lines[0] ?? '')).toEqual({ dimensions: [expect.any(String)], metrics: [1] });
});

test('CSV quotes what needs it, and no cell is a formula', async () => {
  await visit('shop', 'dan', [
    { at: noon - 9 * minuteMs, path: '/x', type: 'custom', name: '=cmd|calc' },
    { at: noon - 8 * minuteMs, path: '/x', type: 'custom', name: '+1,"2"' },
    { at: noon - 7 * minuteMs, path: '/x', type: 'custom', name: '-a\nb' },
    { at: noon - 6 * minuteMs, path: '/x', type: 'custom', name: '@sum' },
  ]);
  const body = {
    ...today,
    site_id: ['shop'],
    metrics: ['events', 'total_revenue'],
    dimensions: ['event:name'],
  };
  const response = await postQuery(collector, body, { key: owner, accept: 'text/csv' });
  expect(await response.text()).toBe(
    [
      'site_id,event:name,events,total_revenue',
      `shop,"'+1,""2""",1,`,
      `shop,"'-a\nb",1,`,
      `shop,'=cmd|calc,1,`,
      `shop,'@sum,1,`,
      'shop,pageview,1,',
      '',
    ].join('\r\n'),
  );
});

test('a stream that its client leaves gives its connection back', async () => {
  const body = { ...today, date_range: 'all', metrics: ['events'], dimensions: ['event:id'] };
  for (let round = 0; round < 12; round++) {
    const response = await postQuery(collector, body, { key: owner, accept: 'application/x-ndjson' });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  }
  expect(await ask({ metrics: ['visitors'] })).toMatchObject({ status: 200 });
});

test('a filtered overview says what single queries say', async () => {
  const days = 'from=2026-11-18&to=2026-11-20';
  const range = { date_range: ['2026-11-18', '2026-11-20'] };
  for (const filters of [
    [['is', 'visit:browser', ['Chrome']]],
    [['is', 'event:page', ['/']]],
    [['has_done', ['is', 'event:page', ['/pricing']]]],
  ]) {
    const response = await fetch(
      `${collector.origin}/api/v1/overview?site=demo&${days}&filters=${encodeURIComponent(JSON.stringify(filters))}`,
      { headers: { authorization: `Bearer ${owner}` } },
    );
    const overview = (await response.json()) as Record<string, { path: string; source: string }[]>;
    const totals = await ask({ ...range, filters, metrics: ['visitors', 'visits', 'pageviews'] });
    expect([overview.visitors, overview.sessions, overview.pageviews]).toEqual(
      totals.body.results[0]?.metrics,
    );
    const pages = await ask({
      ...range,
      filters,
      metrics: ['visitors', 'pageviews'],
      dimensions: ['event:page'],
      order_by: [
        ['pageviews', 'desc'],
        ['visitors', 'desc'],
      ],
    });
    expect(overview.pages?.map(({ path, ...counts }) => [path, ...Object.values(counts)])).toEqual(
      rowsOf(pages.body.results),
    );
    const sources = await ask({
      ...range,
      filters,
      metrics: ['visitors', 'visits'],
      dimensions: ['visit:source'],
      order_by: [
        ['visitors', 'desc'],
        ['visits', 'desc'],
      ],
    });
    expect(overview.referrers?.map(({ source, ...counts }) => [source, ...Object.values(counts)])).toEqual(
      rowsOf(sources.body.results),
    );
  }
});

test('the schema of a query and the OpenAPI document are made from what reads it', async () => {
  const read = async (path: string) => (await fetch(`${collector.origin}${path}`)).json();
  const schema = await read('/api/v2/query/schema');
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    required: ['site_id', 'metrics', 'date_range'],
    properties: { filters: { items: { $ref: '#/$defs/Filter' } } },
  });
  const openApi = await read('/openapi.json');
  expect(openApi).toMatchObject({ openapi: '3.1.0', 'x-metrics': { visitors: { version: 1 } } });
  const references = [...JSON.stringify(openApi).matchAll(/"\$ref":"([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(20);
  for (const [, reference = ''] of references) {
    const [, name = ''] = /^#\/components\/schemas\/(\w+)$/.exec(reference) ?? [];
    expect(openApi.components.schemas).toHaveProperty([name]);
  }
});

test('however much is asked at once, events are stored meanwhile', async () => {
  const filters = [['has_done', ['contains', 'event:page', ['/']]]];
  const asked = Array.from({ length: 40 }, () => ask({ date_range: 'all', metrics: ['visits'], filters }));
  await visit('shop', 'zoe', [{ at: noon - dayMs, path: '/late' }]);
  for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200);
  const { body } = await ask({ site_id: 'shop', date_range: 'all', metrics: ['visits'], filters });
  expect(body.results[0]?.metrics).toEqual([2]);
});
