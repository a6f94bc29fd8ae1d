import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createExperimentClient } from '../experiment-client.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

// The tables of a social platform's data models, with their columns and types. Where ours differ: ids of users are the
// caller's text, and a platform is the kind of device.
const vocabulary: Record<string, string> = {
  events: `id uuid, user_id text, session_id uuid, event_name varchar, event_category varchar, timestamp timestamptz,
    client_timestamp timestamptz, server_processing_time interval, event_data jsonb, url text, pathname varchar,
    referrer text, platform text, browser varchar, browser_version varchar, os varchar, os_version varchar,
    status varchar, is_valid boolean, validation_errors jsonb`,
  user_sessions: `id uuid, user_id text, session_token varchar, platform text, device_info jsonb, ip_address inet,
    user_agent text, screen_resolution varchar, viewport_size varchar, started_at timestamptz, ended_at timestamptz,
    duration interval, page_views integer, interactions integer, city varchar, region varchar, country varchar,
    bounce_rate numeric, scroll_depth_avg numeric, time_to_first_interaction interval`,
  experiments: `id uuid, name varchar, description text, start_date timestamptz, end_date timestamptz, status varchar,
    variants jsonb, traffic_allocation jsonb, target_metrics jsonb, statistical_significance numeric,
    winning_variant varchar, confidence_level numeric`,
  experiment_assignments:
    'id uuid, experiment_id uuid, user_id text, variant varchar, assigned_at timestamptz',
  error_logs: `id uuid, user_id text, session_id uuid, error_type varchar, error_message text, error_stack text, url text,
    user_agent text, timestamp timestamptz, severity varchar, category varchar, resolved boolean, resolved_at timestamptz,
    resolved_by text`,
  performance_metrics: `id uuid, user_id text, session_id uuid, metric_name varchar, metric_value numeric,
    metric_unit varchar, page_url text, browser varchar, platform text, timestamp timestamptz, metadata jsonb`,
};

let collector: TestCollector;
const now = Date.parse('2026-11-20T12:00:00Z');
const url = 'https://shop.example/feed?a=b';

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
  const client = await createExperimentClient(collector);
  await client.run('feed-order', {
    name: 'Order of the feed',
    hypothesis: 'Newest first is read longer',
    coverage: 0.5,
    metrics: [{ key: 'likes', role: 'primary', kind: 'mean', event: { type: 'custom', name: 'post_like' } }],
  });
  await sendVisit();
  const covered = Array.from({ length: 20 }, (_, n) => `u${n}`);
  await Promise.all(covered.map((visitor) => client.assign({ unit: { visitor } })));
  await client.call('POST', '/api/v1/experiments/feed-order/stop?site=demo', {
    body: { winner: 'treatment' },
  });
});
afterAll(() => collector.stop());

async function sendVisit(): Promise<void> {
  const event = (second: number, type: string, more: object = {}) => ({
    id: newId(now - 60_000 + second * 1_000),
    type,
    ts: now - 60_000 + second * 1_000,
    url,
    ...more,
  });
  const { body } = await collector.send({
    sentAt: now,
    visitor: { id: 'browser-1', userId: 'user_123' },
    session: { id: newId(now - 60_000) },
    context: { screen: [1920, 1080], viewport: [1200, 800], consent: 'granted' },
    events: [
      event(0, 'pageview', { title: 'Feed' }),
      event(4, 'custom', { name: 'post_like', props: { postId: 'post_789', action: 'like' } }),
      event(6, 'scroll_depth', { props: { percent: 50 } }),
      event(8, 'error', { props: { errorType: 'TypeError', message: 'x is undefined', handled: false } }),
      event(9, 'web_vital', { value: 1234.5, props: { metric: 'LCP', rating: 'good' } }),
      event(10, 'exposure', {
        props: { experiment: 'feed-order', phase: 1, variation: 'control', unitType: 'user' },
      }),
    ],
  });
  expect(body).toMatchObject({ accepted: 6, rejected: [] });
}

const read = (sql: string) => collector.database.withSite('demo', (tx) => tx.query(sql));

describe('each table is there by its name, with its columns and types', () => {
  it.each(Object.entries(vocabulary))('%s', async (table, columns) => {
    const rows = await collector.query(
      `select column_name || ' ' || replace(replace(data_type, 'character varying', 'varchar'),
         'timestamp with time zone', 'timestamptz') as declared
       from information_schema.columns where table_schema = 'social' and table_name = $1 order by ordinal_position`,
      [table],
    );
    expect(rows.map(({ declared }) => declared)).toEqual(columns.split(/,\s+/));
    expect((await read(`select * from social.${table}`)).length).toBeGreaterThan(0);
  });
});

test('an experiment is told in the words of the platform', async () => {
  const [experiment] = await read('select * from social.experiments');
  expect(experiment).toMatchObject({
    name: 'Order of the feed',
    description: 'Newest first is read longer',
    status: 'stopped',
    start_date: new Date(now),
    end_date: new Date(now),
    variants: [
      { key: 'control', weight: 0.5 },
      { key: 'treatment', weight: 0.5 },
    ],
    traffic_allocation: { control: 0.25, treatment: 0.25 },
    target_metrics: [{ key: 'likes', role: 'primary' }],
    winning_variant: 'treatment',
    confidence_level: '0.9500',
  });
});

test('an experiment that runs is active', async () => {
  await collector.query(`update footfall.experiments set status = 'running'`);
  expect(await read('select status from social.experiments')).toEqual([{ status: 'active' }]);
});

test('assignments are those that servers stored and those that browsers have shown', async () => {
  const rows = await read(`
    SELECT ea.variant, COUNT(DISTINCT ea.user_id) AS users
    FROM social.experiment_assignments ea
    JOIN social.experiments e ON e.id = ea.experiment_id
    WHERE e.name = 'Order of the feed'
    GROUP BY ea.variant ORDER BY ea.variant`);
  const [stored] = await collector.query('select count(*) as n from footfall.experiment_assignments');
  expect(rows.reduce((sum, { users }) => sum + users, 0)).toBe(stored?.n + 1);
  const browser = await read(
    `select variant, assigned_at from social.experiment_assignments where user_id = 'user_123'`,
  );
  expect(browser).toEqual([{ variant: 'control', assigned_at: new Date(now - 50_000) }]);
});

test('events, errors and metrics of a visit', async () => {
  const names = await read(`select event_name, event_category from social.events order by "timestamp"`);
  expect(names.map((row) => `${row.event_name} ${row.event_category}`)).toEqual([
    'page_view user_action',
    'post_like user_action',
    'scroll_depth user_action',
    'error_occurred error',
    'performance_metric performance',
    'exposure system',
  ]);
  expect(
    await read(
      `select user_id, event_data->>'postId' as post, pathname from social.events where event_name = 'post_like'`,
    ),
  ).toEqual([{ user_id: 'user_123', post: 'post_789', pathname: '/feed' }]);
  expect(await read('select error_type, error_message, severity, resolved from social.error_logs')).toEqual([
    { error_type: 'TypeError', error_message: 'x is undefined', severity: 'medium', resolved: false },
  ]);
  expect(await read('select metric_name, metric_value, metric_unit from social.performance_metrics')).toEqual(
    [{ metric_name: 'LCP', metric_value: '1234.500000', metric_unit: 'ms' }],
  );
});

test('a session with its counts and measures', async () => {
  const [session] = await read(
    `select user_id, screen_resolution, page_views, extract(epoch from duration)::integer as seconds, scroll_depth_avg, bounce_rate,
       extract(epoch from time_to_first_interaction)::integer as first, ip_address from social.user_sessions`,
  );
  expect(session).toEqual({
    user_id: 'user_123',
    screen_resolution: '1920x1080',
    page_views: 1,
    seconds: 10,
    scroll_depth_avg: '0.5000',
    bounce_rate: '0.0000',
    first: 4,
    ip_address: null,
  });
});

test('a reader of another site sees nothing of it', async () => {
  for (const table of Object.keys(vocabulary)) {
    const rows = await collector.database.withSite('other', (tx) =>
      tx.query(`select 1 from social.${table}`),
    );
    expect(rows).toEqual([]);
  }
});
