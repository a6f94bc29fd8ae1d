import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createNetworks } from '../../src/access/networks.js';
import { createPeopleClient, type PeopleClient, password, sessionOf } from '../people-client.js';
import { exchange, type Answer as RawAnswer } from '../raw-http.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let client: PeopleClient;
let origin: string;
let clock = Date.now();

const windowMs = 15 * 60_000;
const ann = { email: 'ann@shop.example', role: 'analyst', sites: ['demo'] };

beforeAll(async () => {
  const trustedProxies = createNetworks(['127.0.0.1']);
  collector = await startTestCollector({ trustedProxies, now: () => clock });
  ({ origin } = collector);
  client = await createPeopleClient(collector);
});
// What was counted against the test before is forgotten.
beforeEach(() => {
  clock += windowMs;
});
afterAll(() => collector.stop());

test('before there is anybody, the sign-in page is told that the first owner is missing', async () => {
  const methods = async () => (await client.ask('GET', 'login/methods')).body;
  expect(await methods()).toEqual({ password: true, oidc: null, firstOwner: true });
  await client.enter(ann);
  expect(await methods()).toEqual({ password: true, oidc: null, firstOwner: false });
  expect((await fetch(`${origin}/login/oidc`)).status).toBe(404);
});

test('a login answers who it is, with a cookie that no script can read', async () => {
  const answer = await client.signIn('ann@shop.example');
  expect(answer).toMatchObject({
    status: 200,
    body: {
      operator: { email: 'ann@shop.example', name: 'ann@shop.example', role: 'analyst', sites: ['demo'] },
    },
  });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-footfall=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
  ]);
});

/** A login as a browser sends it whose page is at an address; a proxy hands the Host on. */
function signInAt(page: string, host = new URL(page).host): Promise<RawAnswer> {
  return exchange(origin, {
    path: '/api/v1/login',
    headers: { host, origin: page, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ann@shop.example', password }),
  });
}

test.each([
  { page: 'http://localhost:8787', cookie: /^footfall=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/ },
  { page: 'http://127.0.0.1:8787', cookie: /^footfall=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/ },
  { page: 'https://stats.example', cookie: /^__Host-footfall=[\w-]{43}; .*; Secure$/ },
])('the cookie of a page at $page is one that browsers keep there', async ({ page, cookie }) => {
  expect((await signInAt(page)).headers.getSetCookie()).toEqual([expect.stringMatching(cookie)]);
});

test.each([
  { what: 'a page without encryption', page: 'http://stats.example', code: 'insecure' },
  {
    what: 'a page of another name than the collector is asked by',
    page: 'https://stats.example',
    host: 'inside',
    code: 'origin',
  },
])('$what signs nobody in', async ({ page, host, code }) => {
  const { status, headers, body } = await signInAt(page, host);
  expect({ status, body }).toMatchObject({ status: 403, body: { error: { code } } });
  expect(headers.getSetCookie()).toEqual([]);
});

test.each([
  { from: 'another page', headers: { origin: 'https://evil.example' }, status: 403, code: 'origin' },
  { from: 'another site', headers: { 'sec-fetch-site': 'cross-site' }, status: 403, code: 'origin' },
  { from: 'a form', headers: { 'content-type': 'text/plain' }, status: 415, code: 'content_type' },
])('a login from $from is refused', async ({ headers, status, code }) => {
  const answer = await client.signIn('ann@shop.example', password, headers);
  expect(answer).toMatchObject({ status, body: { error: { code } } });
  expect(answer.headers.getSetCookie()).toEqual([]);
});

test('a key, a share link and a session are told who they are', async () => {
  const demo = { site: 'demo', name: 'demo', timezone: 'UTC', currency: 'USD', weekStart: 1 };
  const other = { ...demo, site: 'other', name: 'other' };
  expect((await client.ask('GET', 'me', { headers: client.owner })).body).toEqual({
    operator: null,
    key: { id: expect.any(String), name: 'the owner' },
    role: 'owner',
    allSites: true,
    client: null,
    sites: [demo, other],
  });
  const session = sessionOf(await client.signIn('ann@shop.example'), origin);
  expect((await client.ask('GET', 'me', { headers: session })).body).toEqual({
    operator: { email: 'ann@shop.example', name: 'ann@shop.example', role: 'analyst', sites: ['demo'] },
    key: null,
    role: 'analyst',
    allSites: false,
    client: { address: '127.0.0.1', network: '127.0.0.1', isPublic: false },
    sites: [demo],
  });
  const share = await client.ask('POST', 'shares', {
    body: { site: 'other', name: 'for a client' },
    headers: client.owner,
  });
  const { token } = share.body as { token: string };
  expect((await client.ask('GET', 'me', { headers: { authorization: `Bearer ${token}` } })).body).toEqual({
    operator: null,
    key: null,
    role: 'share',
    allSites: false,
    client: null,
    sites: [other],
  });
  expect((await client.ask('GET', 'me')).status).toBe(401);
});

test('each login begins another session and ends the one that the browser had', async () => {
  const first = sessionOf(await client.signIn('ann@shop.example'), origin);
  const second = sessionOf(await client.signIn('ann@shop.example', password, first), origin);
  const elsewhere = sessionOf(await client.signIn('ann@shop.example'), origin);
  const statuses = await Promise.all(
    [first, second, elsewhere].map((headers) => client.ask('GET', 'me', { headers })),
  );
  expect(statuses.map(({ status }) => status)).toEqual([401, 200, 200]);
});

test('a logout ends the session and takes the cookie away; without one it does nothing', async () => {
  const session = sessionOf(await client.signIn('ann@shop.example'), origin);
  const out = await client.ask('POST', 'logout', { headers: session });
  expect(out.status).toBe(204);
  expect(out.headers.getSetCookie()).toEqual([
    'footfall=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    '__Host-footfall=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
  ]);
  expect((await client.ask('GET', 'me', { headers: session })).status).toBe(401);
  expect((await client.ask('POST', 'logout')).status).toBe(204);
});

test.each([
  { what: '12 hours without a request', column: 'last_seen_at', age: '12 hours', status: 401 },
  { what: '11 hours without one', column: 'last_seen_at', age: '11 hours 59 minutes', status: 200 },
  { what: '14 days from the login', column: 'created_at', age: '14 days', status: 401 },
  { what: '13 days', column: 'created_at', age: '13 days 23 hours', status: 200 },
])('after $what a session is answered $status', async ({ column, age, status }) => {
  const session = sessionOf(await client.signIn('ann@shop.example'), origin);
  const seenAgo = `select extract(epoch from now() - last_seen_at)::integer as seconds
    from footfall.operator_sessions order by created_at desc, last_seen_at desc limit 1`;
  await collector.query(
    `delete from footfall.operator_sessions where created_at < (select max(created_at) from footfall.operator_sessions)`,
  );
  await collector.query(`update footfall.operator_sessions set ${column} = now() - interval '${age}'`);
  expect((await client.ask('GET', 'me', { headers: session })).status).toBe(status);
  // A request that is answered has the idle time begin again.
  if (status === 200)
    expect((await collector.query<{ seconds: number }>(seenAgo))[0]?.seconds).toBeLessThan(3_600);
});

test('what a browser calls itself is kept in part', async () => {
  await client.signIn('ann@shop.example', password, { 'user-agent': 'long '.repeat(200) });
  const rows = await collector.query<{ user_agent: string }>(
    `select user_agent from footfall.operator_sessions where user_agent like 'long %'`,
  );
  expect(rows.map(({ user_agent }) => user_agent.length)).toEqual([256]);
});

test('a person changes the own password by the one before; the other sessions end', async () => {
  const { session } = await client.enter({ email: 'change@shop.example', role: 'analyst' });
  const elsewhere = sessionOf(await client.signIn('change@shop.example'), origin);
  const change = (body: object, headers = session) => client.ask('POST', 'password', { body, headers });
  expect((await change({ currentPassword: 'wrong', password: 'another long one' })).status).toBe(403);
  expect((await change({ currentPassword: password, password: 'short' })).status).toBe(400);
  const changed = await change({ currentPassword: password, password: 'another long one' });
  expect(changed.status).toBe(200);
  const mine = sessionOf(changed, origin);
  const answers = await Promise.all(
    [session, elsewhere, mine].map((headers) => client.ask('GET', 'me', { headers })),
  );
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
  expect((await client.signIn('change@shop.example')).status).toBe(401);
  expect((await client.signIn('change@shop.example', 'another long one')).status).toBe(200);
  expect((await change({ currentPassword: 'x', password: 'another long one' }, client.owner)).status).toBe(
    403,
  );
});

const from = (address: string) => ({ 'x-forwarded-for': address });
let last = 0;
const anywhere = () => from(`203.0.113.${++last}`);

test('an account that is unknown, disabled or without a password is answered as a wrong password is', async () => {
  const { id } = await client.invite({ email: 'disabled@shop.example', role: 'analyst' });
  await client.ask('PATCH', `users/${id}`, { body: { disabled: true }, headers: client.owner });
  await client.invite({ email: 'invited@shop.example', role: 'analyst' });
  const answers = [];
  for (const email of [
    'ann@shop.example',
    'nobody@shop.example',
    'disabled@shop.example',
    'invited@shop.example',
  ]) {
    const { status, headers, body } = await client.signIn(email, 'not the password', anywhere());
    answers.push({ status, body, headers: [...headers].filter(([name]) => name !== 'date') });
  }
  expect(answers[0]).toMatchObject({ status: 401, body: { error: { code: 'wrong_password' } } });
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

test.each([
  { account: 'that is known', email: 'ann@shop.example' },
  { account: 'that nobody has', email: 'nobody@shop.example' },
])(
  'after five wrong passwords an account $account is closed for what is left of 15 minutes',
  async ({ email }) => {
    const tries = [];
    for (let go = 0; go < 5; go++) tries.push((await client.signIn(email, 'wrong', anywhere())).status);
    expect(tries).toEqual([401, 401, 401, 401, 401]);
    const closed = await client.signIn(email, password, anywhere());
    expect(closed).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } });
    const seconds = Number(closed.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(900);
    clock += seconds * 1_000;
    expect((await client.signIn(email, password, anywhere())).status).toBe(
      email.startsWith('ann') ? 200 : 401,
    );
  },
);

test.each([
  { kind: 'an address', addresses: Array(6).fill('198.51.100.7'), elsewhere: '198.51.100.8' },
  {
    kind: 'a /64 of IPv6',
    addresses: [1, 2, 3, 4, 5, 6].map((host) => `2001:db8:1:2::${host}`),
    elsewhere: '2001:db8:1:3::1',
  },
])('after five wrong passwords from $kind it may try no other account', async ({ addresses, elsewhere }) => {
  const statuses = [];
  for (const [go, address] of addresses.entries())
    statuses.push((await client.signIn(`nobody-${go}@shop.example`, 'wrong', from(address))).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  expect((await client.signIn('ann@shop.example', password, from(addresses[0] ?? ''))).status).toBe(429);
  expect((await client.signIn('ann@shop.example', password, from(elsewhere))).status).toBe(200);
});

test('many wrong passwords at once are no more than five, and right ones are not counted', async () => {
  const wrong = await Promise.all(
    Array.from({ length: 12 }, () => client.signIn('ann@shop.example', 'wrong', anywhere())),
  );
  expect(wrong.map(({ status }) => status).sort()).toEqual([...Array(5).fill(401), ...Array(7).fill(429)]);
  clock += windowMs;
  for (let go = 0; go < 6; go++) expect((await client.signIn('ann@shop.example')).status).toBe(200);
});

test('logins, failed ones and logouts are in the audit log, without an address that nobody has', async () => {
  const { session } = await client.enter({ email: 'log@shop.example', role: 'analyst' });
  await client.ask('POST', 'logout', { headers: session });
  await client.signIn('log@shop.example', 'wrong');
  await client.signIn('my password by mistake@shop', 'wrong');
  await client.signIn('my-password@shop.example', 'wrong');
  const rows = await collector.query<{ action: string }>(
    `select actor, action, detail from footfall.audit_log where target = 'log@shop.example' order by at, action`,
  );
  const actor = expect.stringMatching(/^log@shop\.example \(operator /);
  const sorted = rows.toSorted((a, b) => (a.action < b.action ? -1 : 1));
  expect(sorted).toEqual([
    { actor, action: 'login', detail: { method: 'password' } },
    { actor: 'sign-in', action: 'login.failed', detail: { method: 'password' } },
    { actor, action: 'logout', detail: null },
    { actor, action: 'password.set', detail: null },
    {
      actor: expect.stringMatching(/^the owner /),
      action: 'user.add',
      detail: { role: 'analyst', sites: 'all' },
    },
  ]);
  const all = await collector.query<{ text: string }>('select a::text as text from footfall.audit_log a');
  expect(all.filter(({ text }) => /my.password|wrong/.test(text))).toEqual([]);
});

test.each([
  { route: 'login', body: { email: 'x' }, path: 'email' },
  { route: 'login', body: { email: 'ann@shop.example' }, path: 'password' },
  { route: 'login', body: { email: 'ann@shop.example', password: 'x', remember: true }, path: 'remember' },
  { route: 'login', body: [], path: 'body' },
  { route: 'password', body: { password }, path: 'body' },
])('$route with $body is refused, and $path named', async ({ route, body, path }) => {
  expect(await client.ask('POST', route, { body })).toMatchObject({ status: 400, body: { error: { path } } });
});

test('nothing of all this was logged', () => {
  expect(collector.logged).toEqual([]);
});

test('a person is told the address that events of theirs would come from, and nobody else is', async () => {
  const { session } = await client.enter({ email: 'here@shop.example', role: 'admin', sites: ['demo'] });
  const clientOf = async (headers: Record<string, string>) =>
    ((await client.ask('GET', 'me', { headers })).body as { client: unknown }).client;
  expect(await clientOf({ ...session, 'x-forwarded-for': '203.0.113.7' })).toEqual({
    address: '203.0.113.7',
    network: '203.0.113.7',
    isPublic: true,
  });
  expect(await clientOf({ ...session, 'x-forwarded-for': '2001:db8:1:2:3::4' })).toMatchObject({
    network: '2001:db8:1:2::/64',
  });
  expect(await clientOf(session)).toMatchObject({ address: '127.0.0.1', isPublic: false });
  expect(await clientOf(client.owner)).toBeNull();
});
