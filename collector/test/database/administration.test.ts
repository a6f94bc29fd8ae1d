import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../src/access/keys.js';
import { makeKey, postQuery } from '../ask-query.js';
import { runFootfall } from '../run-footfall.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const hourMs = 3_600_000;
// Of the collector; the clock of the database stays behind it.
let nowMs = Date.now();
let collector: TestCollector;
let owner: string;
let admin: string;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => nowMs });
  owner = await makeKey(collector, 'owner');
  admin = await makeKey(collector, 'admin', ['demo']);
});
afterAll(() => collector.stop());

// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the collector says
type Answer = { status: number; body: any };

async function ask(method: string, path: string, body?: object, key = owner): Promise<Answer> {
  tick();
  const response = await fetch(`${collector.origin}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

const pageview = (path = '/') => ({
  id: newId(nowMs),
  type: 'pageview',
  ts: nowMs,
  url: `https://shop.example${path}`,
});

function send(site: string, event: object, headers: Record<string, string> = {}) {
  tick();
  return collector.send({ sentAt: nowMs, events: [event] }, { site, headers });
}

// What happens in one millisecond has no order in lists that are sorted by time.
function tick(): void {
  nowMs += 1;
}

test('a site is created, read and changed, and its rules hold for the next event', async () => {
  const created = await ask('POST', 'sites', {
    site: 'boutique',
    name: 'The shop',
    timezone: 'Europe/Berlin',
    currency: 'EUR',
    weekStart: 7,
    retention: { events: 30, sessions: 60 },
  });
  expect(created).toMatchObject({
    status: 201,
    body: {
      site: 'boutique',
      name: 'The shop',
      timezone: 'Europe/Berlin',
      currency: 'EUR',
      weekStart: 7,
      retention: { events: 30, sessions: 60 },
      allowedOrigins: [],
      siteKeys: [{ expiresAt: null }],
    },
  });
  const { siteKey } = created.body.siteKeys[0];
  const fromPage = { origin: 'https://shop.example' };
  expect(await send(siteKey, pageview(), fromPage)).toMatchObject({ status: 403 });
  const changes = { allowedOrigins: ['https://shop.example'], excludedPaths: ['/intern/*'], name: 'Shop' };
  expect(await ask('PATCH', 'sites/boutique', changes)).toMatchObject({
    status: 200,
    body: { ...changes, currency: 'EUR' },
  });
  expect(await send(siteKey, pageview(), fromPage)).toMatchObject({ body: { accepted: 1 } });
  expect(await send(siteKey, pageview('/intern/a'), fromPage)).toMatchObject({ body: { excluded: 1 } });
  expect(await ask('GET', 'sites/boutique')).toMatchObject({ status: 200, body: changes });
  expect((await ask('GET', 'sites')).body.sites.map(({ site }: { site: string }) => site)).toEqual([
    'boutique',
    'demo',
    'other',
  ]);
  expect((await ask('GET', 'sites', undefined, admin)).body.sites).toMatchObject([{ site: 'demo' }]);
});

test.each([
  { body: { site: 'Shop' }, status: 400, path: 'site' },
  { body: { site: 'demo' }, status: 409, path: 'site' },
  { body: { site: 'new', timezone: 'Berlin' }, status: 400, path: 'timezone' },
  { body: { site: 'new', currency: 'euro' }, status: 400, path: 'currency' },
  { body: { site: 'new', weekStart: 0 }, status: 400, path: 'weekStart' },
  { body: { site: 'new', allowedOrigins: ['https://a.example/'] }, status: 400, path: 'allowedOrigins.0' },
  { body: { site: 'new', excludedAddresses: ['10.0.0.0/33'] }, status: 400, path: 'excludedAddresses.0' },
  { body: { site: 'new', excludedHosts: ['a b'] }, status: 400, path: 'excludedHosts.0' },
  { body: { site: 'new', excludedPaths: ['admin'] }, status: 400, path: 'excludedPaths.0' },
  { body: { site: 'new', retention: { sessions: 1 } }, status: 400, path: 'retention.sessions' },
  { body: { site: 'new', secret: 1 }, status: 400, path: 'secret' },
])('a site of $body is refused with the place $path', async ({ body, status, path }) => {
  expect(await ask('POST', 'sites', body)).toMatchObject({ status, body: { error: { path } } });
});

const patterns = [
  { pattern: '/a*b*c', path: '/a-b-c', isExcluded: true },
  { pattern: '/a*b*c', path: '/a-c-b', isExcluded: false },
  { pattern: '/aba*aba', path: '/aba', isExcluded: false },
  { pattern: '/a.c', path: '/abc', isExcluded: false },
  { pattern: '*', path: '/', isExcluded: true },
  // A regular expression of this takes minutes.
  { pattern: `/${'*a'.repeat(40)}b`, path: `/${'a'.repeat(1_500)}`, isExcluded: false },
];

test.each(patterns)('the excluded path $pattern', async ({ pattern, path, isExcluded }) => {
  await ask('PATCH', 'sites/other', { excludedPaths: [pattern] });
  const { body } = await send('other', pageview(path));
  expect(body).toMatchObject(isExcluded ? { excluded: 1 } : { accepted: 1 });
});

test('a rotated site key stays valid for the overlap and ends with it', async () => {
  const first = (await ask('POST', 'sites', { site: 'rotated' })).body.siteKeys[0].siteKey;
  expect(await send(first, pageview())).toMatchObject({ status: 200 });
  const rotated = await ask('POST', 'sites/rotated/rotate-key', {});
  const second = rotated.body.siteKey;
  const expiresAt = new Date(nowMs + 24 * hourMs).toISOString();
  expect(rotated).toMatchObject({ status: 201, body: { previous: [{ siteKey: first, expiresAt }] } });
  expect((await ask('GET', 'sites/rotated')).body.siteKeys).toMatchObject([
    { siteKey: first },
    { siteKey: second, expiresAt: null },
  ]);
  expect(await send(first, pageview())).toMatchObject({ status: 200 });
  expect(await send(second, pageview())).toMatchObject({ status: 200 });
  nowMs += 24 * hourMs;
  expect(await send(first, pageview())).toMatchObject({ status: 401 });
  expect(await send(second, pageview())).toMatchObject({ status: 200 });
  expect((await ask('GET', 'sites/rotated')).body.siteKeys).toMatchObject([{ siteKey: second }]);

  const third = (await ask('POST', 'sites/rotated/rotate-key', { overlapHours: 0 })).body.siteKey;
  expect(await send(second, pageview())).toMatchObject({ status: 401 });
  expect(await send(third, pageview())).toMatchObject({ status: 200 });
});

async function makeOverHttp(request: object, key = owner): Promise<{ key: string; keyId: string }> {
  const { status, body } = await ask('POST', 'keys', { name: 'made', sites: null, ...request }, key);
  expect({ status, body }).toMatchObject({ status: 201 });
  return body;
}

test('a key is made, works, is rotated with an overlap and revoked; lists hold no secret', async () => {
  const made = await makeOverHttp({ role: 'ingest', name: 'our server', sites: ['demo'] });
  const past = { ...pageview(), ts: nowMs - 90 * 24 * hourMs };
  const as = (key: string) =>
    send('demo', { ...past, id: newId(past.ts) }, { authorization: `Bearer ${key}` });
  expect(await as(made.key)).toMatchObject({ status: 200, body: { accepted: 1 } });
  const rotated = await ask('POST', `keys/${made.keyId}/rotate`, { overlapHours: 2 });
  expect(rotated).toMatchObject({
    status: 201,
    body: { role: 'ingest', sites: ['demo'], name: 'our server' },
  });
  expect(rotated.body.previous.keyId).toBe(made.keyId);
  // A second successor would end with the overlap of the first.
  const again = await ask('POST', `keys/${made.keyId}/rotate`, { overlapHours: 2 });
  expect(again).toMatchObject({ status: 409, body: { error: { code: 'rotated' } } });
  expect(await as(made.key)).toMatchObject({ status: 200 });
  expect(await as(rotated.body.key)).toMatchObject({ status: 200 });
  nowMs += 2 * hourMs;
  expect(await as(made.key)).toMatchObject({ status: 401 });
  expect(await ask('DELETE', `keys/${rotated.body.keyId}`)).toMatchObject({ status: 204 });
  expect(await as(rotated.body.key)).toMatchObject({ status: 401 });
  expect(await ask('DELETE', `keys/${rotated.body.keyId}`)).toMatchObject({ status: 404 });
  const listed = JSON.stringify((await ask('GET', 'keys')).body);
  expect(listed).toContain(rotated.body.keyId);
  expect(listed).not.toMatch(/ff_[a-z]+_[0-9a-f]{8}/);
});

test('a key ends when it expires, and at once where a rotation has no overlap', async () => {
  const expiresAt = new Date(nowMs + hourMs).toISOString();
  const { key } = await makeOverHttp({ role: 'analyst', expiresAt });
  const [row] = await collector.query<{ ends: Date }>(
    'select expires_at as ends from footfall.api_keys where expires_at = $1',
    [expiresAt],
  );
  expect(row?.ends.toISOString()).toBe(expiresAt);
  await collector.query(`update footfall.api_keys set expires_at = now() where expires_at = $1`, [expiresAt]);
  expect(await ask('GET', 'goals?site=demo', undefined, key)).toMatchObject({ status: 401 });
  const analyst = await makeOverHttp({ role: 'analyst' });
  await ask('POST', `keys/${analyst.keyId}/rotate`, { overlapHours: 0 });
  expect(await ask('GET', 'goals?site=demo', undefined, analyst.key)).toMatchObject({ status: 401 });
  expect(
    await ask('POST', 'keys', {
      role: 'analyst',
      name: 'late',
      sites: null,
      expiresAt: '2020-01-01T00:00:00Z',
    }),
  ).toMatchObject({ status: 400, body: { error: { path: 'expiresAt' } } });
});

const within: { by: Role; role: Role; sites: string[] | null; status: number }[] = [
  { by: 'admin', role: 'admin', sites: ['demo'], status: 201 },
  { by: 'admin', role: 'ingest', sites: ['demo', 'demo'], status: 201 },
  { by: 'admin', role: 'owner', sites: ['demo'], status: 403 },
  { by: 'admin', role: 'analyst', sites: ['other'], status: 403 },
  { by: 'admin', role: 'analyst', sites: ['demo', 'other'], status: 403 },
  { by: 'admin', role: 'analyst', sites: ['no-such-site'], status: 403 },
  { by: 'admin', role: 'analyst', sites: null, status: 403 },
  { by: 'owner', role: 'owner', sites: null, status: 201 },
  { by: 'owner', role: 'analyst', sites: ['no-such-site'], status: 404 },
];

test.each(within)('a key of role $by for demo makes one of role $role for $sites: $status', async (row) => {
  const { by, role, sites, status } = row;
  const request = { role, name: 'made', sites };
  expect(await ask('POST', 'keys', request, by === 'owner' ? owner : admin)).toMatchObject({ status });
});

test('an admin of a site neither sees nor ends keys beyond it', async () => {
  const foreign = await makeOverHttp({ role: 'ingest', name: 'foreign', sites: ['demo', 'other'] });
  const own = await makeOverHttp({ role: 'ingest', name: 'own', sites: ['demo'] });
  const names = (await ask('GET', 'keys', undefined, admin)).body.keys.map(
    ({ keyId }: { keyId: string }) => keyId,
  );
  expect(names).toContain(own.keyId);
  expect(names).not.toContain(foreign.keyId);
  expect(await ask('DELETE', `keys/${foreign.keyId}`, undefined, admin)).toMatchObject({ status: 404 });
  expect(await ask('POST', `keys/${foreign.keyId}/rotate`, {}, admin)).toMatchObject({ status: 404 });
  expect(await ask('DELETE', `keys/${own.keyId}`, undefined, admin)).toMatchObject({ status: 204 });
});

test('the last key that owns everything cannot be revoked, however many try at the same time', async () => {
  const owners = (await ask('GET', 'keys')).body.keys.filter(
    ({ role, revokedAt }: { role: string; revokedAt: string | null }) =>
      role === 'owner' && revokedAt === null,
  );
  expect(owners.length).toBeGreaterThan(1);
  const expiring = await makeOverHttp({
    role: 'owner',
    expiresAt: new Date(nowMs + 240 * hourMs).toISOString(),
  });
  const revoke = ({ keyId }: { keyId: string }) => ask('DELETE', `keys/${keyId}`, undefined, expiring.key);
  const statuses = (await Promise.all(owners.map(revoke))).map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array(owners.length - 1).fill(204), 409]);
  const left = await collector.query(
    `select 1 from footfall.api_keys where role = 'owner' and revoked_at is null and expires_at is null`,
  );
  expect(left).toHaveLength(1);
  owner = (await makeOverHttp({ role: 'owner' }, expiring.key)).key;
});

type Entry = { actor: string; action: string; target: string; site: string; detail: Record<string, unknown> };

async function readLog(query: string, key = owner): Promise<{ entries: Entry[]; next: string | null }> {
  const { status, body } = await ask('GET', `audit?${query}`, undefined, key);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

test('the audit log holds who changed and read what, and neither secrets nor persons', async () => {
  await ask('PATCH', 'sites/demo', { excludedAddresses: ['203.0.113.77'] });
  nowMs += 1;
  await ask('PATCH', 'sites/demo', { excludedAddresses: [] });
  const { entries } = await readLog('limit=1000');
  const actions = new Set(entries.map(({ action }) => action));
  for (const action of [
    'site.create',
    'site.change',
    'site.rotate_key',
    'key.create',
    'key.rotate',
    'key.revoke',
  ])
    expect(actions).toContain(action);
  const changes = (await readLog('action=site.change&site=demo')).entries;
  expect(changes).toMatchObject([
    { site: 'demo', target: 'demo', detail: { excludedAddresses: 0 } },
    { site: 'demo', target: 'demo', detail: { excludedAddresses: 1 } },
  ]);
  expect(changes[0]?.actor).toMatch(/^made \(key [0-9a-f-]{36}\)$/);
  expect(JSON.stringify(entries)).not.toMatch(/203\.0\.113|ff_[a-z]+_[0-9a-f]{8}/);
});

test('an admin reads the lines of its sites alone; filters, pages and exports agree', async () => {
  const mine = (await readLog('limit=1000', admin)).entries;
  expect(new Set(mine.map(({ site }) => site))).toEqual(new Set(['demo']));
  expect(await ask('GET', 'audit?site=other', undefined, admin)).toMatchObject({ status: 403 });

  const all = (await readLog('limit=1000')).entries;
  const paged: Entry[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { entries, next } = await readLog(`limit=7${cursor && `&cursor=${cursor}`}`);
    paged.push(...entries);
    cursor = next;
  }
  expect(paged).toEqual(all);
  const keys = await readLog('limit=1000&action=key.&actor=TEST');
  expect(keys.entries).toEqual(
    all.filter(({ action, actor }) => action.startsWith('key.') && actor.includes('test')),
  );
  expect((await readLog(`from=${new Date(nowMs + hourMs).toISOString()}`)).entries).toEqual([]);

  nowMs += 1;
  const lines = (await ask('GET', 'audit?format=ndjson')).body.trim().split('\n');
  expect(lines.slice(1).map((line: string) => JSON.parse(line))).toEqual(all);
  expect(JSON.parse(lines[0])).toMatchObject({ action: 'audit.export' });
  const csv = (await ask('GET', 'audit?format=csv')).body.split('\r\n');
  expect(csv[0]).toBe('at,site,actor,action,target,detail');
  expect(csv).toHaveLength(all.length + 4);
});

test.each([
  { query: 'limit=0', path: 'limit' },
  { query: 'cursor=x', path: 'cursor' },
  { query: 'from=yesterday', path: 'from' },
  { query: 'who=me', path: 'who' },
])('the audit log refuses $query', async ({ query, path }) => {
  expect(await ask('GET', `audit?${query}`)).toMatchObject({ status: 400, body: { error: { path } } });
});

test('no role of the application changes or deletes a line of the audit log', async () => {
  const before = await collector.query('select count(*) as lines from footfall.audit_log');
  const { database } = collector;
  const roles = {
    owner: database.asOwner,
    ingest: database.asIngest,
    reader: (work: Parameters<typeof database.asOwner>[0]) => database.withSite('demo', work),
  };
  for (const run of Object.values(roles))
    for (const sql of [
      `update footfall.audit_log set actor = 'nobody'`,
      'delete from footfall.audit_log',
      'truncate footfall.audit_log',
    ])
      await expect(run((tx) => tx.query(sql))).rejects.toThrow(/permission denied/);
  expect(await collector.query('select count(*) as lines from footfall.audit_log')).toEqual(before);
});

test('dead letters are listed, counted, read and replayed', async () => {
  const old = { ...pageview('/old'), id: newId(nowMs - 40 * 24 * hourMs), ts: nowMs - 40 * 24 * hourMs };
  const bad = { ...pageview(), type: 'nonsense', props: { note: 'mail jane@example.com' } };
  await send('demo', old);
  await send('demo', bad);
  const { letters, next } = (await ask('GET', 'dead-letter?site=demo&limit=1')).body;
  expect(letters).toMatchObject([{ reason: 'bad_type', eventId: bad.id, type: 'nonsense' }]);
  const second = (await ask('GET', `dead-letter?site=demo&limit=1&cursor=${next}`)).body.letters;
  expect(second).toMatchObject([{ reason: 'too_old', eventId: old.id, type: 'pageview' }]);
  expect(JSON.stringify(letters)).not.toContain('jane');

  const day = new Date(nowMs).toISOString().slice(0, 10);
  await collector.query(
    `insert into footfall.dead_letter_overflow (site, day, reason, events) values ('demo', $1, 'bad_type', 7)`,
    [day],
  );
  expect((await ask('GET', `dead-letter/counts?site=demo&from=${day}`)).body.counts).toEqual([
    { day, reason: 'bad_type', letters: 1, dropped: 7 },
    { day, reason: 'too_old', letters: 1, dropped: 0 },
  ]);

  // What browsers had to drop counts with the first event of their batch, however often that is sent.
  const batch = { dropped: { queue_full: 3, http_413: 2, nonsense: 1 }, events: [pageview('/dropped')] };
  for (const _ of [1, 2]) await collector.send(batch);
  expect((await ask('GET', `dead-letter/counts?site=demo&from=${day}`)).body.clientDrops).toEqual([
    { day, reason: 'queue_full', events: 3 },
    { day, reason: 'http_413', events: 2 },
    { day, reason: 'other', events: 1 },
  ]);

  const whole = await ask('GET', `dead-letter/${letters[0].id}?site=demo`);
  expect(whole).toMatchObject({ status: 200, body: { event: { type: 'nonsense' } } });
  expect(JSON.stringify(whole.body)).not.toContain('jane@example.com');
  expect(await ask('GET', `dead-letter/${letters[0].id}?site=other`)).toMatchObject({ status: 404 });
  expect((await readLog('action=dead_letter.read')).entries).toMatchObject([{ target: letters[0].id }]);

  const answer = await ask('POST', 'dead-letter/replay', { site: 'demo', reason: 'too_old' });
  const last = JSON.parse(answer.body.trim().split('\n').at(-1));
  expect(last).toEqual({ replay: { read: 1, stored: 1, duplicate: 0, stayed: {} } });
  expect(await collector.query('select path from footfall.events where event_id = $1', [old.id])).toEqual([
    { path: '/old' },
  ]);
  expect((await ask('GET', 'dead-letter?site=demo')).body.letters).toHaveLength(1);
  expect((await readLog('action=dead_letter.replay')).entries).toMatchObject([
    { site: 'demo', target: 'too_old' },
  ]);
  expect(await ask('GET', 'dead-letter?site=demo&reason=nope')).toMatchObject({ status: 400 });
});

test('who read about a person, and who took rows away, is in the audit log without the person', async () => {
  const visitor = 'jane-of-the-visitors';
  const session = newId(nowMs);
  await collector.send(
    {
      sentAt: nowMs,
      visitor: { id: visitor },
      session: { id: session },
      events: [
        pageview('/audited'),
        { ...pageview(), type: 'error', props: { message: 'x', errorType: 'Error' } },
      ],
    },
    { site: 'demo' },
  );
  const [bug] = (await ask('GET', 'errors?site=demo')).body.errors;
  expect(JSON.stringify((await ask('GET', `errors/${bug.id}?site=demo`)).body)).toContain(visitor);
  expect(await ask('GET', `visitors/${visitor}?site=demo`)).toMatchObject({ status: 200 });
  expect(await ask('GET', `sessions/${session}?site=demo`)).toMatchObject({ status: 200 });
  expect(await ask('GET', 'visitors/nobody?site=demo')).toMatchObject({ status: 404 });
  const plain = {
    site_id: ['demo', 'other'],
    metrics: ['events'],
    date_range: 'all',
    dimensions: ['event:page'],
  };
  expect((await postQuery(collector, plain, { key: owner })).status).toBe(200);
  const exported = await postQuery(collector, plain, { key: owner, accept: 'application/x-ndjson' });
  expect(await exported.text()).toContain('/audited');
  const share = (await ask('POST', 'shares', { site: 'demo', name: 'board' })).body;
  const shared = { ...plain, site_id: 'demo' };
  expect((await postQuery(collector, shared, { key: share.token, accept: 'text/csv' })).status).toBe(200);

  const { entries } = await readLog('limit=1000');
  const lines = entries.map(({ action, site, target }) => ({ action, site, target }));
  expect(lines).toContainEqual({ action: 'query.export', site: 'demo', target: 'ndjson' });
  expect(lines).toContainEqual({ action: 'query.export', site: 'other', target: 'ndjson' });
  expect(
    entries.find(({ action, target }) => action === 'query.export' && target === 'csv')?.actor,
  ).toContain(`(share ${share.id})`);
  expect(lines).toContainEqual({ action: 'error.read', site: 'demo', target: bug.id });
  const reads = entries.filter(({ action }) => /^(visitor|session)\.read$/.test(action));
  expect(reads.map(({ target }) => target)).toEqual([
    expect.stringMatching(/^session [0-9a-f]{32}$/),
    expect.stringMatching(/^visitor [0-9a-f]{32}$/),
  ]);
  expect(JSON.stringify(entries)).not.toMatch(new RegExp(`${visitor}|${session}|${share.token}`));
});

async function command(...args: string[]) {
  const { code, stdout, stderr } = await runFootfall(args, { env: { DATABASE_URL: collector.url } }).finished;
  return { code, stdout, stderr };
}

test('the command line changes a site and rotates its key', async () => {
  const rules = [
    '--exclude-host',
    '*.intern.example',
    '--exclude-path',
    '/admin/*',
    '--origin',
    'https://a.example',
  ];
  expect(await command('site', 'set', 'other', ...rules, '--exclude-address', '')).toMatchObject({ code: 0 });
  expect((await ask('GET', 'sites/other')).body).toMatchObject({
    excludedHosts: ['*.intern.example'],
    excludedPaths: ['/admin/*'],
    excludedAddresses: [],
    allowedOrigins: ['https://a.example'],
  });
  const { code, stdout } = await command('site', 'rotate-key', 'other', '--overlap', '0', '--json');
  expect(code).toBe(0);
  const { siteKey } = JSON.parse(stdout);
  nowMs += 5_000;
  expect(await send('other', pageview())).toMatchObject({ status: 401 });
  expect(await send(siteKey, pageview())).toMatchObject({ status: 200 });
  const lines = (await readLog('actor=command&site=other')).entries.map(({ action }) => action);
  expect(lines.sort()).toEqual(['site.change', 'site.rotate_key']);
});

test.each([
  { args: ['site', 'set', 'other'], code: 2, says: /something to change/ },
  { args: ['site', 'set', 'other', '--currency', 'euro'], code: 2, says: /currency: expected .*"euro"/ },
  { args: ['site', 'set', 'nowhere', '--name', 'x'], code: 1, says: /no site "nowhere"/ },
  { args: ['site', 'rotate-key', 'other', '--overlap', 'soon'], code: 2, says: /--overlap: expected 0 to/ },
])('the command $args ends with $code', async ({ args, code, says }) => {
  const ended = await command(...args);
  expect(ended).toMatchObject({ code, stderr: expect.stringMatching(says) });
});

const page = readFileSync(new URL('../../../docs/administration.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, text = '']) => text);

test.each(examples)('the example of docs/administration.md runs: %s', async (text) => {
  const environment = { ...process.env, FOOTFALL_URL: collector.origin, FOOTFALL_KEY: owner };
  const { stdout } = await promisify(execFile)('sh', ['-ec', text], { env: environment });
  expect(stdout).toMatch(/^\{/);
  expect(stdout).not.toContain('"error"');
});
