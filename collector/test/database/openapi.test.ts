import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateAlerts } from '../../src/alerts/evaluate-alerts.js';
import { makeKey } from '../ask-query.js';
import { inventVisitors, requestOf } from '../experiment-scenario.js';
import { type Call, createDescribedClient, type DescribedClient } from '../openapi-client.js';
import { sendVisit } from '../report-client.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const site = 'demo';
let collector: TestCollector;
let client: DescribedClient;
let owner: string;
let clock = noon;
/** Ids of what was made, by the operation that made it. */
const made: Record<string, string> = {};
const visit = { session: newId(noon - dayMs), visitor: 'ada' };

beforeAll(async () => {
  // Nothing is sent there: no report is due, and the alert has a webhook alone.
  collector = await startTestCollector({ now: () => clock, smtpUrl: 'smtp://127.0.0.1:1' });
  owner = await makeKey(collector, 'owner');
  client = await createDescribedClient(collector.origin);
  await save();
  await runExperiment();
  await visitPages();
  await refuseOne();
  await evaluateAlerts(collector.database, noon + dayMs, () => {});
});
afterAll(() => collector.stop());

const steps = [{ page: '/' }, { event: 'signup' }];

async function save() {
  const bodies = {
    addGoal: { name: 'Signup', kind: 'event', pattern: 'signup', value: 2.5, currency: 'EUR' },
    addSegment: { name: 'Desktops', filters: [['is', 'visit:device', ['desktop']]] },
    addAnnotation: { noted_at: '2026-11-18T00:00:00Z', text: 'relaunch' },
    addSavedFunnel: { name: 'To signup', parameters: { steps, breakdown: 'visit:device' } },
    addShare: { name: 'board' },
    addAlert: { name: 'Silence', rule: { kind: 'ingest_silence' }, webhook: { url: 'https://a.example/' } },
    addMailReport: { frequency: 'weekly', recipients: ['ann@example.com'] },
  };
  for (const [operation, body] of Object.entries(bodies)) {
    const answer = await client.call<{ id: string }>(operation, { key: owner, body: { site, ...body } });
    expect(answer).toMatchObject({ status: 201 });
    made[operation] = answer.body.id;
  }
  const map = { version: 3, sources: ['a.ts'], sourcesContent: ['throw 1;'], names: [], mappings: 'AAAA' };
  const person = { email: 'ann@example.com', role: 'analyst', sites: [site] };
  expect(await client.call('addUser', { key: owner, body: person })).toMatchObject({ status: 201 });
  const query = { site, release: '1.0.0', file: 'app.js' };
  expect(await client.call('uploadSourceMap', { key: owner, query, body: map })).toMatchObject({
    status: 201,
  });
}

async function runExperiment() {
  const key = 'checkout';
  clock = noon - 12 * dayMs;
  const asOwner = (operation: string, call: Call = {}) =>
    client.call(operation, { key: owner, query: { site }, path: { key }, ...call });
  await asOwner('setLayer', { body: { site, layer: 'pricing' } });
  await asOwner('createExperiment', {
    body: {
      site,
      key,
      variations: [{ key: 'control' }, { key: 'blue', value: { colour: 'blue' }, name: 'Blue' }],
      layer: { layer: 'pricing' },
      coverage: 0.5,
      urls: { include: ['/*'] },
      condition: { country: { $in: ['DE', 'FR'] } },
      metrics: [
        { key: 'signup', kind: 'proportion', role: 'primary', event: { type: 'custom', name: 'signup' } },
        { key: 'searches', kind: 'mean', event: { type: 'custom', name: 'search' }, prePeriodDays: 7 },
        { key: 'errors', kind: 'mean', role: 'guardrail', event: { type: 'error' }, goal: 'decrease' },
      ],
    },
  });
  await asOwner('changeExperiment', { body: { hypothesis: 'blue sells' } });
  await asOwner('startExperiment');
  await asOwner('rampExperiment', { body: { coverage: 1 } });
  await asOwner('previewExperiment', { body: { variation: 'blue', url: 'https://shop.example/' } });
  const assignment = { unit: { visitor: 'ada' }, attributes: { country: 'DE' }, url: 'https://a.example/' };
  await asOwner('assign', { body: { site, ...assignment } });
  const exposures = [
    { experiment: key, unitId: 'ada' },
    { experiment: key, unitId: 'nobody' },
  ];
  await asOwner('recordExposures', { body: { site, exposures } });
  const context = { targetingKey: 'ada', country: 'DE', url: 'https://a.example/' };
  await asOwner('evaluateFlags', { body: { context } });
  await asOwner('evaluateFlag', { body: { context } });
  clock = noon;
  const visitors = inventVisitors(300, { start: noon - 11 * dayMs, now: noon }, 17);
  await Promise.all(
    visitors.map(async (visitor) => {
      const { body, headers } = requestOf(visitor, noon);
      expect(await collector.send(body, { headers })).toMatchObject({ status: 200 });
    }),
  );
}

async function visitPages() {
  const at = noon - dayMs;
  const pageId = newId(at);
  const form = { formId: 'join', action: '/join', method: 'post' };
  const stack = 'Error: x\n    at t (https://a.example/app.js:1:1)';
  const props = { errorType: 'Error', message: 'x', stack };
  const fields = [{ name: 'mail', type: 'text', filled: true }];
  await sendVisit(collector, {
    ...visit,
    release: '1.0.0',
    events: [
      { at, id: pageId, path: '/', referrer: 'https://www.google.com/?q=1' },
      { at: at + 1, type: 'web_vital', pageId, path: '/', value: 1_200, props: { metric: 'LCP' } },
      { at: at + 2, type: 'form_view', path: '/', props: form },
      { at: at + 3, type: 'form_start', path: '/', props: form },
      { at: at + 4, type: 'form_submit', path: '/', props: { ...form, durationMs: 900, fields } },
      { at: at + 5, type: 'error', path: '/', props },
      { at: at + 6, type: 'engagement', pageId, path: '/', props: { engagedMs: 4_000, scrollPercent: 60 } },
      { at: at + 7, type: 'custom', name: 'signup', path: '/', value: 3, currency: 'USD' },
      { at: at + 8, path: '/thanks' },
    ],
  });
  await collector.send({ events: [{ id: 'no id', type: 'pageview', ts: at }] });
  await sendVisit(collector, { userAgent: googlebot, events: [{ at, path: '/' }] });
  await sendVisit(collector, { visitor: 'bob', events: [{ at: noon - 60_000, path: '/' }] });
  const { body } = await client.call<{ errors: { id: string }[] }>('readErrors', {
    key: owner,
    query: { site },
  });
  made.readErrors = body.errors[0]?.id ?? '';
  const asked = { key: owner, query: { site } };
  const refused = await client.call<{ letters: { id: string }[] }>('listDeadLetters', asked);
  made.listDeadLetters = refused.body.letters[0]?.id ?? '';
}

async function refuseOne() {
  const bad = { id: newId(noon), type: 'nonsense', ts: noon };
  await collector.send({ sentAt: noon, events: [bad] }, { site });
  const { body } = await client.call<{ letters: { id: string }[] }>('listDeadLetters', {
    key: owner,
    query: { site },
  });
  made.listDeadLetters = body.letters[0]?.id ?? '';
  const person = { email: 'ann@office.example', role: 'analyst', sites: [site] };
  const added = await client.call<{ user: { id: string } }>('addUser', { key: owner, body: person });
  made.addUser = added.body.user.id;
}

// Other than by the dashboard of this installation nobody asks for these.
const undescribed = /^\/(dashboard|share|sdk|vitals)\b|^\/login\b|\*/;

test('every route of the router is described, and every description is of a route', () => {
  const described = Object.entries(client.document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const routes = collector.routes
    .filter(({ method, path }) => !undescribed.test(path) && !['ALL', 'OPTIONS'].includes(method))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`);
  // The router names the parameters of one place each as it likes.
  const plain = (all: string[]) => [...new Set(all.map((one) => one.replace(/\{\w+\}/g, '{}')))].sort();
  expect(plain(described)).toEqual(plain(routes));
  const ids = Object.values(client.document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(ids).toEqual([...new Set(ids)]);
});

test('the document is OpenAPI 3.1, and all that it refers to is in it', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(client.document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const references = [...JSON.stringify(client.document).matchAll(/"\$ref":"([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(50);
  for (const [, reference = ''] of references) {
    const [, name = ''] = /^#\/components\/schemas\/(\w+)$/.exec(reference) ?? [];
    expect(client.document.components.schemas).toHaveProperty([name]);
  }
});

// What a GET needs beside the site. Several are asked one after the other.
const questions: Record<string, () => Call[]> = {
  readOverview: () => [{}, { query: { filters: [['is', 'visit:device', ['desktop']]] } }],
  readFunnels: () => [
    { query: { steps } },
    { query: { steps: [{ goal: 'Signup' }, { page: '/' }], breakdown: 'visit:os' } },
  ],
  readConversions: () => [{}, { query: { breakdown: 'visit:country' } }],
  readAttribution: () => [{ query: { conversion: { goal: 'Signup' } } }],
  readPaths: () => [{}, { query: { to_page: '/thanks' } }],
  readRetention: () => [{ query: { interval: 'day' } }],
  readError: () => [{ path: { id: made.readErrors ?? '' } }],
  readVisitor: () => [{ path: { id: visit.visitor } }],
  readSession: () => [{ path: { id: visit.session } }],
  runSavedFunnel: () => [{ path: { id: made.addSavedFunnel ?? '' } }],
  readExperiment: () => [{ path: { key: 'checkout' } }],
  readResults: () => [
    { path: { experiment: 'checkout' } },
    { path: { experiment: 'checkout' }, query: { breakdown: 'device', metric: 'signup' } },
  ],
  readAssignments: () => [{ query: { unitType: 'visitor', unitId: 'ada' } }],
  readSite: () => [{ path: { site } }],
  readDeadLetter: () => [{ path: { id: made.listDeadLetters ?? '' } }],
  readAlert: () => [{ path: { id: made.addAlert ?? '' } }],
  listIncidents: () => [{ path: { id: made.addAlert ?? '' } }],
  readRetentionOfSite: () => [{ path: { site }, query: {} }],
};

test('every GET answers as it is described, and refuses as it is described', async () => {
  const gets = Object.values(client.document.paths).flatMap(({ get }) => get ?? []);
  expect(gets.length).toBeGreaterThan(25);
  for (const { operationId, parameters = [], security } of gets) {
    const takesSite = parameters.some((one) => one.in === 'query' && one.name === 'site');
    for (const { path, query } of questions[operationId]?.() ?? [{}]) {
      const asked = { ...(path && { path }), query: { ...(takesSite && { site }), ...query } };
      const { status, body } = await client.call(operationId, { key: owner, ...asked });
      expect({ operationId, status, body }).toMatchObject({ operationId, status: 200 });
      expect({ operationId, isFull: isFull(body) }).toEqual({ operationId, isFull: true });
      if (!security.some((scheme) => 'key' in scheme)) continue;
      const refused = await client.call(operationId, asked);
      expect(refused).toMatchObject({ status: 401, body: { error: { code: expect.any(String) } } });
    }
  }
});

// An empty list agrees with every description.
function isFull(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true;
  return Object.values(body).some((value) => !Array.isArray(value) || value.length > 0);
}

test.each([
  [
    'metrics of all kinds',
    { metrics: ['visitors', 'bounce_rate', 'total_revenue'], dimensions: ['time:day'] },
  ],
  [
    'with another period',
    {
      metrics: ['visits'],
      include: { comparisons: { mode: 'previous_period' }, total_rows: true, bots: true },
    },
  ],
  ['of several sites', { site_id: [site, 'other'], metrics: ['pageviews'], dimensions: ['event:page'] }],
  ['a page of it', { metrics: ['pageviews'], dimensions: ['event:page'], pagination: { limit: 1 } }],
])('a query answers as it is described: %s', async (_, body) => {
  const answer = await client.call('query', {
    key: owner,
    body: { site_id: site, date_range: '30d', ...body },
  });
  expect(answer.status).toBe(200);
});

test('what changes things answers as it is described, to the last', async () => {
  const path = { id: made.readErrors ?? '' };
  await client.call('changeError', { key: owner, path, body: { site, state: 'resolved' } });
  await client.call('setRetention', { key: owner, body: { site, preset: 'media' } });
  const subject = { site, visitor: 'bob' };
  for (const operation of ['exportPerson', 'erasePerson'])
    expect(await client.call(operation, { key: owner, body: subject })).toMatchObject({ status: 200 });
  for (const kind of ['Goal', 'Segment', 'Annotation', 'SavedFunnel']) {
    const place = { key: owner, path: { id: made[`add${kind}`] ?? '' } };
    const missing = { ...place, path: { id: 'none' }, query: { site } };
    expect(await client.call(`delete${kind}`, missing)).toMatchObject({ status: 404 });
    expect(await client.call(`delete${kind}`, { ...place, query: { site } })).toMatchObject({ status: 204 });
  }
  const shared = { key: owner, path: { id: made.addShare ?? '' }, query: { site } };
  expect(await client.call('revokeShare', shared)).toMatchObject({ status: 204 });
  for (const [operation, body] of [
    ['beginPhase', { variations: [{ key: 'control' }, { key: 'green' }] }],
    ['stopExperiment', { winner: 'green' }],
    ['archiveExperiment', undefined],
  ] as const)
    expect(
      await client.call(operation, { key: owner, path: { key: 'checkout' }, query: { site }, body }),
    ).toMatchObject({ status: 200 });
});

test('administration answers as it is described', async () => {
  const ask = async <Body = Record<string, string>>(operation: string, call: Call, status: number) => {
    const answer = await client.call<Body>(operation, { key: owner, ...call });
    expect({ operation, ...answer }).toMatchObject({ status });
    return answer.body;
  };
  const path = { site: 'made' };
  await ask('createSite', { body: { site: 'made', timezone: 'Europe/Berlin' } }, 201);
  await ask('createSite', { body: { site: 'made' } }, 409);
  await ask('changeSite', { path, body: { retention: { events: 30 } } }, 200);
  await ask('changeSite', { path, body: { weekStart: 9 } }, 400);
  await ask('rotateSiteKey', { path, body: { overlapHours: 1 } }, 201);
  const key = { role: 'ingest', name: 'a server', sites: ['made'] };
  const { keyId = '' } = await ask('createKey', { body: key }, 201);
  const rotated = await ask('rotateKey', { path: { id: keyId }, body: {} }, 201);
  await ask('revokeKey', { path: { id: rotated.keyId ?? '' } }, 204);
  await ask('revokeKey', { path: { id: rotated.keyId ?? '' } }, 404);
  await ask('readAudit', { query: { action: 'key.', limit: 1 } }, 200);
  await ask('replayDeadLetters', { body: { site } }, 200);
  const person = { id: made.addUser ?? '' };
  await ask('changeUser', { path: person, body: { name: 'Ann' } }, 200);
  await ask('resetUser', { path: person }, 200);
  await ask('removeUser', { path: person }, 204);
  await ask('removeUser', { path: person }, 404);
  await ask('signIn', { body: { email: 'ann@office.example', password: 'none' } }, 401);
  await ask('signOut', {}, 204);
  await ask('setPassword', { body: { token: 'none', password: 'a long enough password' } }, 400);
});
