import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportSubject } from '../../src/privacy/export.js';
import { createReportClient, type ReportClient } from '../report-client.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const now = Date.parse('2026-11-20T12:00:00Z');
let collector: TestCollector;
let client: ReportClient;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
  client = await createReportClient(collector);
});
afterAll(() => collector.stop());

const cases = [
  { url: 'https://shop.example/', stored: null },
  { url: 'https://shop.example/caf%C3%A9/1', stored: null },
  { url: 'https://shop.example', stored: 'https://shop.example' },
  { url: 'https://shop.example/a?q=1#top', stored: 'https://shop.example/a?q=1#top' },
  { url: 'https://Shop.example/a', stored: 'https://Shop.example/a' },
  { url: 'https://shop.example:8443/a', stored: 'https://shop.example:8443/a' },
  { url: 'http://shop.example/a', stored: 'http://shop.example/a' },
  { url: 'app://home/start', stored: 'app://home/start' },
  { url: undefined, stored: null },
].map((one, at) => ({ ...one, visitor: `visitor-${at}` }));

const send = (visitor: string, events: object[]) =>
  collector.send({ sentAt: now, visitor: { id: visitor }, events });

const views = {
  'pipeline.events_log': 'select url from pipeline.events_log where visitor_id = $1',
  'its raw data': `select raw_event_data ->> 'url' as url from pipeline.events_log where visitor_id = $1`,
  'pipeline.pageviews': 'select url from pipeline.pageviews where visitor_id = $1',
  'pipeline.user_events': 'select page_url as url from pipeline.user_events where visitor_id = $1',
  'pipeline.form_submissions': 'select page_url as url from pipeline.form_submissions where visitor_id = $1',
  'pipeline.user_sessions': 'select entry_url as url from pipeline.user_sessions where visitor_id = $1',
  'the exits': 'select exit_url as url from pipeline.user_sessions where visitor_id = $1',
  'social.events':
    'select v.url from social.events v join footfall.events e on e.event_id = v.id where e.visitor_id = $1',
  'social.error_logs':
    'select v.url from social.error_logs v join footfall.events e on e.event_id = v.id where e.visitor_id = $1',
  'social.performance_metrics':
    'select v.page_url as url from social.performance_metrics v join footfall.events e on e.event_id = v.id where e.visitor_id = $1',
};

/** What every reader says the addresses of a visitor are. */
async function readEverywhere(visitor: string): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(views)) {
    const rows = await collector.query<{ url: string | null }>(sql, [visitor]);
    found[name] = rows.map(({ url }) => url);
  }
  const { body } = await client.ask('GET', `visitors/${visitor}`, { site: 'demo' }, client.owner);
  const { sessions } = body as { sessions: { events: { url: unknown }[] }[] };
  found.timeline = sessions.flatMap(({ events }) => events.map(({ url }) => url));
  const deps = { database: collector.database, spoolDir: '/nowhere' };
  for await (const { table, row } of exportSubject(deps, { site: 'demo', kind: 'visitor', id: visitor })) {
    const { url, entry_url } = row as Record<string, unknown>;
    const name = `export of ${table}`;
    if (['events', 'sessions'].includes(table))
      found[name] = [...(found[name] ?? []), url ?? entry_url ?? null];
  }
  return found;
}

test.each(cases)(
  '$url is read as it was sent, stored as $stored or in full',
  async ({ url, stored, visitor }) => {
    const types = ['pageview', 'form_submit', 'web_vital', 'error'];
    const more = { error: { message: 'x' }, web_vital: { metric: 'LCP' } } as Record<string, object>;
    await send(
      visitor,
      types.map((type, at) => ({
        id: newId(now + at),
        type,
        ts: now + at,
        url,
        props: { formId: 'f', ...more[type] },
      })),
    );
    const rows = await collector.query<{ url: string | null }>(
      'select distinct url from footfall.events where visitor_id = $1',
      [visitor],
    );
    expect(rows).toEqual([{ url: stored }]);
    // An earlier event joins the session, which is cut again from what is stored.
    await send(visitor, [{ id: newId(now - 60_000), type: 'pageview', ts: now - 60_000, url }]);

    const read = await readEverywhere(visitor);
    expect(Object.keys(read).length).toBe(Object.keys(views).length + 3);
    for (const [reader, urls] of Object.entries(read))
      expect({ reader, urls: new Set(urls) }).toEqual({ reader, urls: new Set([url ?? null]) });

    // As the version before has written it.
    await collector.query('update footfall.events set url = $2 where visitor_id = $1', [visitor, url]);
    await collector.query('update footfall.sessions set entry_url = $2 where visitor_id = $1', [
      visitor,
      url,
    ]);
    expect(await readEverywhere(visitor)).toEqual(read);
  },
);

test('a sample of an error names its page', async () => {
  const url = 'https://shop.example/broken';
  await send('unlucky', [{ id: newId(now), type: 'error', ts: now, url, props: { message: 'of its own' } }]);
  const { body } = await client.ask(
    'GET',
    'errors',
    { site: 'demo', from: '2026-11-20', limit: 100 },
    client.owner,
  );
  const { errors } = body as { errors: { id: string; message: string }[] };
  const id = errors.find(({ message }) => message === 'of its own')?.id;
  const { samples } = await client.get<{ samples: { url: string }[] }>(`errors/${id}`, {
    from: '2026-11-20',
  });
  expect(samples).toMatchObject([{ url }]);
});
