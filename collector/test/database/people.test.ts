import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { createPeopleClient, type PeopleClient, password } from '../people-client.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let client: PeopleClient;
/** Signed in: an owner, an admin and an analyst of the site demo. */
let boss: { id: string; session: Record<string, string> };
let admin: { id: string; session: Record<string, string> };
let analyst: { id: string; session: Record<string, string> };

beforeAll(async () => {
  collector = await startTestCollector();
  client = await createPeopleClient(collector);
  boss = await client.enter({ email: 'boss@shop.example', role: 'owner' });
  admin = await client.enter({ email: 'admin@shop.example', role: 'admin', sites: ['demo'] });
  analyst = await client.enter({ email: 'analyst@shop.example', role: 'analyst', sites: ['demo'] });
});
afterAll(() => collector.stop());

test('a person is added without a password, which the person sets once by the link', async () => {
  const body = { email: ' New@Shop.Example ', name: 'New', role: 'analyst', sites: ['demo'] };
  const added = await client.ask('POST', 'users', { body, headers: client.owner });
  const { token } = (added.body as { passwordLink: { token: string } }).passwordLink;
  expect(added).toMatchObject({
    status: 201,
    body: {
      user: { email: 'new@shop.example', name: 'New', role: 'analyst', sites: ['demo'], state: 'invited' },
      passwordLink: { url: `/dashboard#password=${token}` },
    },
  });
  expect((await client.signIn('new@shop.example', '')).status).toBe(401);
  const set = (given: string) => client.ask('POST', 'password', { body: { token, password: given } });
  expect(await set('eleven char')).toMatchObject({
    status: 400,
    body: { error: { path: 'password', message: 'password: expected 12 to 256 characters, got 11' } },
  });
  const twice = await Promise.all([set(password), set(password)]);
  expect(twice.map(({ status }) => status).sort()).toEqual([200, 400]);
  expect(twice).toContainEqual(
    expect.objectContaining({
      status: 200,
      body: { operator: expect.objectContaining({ email: 'new@shop.example' }) },
    }),
  );
  expect(await set(password)).toMatchObject({ status: 400, body: { error: { code: 'bad_token' } } });
  expect((await client.signIn('NEW@shop.example')).status).toBe(200);
});

test('a link is of no use after three days, after a second one, and for another token', async () => {
  const { id, token } = await client.invite({ email: 'late@shop.example', role: 'analyst' });
  const use = (given: string) => client.ask('POST', 'password', { body: { token: given, password } });
  expect((await use(`${token}x`)).status).toBe(400);
  const { body } = await client.ask('POST', `users/${id}/reset`, { headers: client.owner });
  const { token: second } = (body as { passwordLink: { token: string } }).passwordLink;
  expect((await use(token)).status).toBe(400);
  await collector.query(`update footfall.operator_tokens set expires_at = expires_at - interval '3 days'`);
  expect((await use(second)).status).toBe(400);
});

test('no secret is stored: neither password nor link nor session', async () => {
  const { token } = await client.invite({ email: 'secret@shop.example', role: 'analyst' });
  const session = (boss.session.cookie ?? '').replace(/^[^=]*=/, '');
  for (const table of ['operators', 'operator_sessions', 'operator_tokens', 'audit_log']) {
    const rows = await collector.query<{ text: string }>(`select t::text as text from footfall.${table} t`);
    expect(rows.length).toBeGreaterThan(0);
    for (const secret of [token, session, password])
      expect(rows.filter(({ text }) => text.includes(secret))).toEqual([]);
  }
  const [row] = await collector.query<{ password_hash: string }>(
    `select password_hash from footfall.operators where email = 'boss@shop.example'`,
  );
  expect(row?.password_hash).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/);
});

test.each([
  { body: { email: 'x@shop.example' }, path: 'role' },
  { body: { email: 'x@shop.example', role: 'ingest' }, path: 'role' },
  { body: { email: 'x', role: 'analyst' }, path: 'email' },
  { body: { email: 'x@shop.example', role: 'analyst', sites: [] }, path: 'sites' },
  { body: { email: 'x@shop.example', role: 'analyst', sites: ['A B'] }, path: 'sites.0' },
  { body: { email: 'x@shop.example', role: 'owner', sites: ['demo'] }, path: 'sites' },
  { body: { email: 'x@shop.example', role: 'analyst', password: 'x' }, path: 'password' },
  { body: { email: 'x@shop.example', role: 'analyst', sites: ['nowhere'] }, path: 'sites', status: 404 },
  { body: { email: 'boss@shop.example', role: 'analyst' }, path: 'email', status: 409 },
])('adding $body is refused, and $path named', async ({ body, path, status = 400 }) => {
  expect(await client.ask('POST', 'users', { body, headers: client.owner })).toMatchObject({
    status,
    body: { error: { path, message: expect.stringMatching(new RegExp(`^${path}: `)) } },
  });
});

const newUser = { email: 'x@shop.example', role: 'analyst', sites: ['demo'] };

test.each([
  { what: 'an admin of all sites', body: { ...newUser, role: 'admin', sites: 'all' }, path: 'sites' },
  { what: 'an analyst of another site', body: { ...newUser, sites: ['demo', 'other'] }, path: 'sites' },
  { what: 'an owner', body: { ...newUser, role: 'owner', sites: 'all' }, path: 'role' },
])('an admin of a site cannot add $what', async ({ body, path }) => {
  expect(await client.ask('POST', 'users', { body, headers: admin.session })).toMatchObject({
    status: 403,
    body: { error: { code: 'reach', path } },
  });
});

test('an admin of a site manages its people, and knows nobody else', async () => {
  const outsider = await client.invite({ email: 'outsider@shop.example', role: 'analyst', sites: ['other'] });
  const both = await client.invite({ email: 'both@shop.example', role: 'admin', sites: ['demo', 'other'] });
  const added = await client.ask('POST', 'users', {
    body: { ...newUser, email: 'mine@shop.example', role: 'admin' },
    headers: admin.session,
  });
  expect(added.status).toBe(201);
  const { id: mine } = (added.body as { user: { id: string } }).user;
  const { body } = await client.ask('GET', 'users', { headers: admin.session });
  const seen = (body as { users: { email: string; sites: unknown }[] }).users;
  expect(seen.map(({ email }) => email)).toEqual(
    expect.arrayContaining(['mine@shop.example', 'admin@shop.example']),
  );
  expect(seen.filter(({ sites }) => JSON.stringify(sites) !== '["demo"]')).toEqual([]);
  const change = { body: { name: 'changed' }, headers: admin.session };
  for (const { id } of [boss, outsider, both]) {
    expect((await client.ask('PATCH', `users/${id}`, change)).status).toBe(404);
    expect((await client.ask('POST', `users/${id}/reset`, { headers: admin.session })).status).toBe(404);
    expect((await client.ask('DELETE', `users/${id}`, { headers: admin.session })).status).toBe(404);
  }
  const raise = (fields: object) =>
    client.ask('PATCH', `users/${mine}`, { body: fields, headers: admin.session });
  expect((await raise({ role: 'owner', sites: 'all' })).status).toBe(403);
  expect((await raise({ sites: ['demo', 'other'] })).status).toBe(403);
  expect(await raise({ role: 'analyst' })).toMatchObject({
    status: 200,
    body: { user: { role: 'analyst' } },
  });
  expect((await client.ask('DELETE', `users/${mine}`, { headers: admin.session })).status).toBe(204);
});

test.each([
  { role: 'analyst', sites: null },
  { role: 'assign', sites: null },
  { role: 'ingest', sites: null },
] as const)('a key of role $role manages nobody', async ({ role, sites }) => {
  const key = generateKey(role);
  await addKey(collector.database, { key, role, name: role, sites });
  const headers = { authorization: `Bearer ${key}` };
  for (const [method, path] of [
    ['GET', 'users'],
    ['POST', 'users'],
    ['PATCH', `users/${analyst.id}`],
    ['DELETE', `users/${analyst.id}`],
    ['POST', `users/${analyst.id}/reset`],
  ] as const)
    expect((await client.ask(method, path, { headers, ...(method !== 'GET' && { body: {} }) })).status).toBe(
      403,
    );
  expect((await client.ask('GET', 'users', { headers: analyst.session })).status).toBe(403);
});

test('nobody raises himself, and no owner ends the own account', async () => {
  const self = (who: typeof boss, body: object) =>
    client.ask('PATCH', `users/${who.id}`, { body, headers: who.session });
  for (const body of [{ role: 'owner', sites: 'all' }, { sites: ['demo', 'other'] }, { disabled: true }])
    expect(await self(admin, body)).toMatchObject({ status: 403, body: { error: { code: 'self' } } });
  expect(await self(boss, { role: 'analyst' })).toMatchObject({
    status: 403,
    body: { error: { code: 'self' } },
  });
  expect((await client.ask('DELETE', `users/${boss.id}`, { headers: boss.session })).status).toBe(403);
  expect(await self(admin, { name: 'Ad Min' })).toMatchObject({
    status: 200,
    body: { user: { name: 'Ad Min' } },
  });
});

test('the last owner who can log in stays, also when two owners go at once', async () => {
  const change = (id: string, body: object) =>
    client.ask('PATCH', `users/${id}`, { body, headers: client.owner });
  for (const body of [{ role: 'admin' }, { disabled: true }])
    expect(await change(boss.id, body)).toMatchObject({
      status: 409,
      body: { error: { code: 'last_owner' } },
    });
  expect((await client.ask('DELETE', `users/${boss.id}`, { headers: client.owner })).status).toBe(409);
  const { id } = await client.invite({ email: 'second@shop.example', role: 'owner' });
  const answers = await Promise.all([boss.id, id].map((owner) => change(owner, { disabled: true })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect((await change(boss.id, { disabled: false })).status).toBe(200);
  expect((await change(id, { disabled: true })).status).toBe(200);
  boss = { ...boss, session: await again('boss@shop.example') };
});

async function again(email: string): Promise<Record<string, string>> {
  const { headers } = await client.signIn(email);
  return { cookie: (headers.getSetCookie()[0] ?? '').split(';')[0] ?? '', origin: collector.origin };
}

test.each([
  { what: 'another role', body: { role: 'admin' } },
  { what: 'the end of the account', body: { disabled: true } },
  { what: 'a reset of the password', reset: true },
  { what: 'deletion', remove: true },
])('$what ends the sessions', async ({ body, reset, remove }) => {
  const { id, session } = await client.enter({
    email: `ended-${goes++}@shop.example`,
    role: 'analyst',
    sites: ['demo'],
  });
  expect((await client.ask('GET', 'me', { headers: session })).status).toBe(200);
  const [method, path] = reset ? ['POST', `users/${id}/reset`] : [remove ? 'DELETE' : 'PATCH', `users/${id}`];
  await client.ask(method, path, { headers: client.owner, ...(body && { body }) });
  if (body?.disabled) await client.ask('PATCH', path, { headers: client.owner, body: { disabled: false } });
  expect(await client.ask('GET', 'me', { headers: session })).toMatchObject({
    status: 401,
    body: { error: { code: 'no_session' } },
  });
});
let goes = 0;

test('other sites take effect at once, without a new login', async () => {
  const { id, session } = await client.enter({
    email: 'moved@shop.example',
    role: 'analyst',
    sites: ['demo'],
  });
  const read = async (site: string) =>
    (await client.ask('GET', `goals?site=${site}`, { headers: session })).status;
  expect([await read('demo'), await read('other')]).toEqual([200, 403]);
  await client.ask('PATCH', `users/${id}`, { headers: client.owner, body: { sites: ['other'] } });
  expect([await read('demo'), await read('other')]).toEqual([403, 200]);
});

test('every change is in the audit log, with who made it and without a secret', async () => {
  const { id } = await client.invite({ email: 'audited@shop.example', role: 'analyst', sites: ['demo'] });
  await client.ask('PATCH', `users/${id}`, { headers: boss.session, body: { sites: ['other'] } });
  await client.ask('POST', `users/${id}/reset`, { headers: boss.session });
  await client.ask('DELETE', `users/${id}`, { headers: boss.session });
  const rows = await collector.query(
    `select actor, action, detail from footfall.audit_log where target = 'audited@shop.example' order by at, action`,
  );
  const person = expect.stringMatching(/^boss@shop\.example \(operator [\da-f-]{36}\)$/);
  expect(rows).toEqual([
    {
      actor: expect.stringMatching(/^the owner \(key /),
      action: 'user.add',
      detail: { role: 'analyst', sites: ['demo'] },
    },
    { actor: person, action: 'user.change', detail: { sites: ['other'] } },
    { actor: person, action: 'user.reset', detail: null },
    { actor: person, action: 'user.delete', detail: null },
  ]);
});

test.each([
  `update footfall.audit_log set actor = 'nobody'`,
  'delete from footfall.audit_log',
  'truncate footfall.audit_log',
])('no role of the collector may %s', async (sql) => {
  const { database } = collector;
  for (const run of [database.asOwner, database.asIngest])
    await expect(run((tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
  await expect(database.withSite('demo', (tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
});

test.each(['operators', 'operator_sessions', 'operator_tokens'])(
  'readers and ingest see nothing of %s',
  async (table) => {
    const sql = `select 1 from footfall.${table}`;
    await expect(collector.database.asIngest((tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
    await expect(collector.database.withSite('demo', (tx) => tx.query(sql))).rejects.toThrow(
      /permission denied/,
    );
  },
);
