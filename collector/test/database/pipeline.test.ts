import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runFootfall } from '../run-footfall.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const fixtures = new URL('../fixtures/', import.meta.url);
const log = new URL('access-log/semicomplete-2015.access.log.gz', fixtures).pathname;
const minuteMs = 60_000;
const dayMs = 86_400_000;
const site = 'shop';

type Block = { name: string; statements: string[] };
const blocks = await readBlocks();
const definitions = blocks.slice(0, 10);
const usage = blocks.slice(10);

// What PostgreSQL refuses of the document, whatever the schema; the README of the fixtures says why.
const refused = [
  { statement: /pg_stat_statements/, error: /pg_stat_statements.*does not exist|total_time/ },
  { statement: /pg_stat_user_indexes/, error: /column "tablename" does not exist/ },
  {
    statement: /pg_total_relation_size\(tablename\)/,
    error: /function pg_total_relation_size\(name\) does not exist/,
  },
  { statement: /^REINDEX TABLE/, error: /is not a table or materialized view/ },
  { statement: /^SET log_/, error: /permission denied to set parameter|^$/ },
];

let collector: TestCollector;

beforeAll(async () => {
  collector = await startTestCollector();
  const { code, stderr } = await runFootfall(['import', 'access-log', log, '--site', site], {
    env: { DATABASE_URL: collector.url },
  }).finished;
  if (code !== 0) throw new Error(stderr);
  await collector.query(`insert into footfall.site_keys (site_key, site) values ('shop', 'shop')`);
  await sendDay();
  await call('call pipeline.process_events_batch(100000)');
}, 120_000);
afterAll(() => collector.stop());

async function readBlocks(): Promise<Block[]> {
  const folder = new URL('pipeline/', fixtures);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (name) => ({ name, statements: split(await readFile(new URL(name, folder), 'utf8')) })),
  );
}

function split(sql: string): string[] {
  const statements = sql
    .split(/;\s*(?:--.*)?\n/)
    .map((statement) => statement.trim().replace(/^(?:--.*\n)+/, ''));
  return statements.filter((statement) => statement !== '' && !/^(?:--.*\n?)*$/.test(statement));
}

/** A day of browsers: five visits of three pages, of which two end in a form, and one visit of another site. */
async function sendDay(): Promise<void> {
  for (let visit = 0; visit < 5; visit++)
    await sendVisit({ to: 'shop', visit, at: Date.now() - dayMs + visit * 60 * minuteMs });
  await sendVisit({ to: 'shop', visit: 9, at: Date.now() - 5 * minuteMs });
  await sendVisit({ to: 'other', visit: 0, at: Date.now() - 5 * minuteMs });
}

async function sendVisit({ to, visit, at }: { to: string; visit: number; at: number }): Promise<void> {
  const page = (path: string, minutes: number, type = 'pageview', props?: object) => ({
    id: newId(at + minutes * minuteMs),
    type,
    ts: at + minutes * minuteMs,
    url: `https://${to}.example${path}${path === '/' ? '?utm_source=letter&utm_medium=email&utm_campaign=may#top' : ''}`,
    title: path,
    ...(props && { props }),
  });
  const form = {
    formId: 'contact',
    action: '/send',
    method: 'post',
    fieldCount: 2,
    fields: [{ name: 'name', filled: true }],
  };
  const events = [
    page('/', 0),
    page('/', 0.5, 'scroll_depth', { percent: 75 }),
    page('/products.html', 1),
    page('/products.html', 1.5, 'click', { tag: 'a', classes: 'cta big', elementId: 'buy' }),
    page('/contact.html', 3),
    page('/contact.html', 3.2, 'text_copy', { length: 5 }),
    page('/contact.html', 3.5, 'page_visibility', { state: 'hidden' }),
    ...(visit < 2 ? [page('/contact.html', 4, 'form_submit', form)] : []),
  ];
  const body = { sentAt: Date.now(), visitor: { id: `visitor-${visit % 4}` }, events };
  const answer = await collector.send(body, { site: to });
  expect(answer).toMatchObject({ status: 200, body: { accepted: events.length } });
}

/** Runs statements as the owner, with the schema on the path as an administrator has it. */
async function call(sql: string): Promise<Record<string, unknown>[]> {
  await collector.query(`set role footfall_owner`);
  await collector.query(`set search_path = pipeline`);
  try {
    return await collector.query(sql);
  } finally {
    await collector.query(`reset role`);
    await collector.query(`set search_path = ''`);
  }
}

test('every view has the columns of the document: names, order, types, lengths', async () => {
  await collector.query('create schema document');
  await collector.query('set search_path = document');
  for (const { statements } of definitions)
    for (const statement of statements) await collector.query(statement);
  await collector.query(`set search_path = ''`);
  const columns = (schema: string) =>
    collector.query(
      `select table_name, ordinal_position, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
       from information_schema.columns where table_schema = $1 order by table_name, ordinal_position`,
      [schema],
    );
  const expected = await columns('document');
  expect(expected).toHaveLength(145);
  expect(await columns('pipeline')).toEqual(expected);
});

describe.each(usage)('$name', ({ statements }) => {
  test.each(statements.map((statement) => ({ statement })))('$statement', async ({ statement }) => {
    const exception = refused.find((one) => one.statement.test(statement));
    const answer = await call(statement).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(answer).toMatch(exception?.error ?? /^$/);
  });
});

const analyses = usage.filter(({ name }) => /top-pages|funnel|attribution|delays/.test(name));
const queries = analyses
  .flatMap(({ statements }) => statements)
  .filter((statement) => /^(SELECT|WITH)/.test(statement));

async function readAs(slug: string, sql: string): Promise<Record<string, unknown>[]> {
  return collector.database.withSite(slug, (tx) => tx.query(sql));
}

test('the sample queries run as written for the reader of one site', async () => {
  expect(queries).toHaveLength(4);
  for (const query of queries) await readAs(site, query);
});

test('the sample queries answer with plain counts', async () => {
  const [topPages = '', funnel = '', attribution = '', delays = ''] = queries;
  expect(await readAs(site, topPages)).toEqual([
    { path: '/', unique_visitors: 4, total_pageviews: 6, avg_time_on_page: '60.0000000000000000' },
    { path: '/contact.html', unique_visitors: 4, total_pageviews: 6, avg_time_on_page: null },
    {
      path: '/products.html',
      unique_visitors: 4,
      total_pageviews: 6,
      avg_time_on_page: '120.0000000000000000',
    },
  ]);
  expect(await readAs(site, funnel)).toMatchObject([
    { total_sessions: 6, products_viewers: 6, contact_viewers: 6, form_submitters: 2 },
  ]);
  expect(await readAs(site, attribution)).toMatchObject([
    { utm_source: 'letter', utm_medium: 'email', utm_campaign: 'may', sessions: 6, unique_visitors: 4 },
  ]);
  expect(await readAs(site, delays)).toEqual([]);
});

test('the views hold what the truth holds', async () => {
  const [counts] = await readAs(
    site,
    `select (select count(*) from events_log) as log, (select count(*) from pageviews) as pageviews,
       (select count(*) from user_events) as events, (select count(*) from form_submissions) as forms,
       (select count(*) from user_sessions) as sessions, (select count(*) from active_sessions) as active,
       (select sum(total_pageviews) from daily_site_metrics) as metric_pageviews,
       (select sum(total_sessions) from daily_site_metrics) as metric_sessions,
       (select sum(total_views) from page_performance) as recent_views,
       (select sum(sessions) from traffic_sources) as recent_sessions`,
  );
  const [truth] = await collector.query(
    `select (select count(*) from footfall.events where site = $1) as log,
       (select count(*) from footfall.events where site = $1 and type = 'pageview' and not is_bot) as pageviews,
       (select count(*) from footfall.events where site = $1 and type <> 'pageview') as events,
       2::bigint as forms, (select count(*) from footfall.sessions where site = $1 and not is_bot) as sessions`,
    [site],
  );
  expect(counts).toEqual({
    ...truth,
    active: 1,
    metric_pageviews: truth?.pageviews,
    metric_sessions: truth?.sessions,
    recent_views: '18',
    recent_sessions: '6',
  });
});

test('extracted fields are those of the events', async () => {
  expect(
    await readAs(
      site,
      `select distinct event_type, page_path, element_tag, element_classes, element_id, scroll_percentage, form_id
       from user_events order by event_type`,
    ),
  ).toEqual([
    {
      event_type: 'click',
      page_path: '/products.html',
      element_tag: 'a',
      element_classes: 'cta big',
      element_id: 'buy',
      scroll_percentage: null,
      form_id: null,
    },
    {
      event_type: 'form_submit',
      page_path: '/contact.html',
      element_tag: null,
      element_classes: null,
      element_id: null,
      scroll_percentage: null,
      form_id: 'contact',
    },
    {
      event_type: 'page_visibility',
      page_path: '/contact.html',
      element_tag: null,
      element_classes: null,
      element_id: null,
      scroll_percentage: null,
      form_id: null,
    },
    {
      event_type: 'scroll_depth',
      page_path: '/',
      element_tag: null,
      element_classes: null,
      element_id: null,
      scroll_percentage: 75,
      form_id: null,
    },
    {
      event_type: 'text_copy',
      page_path: '/contact.html',
      element_tag: null,
      element_classes: null,
      element_id: null,
      scroll_percentage: null,
      form_id: null,
    },
  ]);
  expect(
    await readAs(
      site,
      'select distinct form_id, form_action, form_method, field_count, form_data from form_submissions',
    ),
  ).toEqual([
    {
      form_id: 'contact',
      form_action: '/send',
      form_method: 'post',
      field_count: 2,
      form_data: [{ name: 'name', filled: true }],
    },
  ]);
  expect(
    await readAs(
      site,
      `select distinct query_params, hash_fragment, internal_referrer, utm_source from pageviews where path = '/' and utm_source is not null`,
    ),
  ).toEqual([
    {
      query_params: 'utm_source=letter&utm_medium=email&utm_campaign=may',
      hash_fragment: 'top',
      internal_referrer: false,
      utm_source: 'letter',
    },
  ]);
});

const views = [
  'events_log',
  'user_sessions',
  'pageviews',
  'user_events',
  'form_submissions',
  'daily_site_metrics',
  'active_sessions',
  'page_performance',
  'traffic_sources',
];

test.each(views)('a reader of one site sees its rows of %s and no other', async (view) => {
  if (view === 'form_submissions') await sendVisit({ to: 'other', visit: 1, at: Date.now() - 20 * minuteMs });
  await call('call pipeline.process_events_batch()');
  for (const slug of ['shop', 'other']) {
    expect(await readAs(slug, `select distinct site_id from ${view}`)).toEqual([{ site_id: slug }]);
  }
  expect(await readAs('nobody', `select * from ${view}`)).toEqual([]);
});

test('a filter on the time of pageviews reads the partitions of that time alone', async () => {
  const plan = await readAs(
    site,
    `explain select count(*) from pageviews where view_timestamp >= '2015-05-17T00:00Z' and view_timestamp < '2015-05-22T00:00Z'`,
  );
  const partitions = plan.flatMap((row) => String(row['QUERY PLAN']).match(/events_\w*\d{6,8}\b/g) ?? []);
  expect(new Set(partitions.filter((name) => /^events_\d+$/.test(name)))).toEqual(new Set(['events_201505']));
});

test('an event that was inserted by hand is unprocessed, until a batch makes its session and its numbers', async () => {
  const url = 'https://shop.example/by-hand?x=1';
  await call(
    `insert into events_log (event_type, session_id, visitor_id, site_id, timestamp, url, path, raw_event_data)
     values ('pageview', 'session-1', 'by-hand', 'shop', now() - interval '3 days', '${url}', '/by-hand', '{"title": "Hand"}')`,
  );
  await collector.query(
    `insert into footfall.events (site, event_day, event_id, type, occurred_at, received_at, visitor_id, path)
     values ('shop', (now() - interval '3 days')::date, gen_random_uuid(), 'pageview', now() - interval '3 days', now(), 'raw', '/raw')`,
  );
  const unprocessed = `select path from events_log where processed_at is null order by path`;
  expect(await readAs(site, unprocessed)).toEqual([{ path: '/by-hand' }, { path: '/raw' }]);
  await call('CALL process_events_batch(batch_size := 1000)');
  expect(await readAs(site, unprocessed)).toEqual([]);
  expect(
    await readAs(
      site,
      `select entry_path, entry_title, pageview_count from user_sessions where visitor_id = 'by-hand'`,
    ),
  ).toEqual([{ entry_path: '/by-hand', entry_title: 'Hand', pageview_count: 1 }]);
  expect(
    await readAs(
      site,
      `select unique_visitors, total_sessions, total_pageviews from daily_site_metrics
      where metric_date = ((now() - interval '3 days') at time zone 'UTC')::date`,
    ),
  ).toEqual([{ unique_visitors: 2, total_sessions: 1, total_pageviews: 2 }]);
});

test('a session has no end until it saw nothing for 30 minutes', async () => {
  await sendVisit({ to: 'shop', visit: 11, at: Date.now() - 32 * minuteMs });
  const session = () =>
    readAs(
      site,
      `select session_end is null as live from user_sessions where visitor_id = 'visitor-3' and session_start > now() - interval '1 hour'`,
    );
  await collector.query(
    `update footfall.rollup_sites set sessions_ended_before = now() - interval '90 minutes'`,
  );
  expect(await session()).toEqual([{ live: true }]);
  await call('CALL update_active_sessions()');
  expect(await session()).toEqual([{ live: true }]);
  await collector.query(
    `update footfall.sessions set ended_at = ended_at - interval '2 minutes' where visitor_id = 'visitor-3'`,
  );
  await call('CALL update_active_sessions()');
  expect(await session()).toEqual([{ live: false }]);
});

test('daily metrics are calculated again', async () => {
  await collector.query(`update footfall.daily_site_metrics set total_pageviews = 0, unique_visitors = 0`);
  await collector.query(`update footfall.rollup_days set pageviews = 0`);
  await call(`CALL calculate_daily_metrics(start_date := '2015-05-17', end_date := '2015-05-20')`);
  const [metrics] = await readAs(
    site,
    `select sum(total_pageviews) as views from daily_site_metrics where metric_date < '2016-01-01'`,
  );
  const [truth] = await readAs(
    site,
    `select count(*) as views from pageviews where view_timestamp < '2016-01-01'`,
  );
  expect(metrics).toEqual(truth);
});

test('cleaning up deletes old processed events and keeps what was made from them', async () => {
  await collector.query(
    `update footfall.events set received_at = occurred_at where occurred_at < '2016-01-01'`,
  );
  await call('call process_events_batch()');
  const derived = () =>
    readAs(
      site,
      `select (select count(*) from user_sessions) as sessions, (select json_agg(m order by metric_date) from daily_site_metrics m) as metrics`,
    );
  const [before] = await derived();
  await call(`DELETE FROM events_log WHERE "timestamp" < '2015-05-18' AND processed_at IS NOT NULL`);
  expect(await readAs(site, `select min("timestamp") >= '2015-05-18' as gone from events_log`)).toEqual([
    { gone: true },
  ]);
  await call('CALL cleanup_processed_events(retention_days := 90)');
  expect(
    await readAs(
      site,
      `select count(*) as events from events_log where created_at < now() - interval '90 days'`,
    ),
  ).toEqual([{ events: 0 }]);
  await call(`CALL calculate_daily_metrics('2015-05-01', '2015-06-01')`);
  expect((await derived())[0]).toEqual(before);
});
