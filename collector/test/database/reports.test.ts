import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReportClient, type ReportClient, type SentEvent, sendVisit } from '../report-client.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1';
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
let collector: TestCollector;
let client: ReportClient;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => noon });
  client = await createReportClient(collector);
});
afterAll(() => collector.stop());

let visits = 0;
/** A visit of a visitor of its own, some hours back so that visits of one test share no session. */
async function visit(
  events: SentEvent[],
  { userAgent, visitor }: { userAgent?: string; visitor?: string } = {},
) {
  const startAt = noon - 60_000 * (60 + visits);
  visits += 1;
  const session = newId(startAt);
  const moved = events.map((event) => ({ ...event, at: startAt + event.at }));
  await sendVisit(collector, {
    visitor: visitor ?? `visitor-${visits}`,
    session,
    ...(userAgent !== undefined && { userAgent }),
    events: moved,
  });
  return { session, visitor: visitor ?? `visitor-${visits}` };
}

test('web vitals: p75 of the last value of each page load, by page and device', async () => {
  const load = (path: string, values: number[], metric = 'LCP') => {
    const pageId = newId(noon);
    const vital = (value: number, at: number) => ({
      at,
      type: 'web_vital',
      path,
      pageId,
      value,
      props: { metric },
    });
    return visit([{ at: 0, id: pageId, path }, ...values.map((value, index) => vital(value, index + 1))]);
  };
  for (const value of [1_000, 2_000, 3_000, 4_000]) await load('/vitals', [value]);
  // The first value of a load is replaced by its second: 9,000 counts nowhere.
  await load('/vitals', [9_000, 5_000]);
  await load('/vitals', [0.3], 'CLS');
  const { totals, results } = await client.get<{ totals: object[]; results: object[] }>('web-vitals', {
    filters: [['is', 'event:page', ['/vitals']]],
  });
  expect(totals).toEqual([
    {
      metric: 'LCP',
      page_loads: 5,
      p75: 4_000,
      median: 3_000,
      rating: 'needs-improvement',
      good: 40,
      poor: 20,
    },
    { metric: 'CLS', page_loads: 1, p75: 0.3, median: 0.3, rating: 'poor', good: 0, poor: 100 },
  ]);
  expect(results[0]).toMatchObject({ dimensions: ['/vitals', 'desktop'], metric: 'LCP', p75: 4_000 });
});

test('forms: views, starts, submits and the fields after which people leave', async () => {
  const fields = (filled: string[]) =>
    ['name', 'mail', 'phone'].map((name) => ({ name, type: 'text', filled: filled.includes(name) }));
  const props = { formId: 'signup', action: '/signup', method: 'post' };
  const event = (at: number, type: string, more: object = {}) => ({
    at,
    type,
    path: '/join',
    props: { ...props, ...more },
  });
  const started = [event(1, 'form_view'), event(2, 'form_start')];
  await visit([{ at: 0, path: '/join' }, event(1, 'form_view')]);
  await visit([...started, event(9, 'form_submit', { fields: fields(['name', 'mail']), durationMs: 8_000 })]);
  await visit([...started, event(9, 'form_abandon', { fields: fields(['name']), lastField: 'mail' })]);
  await visit([
    ...started,
    event(9, 'form_abandon', { fields: fields(['name', 'mail']), lastField: 'phone' }),
  ]);
  await visit([...started, event(9, 'form_abandon', { fields: fields([]), lastField: 'mail' })]);
  const { forms } = await client.get<{ forms: object[] }>('forms', {});
  expect(forms).toMatchObject([
    {
      form: 'signup',
      page: '/join',
      views: 5,
      starts: 4,
      submits: 1,
      abandons: 3,
      completion_rate: 25,
      median_seconds: 8,
      fields: [
        { field: 'mail', shown: 4, filled: 2, left_last: 2, abandon_rate: 66.67 },
        { field: 'phone', shown: 4, filled: 0, left_last: 1, abandon_rate: 33.33 },
        { field: 'name', shown: 4, filled: 3, left_last: 0, abandon_rate: 0 },
      ],
    },
  ]);
});

test('engagement: seconds in sight over visits with a record, and the furthest scroll over all visits', async () => {
  const read = (at: number, engagedMs: number, scrollPercent?: number) => ({
    at,
    type: 'engagement',
    path: '/article',
    props: { engagedMs, scrollPercent },
  });
  await visit([{ at: 0, path: '/article' }, read(10, 5_000, 50), read(20, 15_000, 80)]);
  await visit([
    { at: 0, path: '/article' },
    read(10, 10_000),
    { at: 11, path: '/article', type: 'scroll_depth', props: { percent: 25 } },
  ]);
  await visit([{ at: 0, path: '/article' }]);
  const filters = [['is', 'event:page', ['/article']]];
  const { pages } = await client.get<{ pages: object[] }>('engagement', { filters });
  expect(pages).toEqual([
    {
      page: '/article',
      visits: 3,
      pageviews: 3,
      time_on_page: 15,
      median_time_on_page: 15,
      scroll_depth: 35,
      reached: { 25: 66.67, 50: 33.33, 75: 33.33, 100: 0 },
    },
  ]);
});

test('goals: conversions, visitors, rate and revenue, by a dimension too', async () => {
  const create = (goal: object) => client.ask('POST', 'goals', { site: 'demo', ...goal }, client.owner);
  const thanks = { name: 'Order', kind: 'page', pattern: '/thanks/*', value: 10, currency: 'EUR' };
  expect(await create(thanks)).toMatchObject({ status: 201, body: { name: 'Order', value: 10 } });
  expect(await create({ name: 'Donation', kind: 'event', pattern: 'donate' })).toMatchObject({ status: 201 });
  expect(await create(thanks)).toMatchObject({ status: 409, body: { error: { path: 'name' } } });
  const events = [
    { at: 0, path: '/shop' },
    { at: 1, path: '/thanks/1' },
    { at: 2, path: '/thanks/2' },
  ];
  const donation = { at: 3, type: 'custom', name: 'donate', path: '/shop', value: 7, currency: 'USD' };
  await visit([...events, donation], { visitor: 'buyer' });
  await visit([{ at: 0, path: '/shop' }], { userAgent: phone });
  const filters = [['has_done', ['is', 'event:page', ['/shop']]]];
  const { goals, visitors } = await client.get<{ goals: object[]; visitors: number }>('conversions', {
    filters,
    breakdown: 'visit:device',
  });
  expect(visitors).toBe(2);
  expect(goals).toMatchObject([
    {
      name: 'Donation',
      event: 'donate',
      conversions: 1,
      visitors: 1,
      conversion_rate: 50,
      revenue: { USD: 7 },
    },
    {
      name: 'Order',
      page: '/thanks/*',
      conversions: 2,
      visitors: 1,
      conversion_rate: 50,
      revenue: { EUR: 20 },
      breakdown: [
        { value: 'desktop', conversions: 2, visitors: 1, conversion_rate: 100, revenue: { EUR: 20 } },
      ],
    },
  ]);
  const unsplit = await client.get<{ goals: object[] }>('conversions', { filters });
  expect(unsplit.goals).toMatchObject([
    { name: 'Donation', conversions: 1 },
    { name: 'Order', conversions: 2 },
  ]);
  const steps = [{ page: '/shop' }, { goal: 'Order' }];
  const funnel = await client.get<{ steps: object[] }>('funnels', {
    steps,
    filters,
    breakdown: 'visit:device',
  });
  expect(funnel).toMatchObject({
    steps: [
      { reached: 2, dropped: 1 },
      { reached: 1, conversion_rate: 50, median_seconds: 0.001 },
    ],
    breakdown: [{ value: 'desktop' }, { value: 'mobile' }],
  });
});

test('saved things are listed, replaced and deleted, and only by those who may', async () => {
  for (const [path, first, second] of [
    [
      'segments',
      { name: 'Germans', filters: [['is', 'visit:country', ['DE']]] },
      { name: 'French', filters: [['is', 'visit:country', ['FR']]] },
    ],
    [
      'annotations',
      { noted_at: '2026-11-01T08:00:00.000Z', text: 'relaunch' },
      { noted_at: '2026-11-02T08:00:00.000Z', text: 'again' },
    ],
    [
      'goals',
      { name: 'Read', kind: 'page', pattern: '/blog/**', value: null, currency: null },
      { name: 'Read', kind: 'event', pattern: 'read', value: 1.5, currency: 'EUR' },
    ],
    [
      'saved-funnels',
      { name: 'Shop', parameters: { steps: [{ page: '/' }, { page: '/a' }], order: 'strict' } },
      { name: 'Shop', parameters: { steps: [{ page: '/a' }, { event: 'b' }], window: 60 } },
    ],
  ] as const) {
    const { status, body } = await client.ask('POST', path, { site: 'demo', ...first }, client.owner);
    expect({ status, body }).toMatchObject({ status: 201, body: first });
    const place = `${path}/${body.id}`;
    const changed = await client.ask('PUT', place, { site: 'demo', ...second }, client.owner);
    expect(changed).toMatchObject({ status: 200, body: { id: body.id, ...second } });
    const listed = await client.get<Record<string, object[]>>(path, {});
    const [saved] = (Object.values(listed)[0] ?? []).filter((one) => 'id' in one && one.id === body.id);
    expect(saved).toMatchObject(second);
    expect((await client.ask('POST', path, { site: 'demo', ...first })).status).toBe(403);
    expect((await client.ask('DELETE', place, { site: 'demo' })).status).toBe(403);
    expect((await client.ask('DELETE', place, { site: 'other' }, client.owner)).status).toBe(404);
    expect((await client.ask('DELETE', place, { site: 'demo' }, client.owner)).status).toBe(204);
    expect((await client.ask('PUT', place, { site: 'demo', ...second }, client.owner)).status).toBe(404);
  }
});

test('a saved funnel answers by its id what the report answers, with the filters of the request', async () => {
  const steps = [{ page: '/saved' }, { event: 'kept' }];
  for (const userAgent of [undefined, phone])
    await visit(
      [
        { at: 0, path: '/saved' },
        { at: 1_000, type: 'custom', name: 'kept', path: '/saved' },
      ],
      { ...(userAgent !== undefined && { userAgent }) },
    );
  const saved = { site: 'demo', name: 'Kept', parameters: { steps, window: 600 } };
  const { body } = await client.ask('POST', 'saved-funnels', saved, client.owner);
  expect(body).toMatchObject({ parameters: { steps, window: 600, order: 'loose', unit: 'visitor' } });
  const place = `saved-funnels/${body.id}/report`;
  for (const query of [
    {},
    { filters: [['is', 'visit:device', ['mobile']]] },
    { breakdown: 'visit:device' },
  ]) {
    const report = await client.get('funnels', { steps, window: 600, ...query });
    expect(await client.get(place, query)).toEqual({ id: body.id, name: 'Kept', ...report });
  }
  expect(await client.get(place, {})).toMatchObject({ steps: [{ reached: 2 }, { reached: 2 }] });
  for (const [path, input, status, where] of [
    [place, { site: 'other' }, 403, 'site'],
    ['saved-funnels/none/report', { site: 'demo' }, 404, 'id'],
    [place, { site: 'demo', steps }, 400, 'steps'],
  ] as const)
    expect(await client.ask('GET', path, input)).toMatchObject({ status, body: { error: { path: where } } });
  const bad = { site: 'demo', name: 'Bad', parameters: { steps: [{ page: '/' }] } };
  expect(await client.ask('POST', 'saved-funnels', bad, client.owner)).toMatchObject({
    status: 400,
    body: { error: { path: 'parameters.steps' } },
  });
  expect(await client.ask('POST', 'saved-funnels', saved, client.owner)).toMatchObject({
    status: 409,
    body: { error: { path: 'name' } },
  });
});

test('a segment stands for its filters, by its name and inside other filters', async () => {
  await client.ask(
    'POST',
    'segments',
    { site: 'demo', name: 'Phones', filters: [['is', 'visit:device', ['mobile']]] },
    client.owner,
  );
  await visit([{ at: 0, path: '/segmented' }]);
  await visit([{ at: 0, path: '/segmented' }], { userAgent: phone });
  const count = async (query: object) => {
    const { pages } = await client.get<{ pages: { page: string; visits: number }[] }>('engagement', {
      ...query,
    });
    return pages.find(({ page }) => page === '/segmented')?.visits;
  };
  expect(await count({})).toBe(2);
  expect(await count({ segment: 'Phones' })).toBe(1);
  expect(await count({ filters: [['not', ['is', 'segment', ['Phones']]]] })).toBe(1);
  expect(await client.ask('GET', 'engagement', { site: 'demo', segment: 'none' })).toMatchObject({
    status: 400,
  });
});

test('visits are listed, the newest first, page by page, under the filters', async () => {
  for (const minutes of [50, 10, 30])
    await visit([{ at: minutes, path: `/listed-${minutes}` }], { visitor: `listed-${minutes}` });
  type List = { sessions: { visitor_id: string; entry_path: string }[]; next: string | null };
  const filters = JSON.stringify([['contains', 'visit:entry_page', ['/listed-']]]);
  const read = (more: object) => client.get<List>('sessions', { filters, ...more });
  const whole = await read({});
  expect([...whole.sessions].map(({ visitor_id }) => visitor_id).sort()).toEqual([
    'listed-10',
    'listed-30',
    'listed-50',
  ]);
  const first = await read({ limit: 2 });
  const rest = await read({ limit: 2, cursor: first.next });
  expect([...first.sessions, ...rest.sessions]).toEqual(whole.sessions);
  expect(rest.next).toBeNull();
  expect((await client.ask('GET', 'sessions', { site: 'demo', cursor: 'x' })).status).toBe(400);
});

test('the timeline of a visitor: sessions, the newest first, with their events in order', async () => {
  const visitor = 'traveller';
  const first = await visit(
    [
      { at: 0, path: '/one' },
      { at: 5, type: 'click', path: '/one' },
    ],
    { visitor },
  );
  const second = await visit([{ at: 0, path: '/two' }], { visitor });
  const timeline = await client.get<{ sessions: object[]; next: string | null }>(`visitors/${visitor}`, {});
  expect(timeline).toMatchObject({
    visitor,
    next: null,
    sessions: [
      {
        session_id: first.session,
        entry_path: '/one',
        events: [{ type: 'pageview', path: '/one' }, { type: 'click' }],
      },
      { session_id: second.session, events: [{ path: '/two' }] },
    ],
  });
  const page = await client.get<{ sessions: object[]; next: string }>(`visitors/${visitor}`, { sessions: 1 });
  expect(page.sessions).toHaveLength(1);
  const rest = await client.get<{ sessions: object[] }>(`visitors/${visitor}`, { before: page.next });
  expect(rest.sessions).toMatchObject([{ session_id: second.session }]);
  const session = await client.get(`sessions/${second.session}`, {});
  expect(session).toMatchObject({ sessions: [{ visitor_id: visitor, entry_path: '/two' }] });
  for (const path of ['visitors/nobody', 'sessions/none', `sessions/${newId()}`])
    expect((await client.ask('GET', path, { site: 'demo' })).status).toBe(404);
});

test('bots are counted by the reason for which they were taken for one', async () => {
  await visit(
    [
      { at: 0, path: '/' },
      { at: 1, path: '/a' },
    ],
    { userAgent: googlebot },
  );
  const { reasons } = await client.get<{ reasons: object[] }>('bots', {});
  expect(reasons).toMatchObject([
    { reason: expect.any(String), events: 2, pageviews: 2, visitors: 1, user_agents: [googlebot] },
  ]);
});

test('a share link reads the reports of its site, nothing personal, and nothing once it is revoked', async () => {
  const { status, body } = await client.ask('POST', 'shares', { site: 'demo', name: 'board' }, client.owner);
  expect(status).toBe(201);
  const { id, token } = body as { id: string; token: string };
  const statusOf = async (path: string, site = 'demo') =>
    (await client.ask('GET', path, { site }, token)).status;
  for (const path of ['engagement', 'bots', 'goals', 'annotations', 'saved-funnels', 'errors', 'stickiness'])
    expect(await statusOf(path)).toBe(200);
  expect(await statusOf('engagement', 'other')).toBe(403);
  for (const path of ['visitors/traveller', `sessions/${newId()}`, 'errors/any'])
    expect(await statusOf(path)).toBe(403);
  expect(await statusOf('shares')).toBe(401);
  const write = { site: 'demo', name: 'x', kind: 'event', pattern: 'x' };
  expect((await client.ask('POST', 'goals', write, token)).status).toBe(401);
  for (const [site, status] of [
    ['demo', 200],
    ['other', 403],
  ] as const) {
    const response = await fetch(`${collector.origin}/api/v2/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ site_id: site, metrics: ['visitors'], date_range: '7d' }),
    });
    expect(response.status).toBe(status);
  }
  const stored = await collector.query<{ text: string }>('select s::text as text from footfall.shares s');
  expect(stored.map(({ text }) => text).join()).not.toContain(token.slice(-20));
  expect((await client.ask('GET', 'shares', { site: 'demo' }, client.owner)).body).toMatchObject({
    shares: [{ id, name: 'board' }],
  });
  expect((await client.ask('DELETE', `shares/${id}`, { site: 'demo' }, client.owner)).status).toBe(204);
  expect(await statusOf('engagement')).toBe(401);
  const past = { site: 'demo', name: 'old', expires_at: '2020-01-01T00:00:00Z' };
  const { body: expired } = await client.ask('POST', 'shares', past, client.owner);
  expect((await client.ask('GET', 'bots', { site: 'demo' }, String(expired.token))).status).toBe(401);
});

const steps = [{ page: '/' }, { page: '/a' }];
test.each<[string, object, { status: number; path: string }]>([
  ['funnels', { steps: [{ page: '/' }] }, { status: 400, path: 'steps' }],
  ['funnels', { steps: [{ page: '/', event: 'x' }, { page: '/' }] }, { status: 400, path: 'steps[0]' }],
  ['funnels', { steps: Array.from({ length: 11 }, () => ({ page: '/' })) }, { status: 400, path: 'steps' }],
  ['funnels', { steps, window: 0 }, { status: 400, path: 'window' }],
  ['funnels', { steps, breakdown: 'visit:contry' }, { status: 400, path: 'breakdown' }],
  ['funnels', { steps, order: 'any' }, { status: 400, path: 'order' }],
  ['funnels', { steps, nonsense: 1 }, { status: 400, path: 'nonsense' }],
  ['retention', { interval: 'hour' }, { status: 400, path: 'interval' }],
  ['retention', { timezone: "Europe/Berlin'" }, { status: 400, path: 'timezone' }],
  ['paths', { from_page: '/', to_page: '/' }, { status: 400, path: 'to_page' }],
  ['paths', { from: '2026-11-02', to: '2026-11-01' }, { status: 400, path: 'to' }],
  ['paths', { from: '1900-01-01' }, { status: 400, path: 'from' }],
  ['paths', { from: '1990-01-01' }, { status: 400, path: 'to' }],
  [
    'web-vitals',
    { dimensions: ['visit:device', 'visit:os', 'visit:browser'] },
    { status: 400, path: 'dimensions' },
  ],
  ['attribution', {}, { status: 400, path: 'conversion' }],
  [
    'attribution',
    { conversion: { event: 'x' }, dimension: 'event:page' },
    { status: 400, path: 'dimension' },
  ],
  ['engagement', { filters: [['is', 'visit:country']] }, { status: 400, path: 'filters[0]' }],
  ['engagement', { filters: [['matches', 'event:page', ['(']]] }, { status: 400, path: 'filters' }],
  ['engagement', { limit: 100_000 }, { status: 400, path: 'limit' }],
  ['engagement', { site: "demo'--" }, { status: 400, path: 'site' }],
  ['engagement', { site: 'other' }, { status: 403, path: 'site' }],
  ['errors', { state: 'closed' }, { status: 400, path: 'state' }],
  ['visitors/x', { before: 'yesterday' }, { status: 400, path: 'before' }],
])('%s of %o is refused with its place', async (path, input, { status, path: place }) => {
  for (const method of path.includes('/') ? ['GET'] : ['GET', 'POST']) {
    const answer = await client.ask(method, path, { site: 'demo', ...input });
    expect(answer).toMatchObject({ status, body: { error: { path: place, message: expect.any(String) } } });
  }
});

test('reports of a site without events are empty, not errors', async () => {
  const range = { site: 'other', date_range: '7d' };
  for (const path of [
    'funnels',
    'retention',
    'conversions',
    'paths',
    'web-vitals',
    'forms',
    'engagement',
    'attribution',
    'stickiness',
    'bots',
    'errors',
  ]) {
    const own = path === 'funnels' ? { steps } : path === 'attribution' ? { conversion: { event: 'x' } } : {};
    const { status, body } = await client.ask('POST', path, { ...range, ...own }, client.owner);
    expect({ path, status }).toEqual({ path, status: 200 });
    expect(body.meta).toMatchObject({
      site: 'other',
      from: '2026-11-13',
      to: '2026-11-19',
      definitions: expect.any(Object),
    });
  }
});

test('the OpenAPI document describes every report with the schema of its request', async () => {
  const response = await fetch(`${collector.origin}/openapi.json`);
  const document = (await response.json()) as {
    paths: Record<string, object>;
    components: { schemas: Record<string, { properties: object }> };
  };
  expect(document.paths).toHaveProperty(['/api/v1/funnels', 'post', 'requestBody']);
  expect(document.components.schemas.FunnelsRequest?.properties).toMatchObject({
    site: { type: 'string' },
    window: { type: 'integer', default: 86_400 },
    steps: { type: 'array', minItems: 2, maxItems: 10 },
  });
});
