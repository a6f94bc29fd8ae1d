import { copyFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { addSite } from '../../src/access/sites.js';
import { impersonalTables, personalColumns, personalTables } from '../../src/privacy/personal-tables.js';
import { type CollectorProcess, prepareCollector } from '../faults/collector-process.js';
import { type DatabaseProxy, startDatabaseProxy } from '../faults/database-proxy.js';
import { listSpool, makeSpoolDir, readSpool } from '../faults/spool-directory.js';
import { runFootfall } from '../run-footfall.js';
import { searchFiles, searchTables } from '../search-everywhere.js';
import { chrome, createTestDatabase, newId, type TestDatabase } from '../test-collector.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const now = Date.now();
// Far enough from midnight for nothing to be of another day than it seems.
const noon = Math.floor(now / dayMs) * dayMs - dayMs / 2;

let db: TestDatabase;
let proxy: DatabaseProxy;
let spoolDir: string;
let collector: CollectorProcess;
const owner = generateKey('owner');
const server = generateKey('ingest');

beforeAll(async () => {
  db = await createTestDatabase();
  await addSite(db.database, { site: 'demo', siteKey: 'demo', retentionDays: null });
  await addKey(db.database, { key: owner, role: 'owner', name: 'the owner' });
  await addKey(db.database, { key: server, role: 'ingest', name: 'a server' });
  proxy = await startDatabaseProxy(() => db.url);
  spoolDir = await makeSpoolDir();
  collector = await prepareCollector({ DATABASE_URL: proxy.url(), FOOTFALL_SPOOL_DIR: spoolDir });
  await collector.start();
});
afterAll(async () => {
  await collector.terminate();
  await proxy.close();
  await db.drop();
  await rm(spoolDir, { recursive: true, force: true });
});

type Sent = { events: object[]; [key: string]: unknown };

async function send(batch: Sent, headers: Record<string, string> = {}) {
  const response = await fetch(`${collector.origin}/v1/events?site=demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': chrome, ...headers },
    body: JSON.stringify({ sentAt: Date.now(), ...batch }),
  });
  return { status: response.status, body: await response.json() };
}

function event(at: number, type = 'pageview', rest: object = {}) {
  return { id: newId(at), type, ts: at, url: 'https://shop.example/a', ...rest };
}

function footfall(...args: string[]) {
  return runFootfall(args, { env: { DATABASE_URL: db.url, FOOTFALL_SPOOL_DIR: spoolDir } }).finished;
}

const session = { phone: newId(), laptop: newId(), shared: newId(), sharedLater: newId(), other: newId() };
const asAda = { visitor: { id: 'ada-phone', userId: 'ada@1' }, session: { id: session.phone } };
const asBob = { visitor: { id: 'bob-phone', userId: 'bob@1' }, session: { id: session.other } };

/** Every kind of row that a person can leave behind. */
const ada = {
  cookieless: { events: [event(noon - 60_000)] },
  consent: { ...asAda, linkCookieless: true, events: [event(noon)] },
  ownPages: {
    ...asAda,
    events: [event(noon + 1000, 'click'), event(noon + 2000, 'pageview', { title: 'Adas page' })],
  },
  laptop: {
    visitor: { id: 'ada-laptop', userId: 'ada@1' },
    session: { id: session.laptop },
    events: [event(noon - 3 * dayMs)],
  },
  beforeSignIn: {
    visitor: { id: 'ada-laptop' },
    events: [event(noon - 5 * dayMs), event(noon - 6 * dayMs, 'engagement')],
  },
  shared: {
    visitor: { id: 'kiosk', userId: 'ada@1' },
    session: { id: session.shared },
    events: [event(noon - 2 * dayMs)],
  },
  oddClock: { ...asAda, events: [{ ...event(noon + 3000), id: newId(noon - 90 * dayMs) }] },
  refused: { ...asAda, events: [{ ...event(noon + 4000), type: 'nonsense' }] },
};
const others = {
  bob: { ...asBob, events: [event(noon), event(noon - dayMs), { ...event(noon), type: 'nonsense' }] },
  kiosk: {
    visitor: { id: 'kiosk', userId: 'bob@1' },
    session: { id: session.sharedLater },
    events: [event(noon - dayMs)],
  },
};
const adaIds = [
  'ada-phone',
  'ada-laptop',
  'ada@1',
  session.phone,
  session.laptop,
  session.shared,
  'Adas page',
];

async function namesOfAda(): Promise<string[]> {
  const rows = await db.query<{ hash: string; id: string }>(
    `select distinct visitor_id as id, hashtextextended(visitor_id, 0)::text as hash from footfall.events
     where user_id = 'ada@1' and visitor_id <> 'kiosk' or visitor_id = 'ada-laptop'`,
  );
  const links = await db.query<{ stream: string }>(
    `select substr(stream, 8) as stream from footfall.session_links where session_id = $1::uuid and stream is not null`,
    [session.phone],
  );
  const batches = Object.values(ada).filter((batch) => batch !== ada.refused);
  const ids = batches.flatMap(({ events }) => events.map(({ id }) => id));
  return [
    ...adaIds,
    ...ids,
    ...links.map(({ stream }) => stream),
    ...rows.flatMap(({ hash, id }) => [hash, id]),
  ];
}

async function readRollups() {
  await db.query(`select footfall.roll_up('demo', 400)`);
  return db.query(
    `select day, dimension, value, pageviews, events, sessions, new_visitors, returning_days, returning_visitors
     from footfall.rollup_days where site = 'demo' order by day, dimension, value`,
  );
}

test('a user is exported and erased from every table and the spool, and late events of theirs stay out', async () => {
  for (const batch of [...Object.values(ada), ...Object.values(others)])
    expect(await send(batch), JSON.stringify(batch)).toMatchObject({ status: 200 });
  const props = { experiment: 'x', variation: 'a', unitType: 'user', unit: 'ada@1' };
  const fromServer = {
    visitor: { userId: 'ada@1' },
    events: [event(noon - 40 * dayMs, 'custom', { name: 'renewed' })],
  };
  const exposed = { events: [event(noon - dayMs, 'exposure', { props })] };
  const asServer = { authorization: `Bearer ${server}` };
  expect(await send(fromServer, asServer)).toMatchObject({ status: 200, body: { accepted: 1 } });
  expect(await send(exposed, asServer)).toMatchObject({ status: 200, body: { accepted: 1 } });
  await readRollups();

  proxy.cut();
  const late = { ada: event(noon + 9000), bob: event(noon + 9000) };
  expect(await send({ ...asAda, events: [late.ada] })).toMatchObject({ status: 200 });
  expect(await send({ ...asBob, events: [late.bob] })).toMatchObject({ status: 200 });
  await collector.terminate();
  proxy.restore();
  const [segment = ''] = await listSpool(spoolDir);
  await copyFile(segment, `${segment}.damaged`);

  const names = await namesOfAda();
  const personal = [
    'dead_letter',
    'events',
    'odd_ids',
    'rekeyed_events',
    'rollup_part_visitors',
    'rollup_visitors',
    'session_links',
    'sessions',
    'waiting_events',
  ];
  expect(await searchTables(db, names)).toEqual(personal.sort());
  expect(await searchFiles(spoolDir, names)).toHaveLength(2);

  const exported = await footfall('export', '--site', 'demo', '--user', 'ada@1');
  expect(exported).toMatchObject({ code: 0 });
  const tables = exported.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).table);
  expect([...new Set(tables)].sort()).toEqual([...personal, 'spool'].sort());
  for (const id of names.filter((name) => !/^-?\d+$/.test(name))) expect(exported.stdout).toContain(id);
  expect(exported.stdout).not.toContain('bob@1');

  const erased = await footfall('erase', '--site', 'demo', '--user', 'ada@1', '--json');
  expect(erased, erased.stderr).toMatchObject({ code: 0 });
  const receipt = JSON.parse(erased.stdout);
  expect(receipt).toMatchObject({
    site: 'demo',
    subject: { kind: 'user' },
    deleted: { events: 11, sessions: 4, odd_ids: 1, dead_letter: 1, waiting_events: 1, session_links: 1 },
    spooledBatches: 2,
  });
  expect(await searchTables(db, names)).toEqual([]);
  expect(await searchFiles(spoolDir, names)).toEqual([]);
  expect(await readSpool(spoolDir)).toContain('bob@1');

  const rollups = await readRollups();
  await db.query(`select footfall.restart_rollups('demo', 'UTC')`);
  expect(rollups).toEqual(await readRollups());

  await collector.start();
  await expect
    .poll(() => readdir(spoolDir).then((files) => files.filter((file) => file.endsWith('.spool'))))
    .toEqual([]);
  const [bob] = await db.query(
    `select count(*) as events, count(*) filter (where event_id = $1::uuid) as spooled from footfall.events where user_id = 'bob@1'`,
    [late.bob.id],
  );
  expect(bob).toEqual({ events: 4, spooled: 1 });

  for (const batch of Object.values(ada).filter((batch) => batch !== ada.cookieless))
    expect((await send(batch)).body).toMatchObject({ accepted: 0, duplicate: 0 });
  for (const batch of [fromServer, exposed])
    expect((await send(batch, asServer)).body).toMatchObject({ accepted: 0, excluded: 1 });
  expect((await send({ ...asAda, events: [late.ada] })).body).toMatchObject({ accepted: 0, excluded: 1 });
  expect(await searchTables(db, names)).toEqual([]);
  expect((await send({ ...asAda, events: [event(Date.now() + 1000)] })).body).toMatchObject({ accepted: 1 });
});

test('a receipt is known by its signature, and a changed one is not', async () => {
  const { stdout } = await footfall('erase', '--site', 'demo', '--visitor', 'nobody-knows', '--json');
  const file = join(spoolDir, 'receipt.json');
  await writeFile(file, stdout);
  expect(await footfall('receipt', 'verify', file)).toMatchObject({ code: 0 });
  await writeFile(file, stdout.replace('"events":0', '"events":1'));
  expect(await footfall('receipt', 'verify', file)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected a receipt that this installation signed'),
  });
});

async function post(path: string, body: unknown, key = owner) {
  const response = await fetch(`${collector.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    lines: text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

test('over the API a visitor is exported and erased, with progress and a receipt', async () => {
  const seen = event(Date.now());
  await send({ visitor: { id: 'eve-phone' }, events: [seen] });
  const exported = await post('/api/v1/privacy/export', { site: 'demo', visitor: 'eve-phone' });
  expect(exported.status).toBe(200);
  expect(exported.lines).toContainEqual({
    table: 'events',
    row: expect.objectContaining({ event_id: seen.id }),
  });
  expect(exported.lines.at(-1)).toEqual({ done: true });
  const erased = await post('/api/v1/privacy/erase', { site: 'demo', visitor: 'eve-phone' });
  expect(erased.lines[0]).toEqual({ progress: { step: 'events', done: 0, total: expect.any(Number) } });
  expect(erased.lines.at(-1)).toMatchObject({
    receipt: {
      requestedBy: expect.stringMatching(/^the owner \(key .*\)$/),
      deleted: { events: 1, sessions: 1 },
    },
  });
  expect(await searchTables(db, ['eve-phone'])).toEqual([]);
  // The audit log says who asked, and of the person a keyed hash alone.
  const audit = await db.query<{ action: string; target: string }>(
    `select action, target from footfall.audit_log where actor like 'the owner (key %' order by at, action`,
  );
  expect(audit.map(({ action }) => action).sort()).toEqual(['privacy.erase', 'privacy.export']);
  expect(new Set(audit.map(({ target }) => target))).toEqual(
    new Set([expect.stringMatching(/^visitor [\da-f]{32}$/)]),
  );
});

test('what is sent while somebody is erased is deleted or refused, in whatever order it arrives', async () => {
  let isErased = false;
  const visit = async (lane: number) => {
    for (let count = 0; !isErased || count < 5; count++) {
      const at = Date.now() - 2 * hourMs - count * 1000;
      const events = [event(at), event(at, 'click')];
      const client = lane % 2 === 0 ? {} : { session: { id: lanes[lane] } };
      expect(await send({ visitor: { id: 'zoe-phone' }, ...client, events })).toMatchObject({ status: 200 });
    }
  };
  const lanes = Array.from({ length: 6 }, () => newId(Date.now() - 3 * hourMs));
  const visits = lanes.map((_, lane) => visit(lane));
  await expect.poll(() => searchTables(db, ['zoe-phone'])).toContain('events');
  const erased = await post('/api/v1/privacy/erase', { site: 'demo', visitor: 'zoe-phone' });
  isErased = true;
  await Promise.all(visits);
  expect(erased.lines.at(-1).receipt.deleted.events).toBeGreaterThan(0);
  expect(await searchTables(db, ['zoe-phone'])).toEqual([]);
});

test.each([
  [{ site: 'demo' }, 400, 'visitor: expected either visitor or user'],
  [{ site: 'demo', visitor: 'a', user: 'b' }, 400, 'visitor: expected either visitor or user'],
  [{ site: 'nowhere', visitor: 'a' }, 404, 'site: there is no site "nowhere"'],
])('%j is refused', async (body, status, message) => {
  const answer = await post('/api/v1/privacy/erase', body);
  expect(answer).toMatchObject({ status, lines: [{ error: { message } }] });
});

test('a key that only writes may neither export nor erase', async () => {
  for (const path of ['export', 'erase'])
    expect(await post(`/api/v1/privacy/${path}`, { site: 'demo', user: 'x' }, server)).toMatchObject({
      status: 403,
    });
});

test('every table with a column that names a person, session or event is listed', async () => {
  const columns = await db.query<{ table: string; column: string }>(
    `select c.relname as "table", a.attname as "column" from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'footfall'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0`,
  );
  const found = columns.filter(({ column }) => personalColumns.test(column)).map(({ table }) => table);
  const listed = new Set([...personalTables.map(({ table }) => table), ...Object.keys(impersonalTables)]);
  expect([...new Set(found)].filter((table) => !listed.has(table))).toEqual([]);
  expect(found).toContain('events');
});
