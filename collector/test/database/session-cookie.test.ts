import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSession } from '../../src/people/sessions.js';
import { createReportClient, type ReportClient } from '../report-client.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let client: ReportClient;
let cookie: string;
let origin: string;

beforeAll(async () => {
  collector = await startTestCollector();
  client = await createReportClient(collector);
  ({ origin } = collector);
  const [operator] = await collector.query<{ operator_id: string }>(
    `insert into footfall.operators (email, name, role, sites)
     values ('ann@shop.example', 'Ann', 'admin', '{demo}') returning operator_id`,
  );
  const operatorId = operator?.operator_id ?? '';
  const token = await collector.database.asOwner((tx) => addSession(tx, { operatorId, userAgent: 'test' }));
  cookie = `__Host-footfall=${token}`;
});
afterAll(() => collector.stop());

const goal = { site: 'demo', kind: 'page', pattern: '/thanks' };
let goals = 0;

async function addGoal(headers: Record<string, string>, body: object = {}) {
  goals += 1;
  const response = await fetch(`${origin}/api/v1/goals`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...goal, name: `Goal ${goals}`, ...body }),
  });
  return { status: response.status, body: await response.json() };
}

const json = { 'content-type': 'application/json' };

test.each([
  { from: 'the dashboard', headers: () => ({ ...json, origin }), status: 201 },
  {
    from: 'a browser that sends Sec-Fetch-Site',
    headers: () => ({ ...json, 'sec-fetch-site': 'same-origin' }),
    status: 201,
  },
  { from: 'another origin', headers: () => ({ ...json, origin: 'https://evil.example' }), status: 403 },
  { from: 'another port', headers: () => ({ ...json, origin: 'http://127.0.0.1:1' }), status: 403 },
  { from: 'a sandboxed frame', headers: () => ({ ...json, origin: 'null' }), status: 403 },
  {
    from: 'a neighbour under the same domain',
    headers: () => ({ ...json, 'sec-fetch-site': 'same-site' }),
    status: 403,
  },
  { from: 'another site', headers: () => ({ ...json, origin, 'sec-fetch-site': 'cross-site' }), status: 403 },
  { from: 'who does not say where', headers: () => json, status: 403 },
  { from: 'a form of text/plain', headers: () => ({ 'content-type': 'text/plain', origin }), status: 415 },
  {
    from: 'a form',
    headers: () => ({ 'content-type': 'application/x-www-form-urlencoded', origin }),
    status: 415,
  },
])('a change that comes with a cookie from $from is answered $status', async ({ headers, status }) => {
  const before = await collector.query('select 1 from footfall.goals');
  expect((await addGoal({ cookie, ...headers() })).status).toBe(status);
  const after = await collector.query('select 1 from footfall.goals');
  expect(after.length - before.length).toBe(status === 201 ? 1 : 0);
});

test('a key needs no origin, and decides where there is a cookie too', async () => {
  const headers = {
    ...json,
    cookie,
    authorization: `Bearer ${client.owner}`,
    origin: 'https://evil.example',
  };
  expect((await addGoal(headers, { site: 'other' })).status).toBe(201);
  const readOnly = { ...json, cookie, authorization: `Bearer ${client.analyst}`, origin };
  expect(await addGoal(readOnly)).toMatchObject({ status: 403, body: { error: { code: 'role' } } });
});

test.each([
  { where: 'its own site', path: '/api/v1/goals?site=demo', status: 200 },
  { where: 'another site', path: '/api/v1/goals?site=other', status: 403 },
])('an operator who asks for $where is answered $status', async ({ path, status }) => {
  expect((await fetch(origin + path, { headers: { cookie } })).status).toBe(status);
});

test('a session is nothing outside the cookie, and nothing outside the API', async () => {
  const token = cookie.replace('__Host-footfall=', '');
  const tries: [string, Record<string, string>][] = [
    ['/api/v1/goals?site=demo', { authorization: `Footfall-Session ${token}` }],
    ['/api/v1/goals?site=demo', { authorization: `Bearer ${token}` }],
    ['/api/v1/goals?site=demo', { cookie: `__Host-footfall=${token}x` }],
    ['/v1/assignments?site=demo&unitType=visitor&unitId=a', { cookie }],
  ];
  for (const [path, headers] of tries) expect((await fetch(origin + path, { headers })).status).toBe(401);
});

test('what an operator changed is in the audit log under the address', async () => {
  const created = await fetch(`${origin}/api/v1/experiments`, {
    method: 'POST',
    headers: { ...json, cookie, origin },
    body: JSON.stringify({
      site: 'demo',
      key: 'signed',
      variations: [{ key: 'control' }, { key: 'new' }],
    }),
  });
  expect([created.status, await created.json()]).toEqual([201, expect.anything()]);
  expect(
    await collector.query(`select actor, action from footfall.audit_log where target = 'signed'`),
  ).toEqual([
    {
      actor: expect.stringMatching(/^ann@shop\.example \(operator [\da-f-]{36}\)$/),
      action: 'experiment.create',
    },
  ]);
});
