import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.js';
import { makeKey, postQuery } from '../ask-query.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;

beforeAll(async () => {
  collector = await startTestCollector();
  for (const site of ['demo', 'other']) {
    const bad = { id: 'x', type: 'pageview', ts: Date.now() };
    const good = { id: newId(), type: 'pageview', ts: Date.now(), url: `https://${site}.example/` };
    await collector.send({ sentAt: Date.now(), events: [good, bad] }, { site });
  }
});
afterAll(() => collector.stop());

const tables = ['events', 'sessions', 'dead_letter', 'sites'];

test.each(tables)('a reader of one site sees its rows of %s and no other', async (table) => {
  for (const site of ['demo', 'other']) {
    const rows = await collector.database.withSite(site, (tx) =>
      tx.query<{ site: string }>(`select site from footfall.${table}`),
    );
    expect(rows.map((row) => row.site)).toEqual([site]);
  }
});

/** What is left on a connection behind a transaction. */
const traces = `select current_user = session_user as is_login, coalesce(current_setting('app.site', true), '') as site,
  current_setting('statement_timeout') as timeout, pg_backend_pid() as pid`;

type Trace = { is_login: boolean; site: string; timeout: string; pid: number };
type Break = (single: Database) => Promise<unknown>;

const slow = 'select pg_sleep(60)';

// Ends the statement of the one connection from outside, as soon as it runs.
async function interrupt(single: Database, how: 'pg_cancel_backend' | 'pg_terminate_backend'): Promise<void> {
  let isOver = false;
  const running = single
    .withSite('demo', (tx) => tx.query(slow))
    .finally(() => {
      isOver = true;
    });
  running.catch(() => {});
  while (!isOver)
    await collector.query(
      `select ${how}(pid) from pg_stat_activity where query = $1 and state = 'active' and datname = current_database()`,
      [slow],
    );
  await running;
}

const breaks: { what: string; run: Break; message: RegExp }[] = [
  {
    what: 'a statement that fails',
    run: (single) => single.withSite('demo', (tx) => tx.query('select 1 / 0')),
    message: /division by zero/,
  },
  {
    what: 'a statement that takes too long',
    run: (single) => single.within(20).withSite('demo', (tx) => tx.query(slow)),
    message: /statement timeout/,
  },
  {
    what: 'a statement that is cancelled',
    run: (single) => interrupt(single, 'pg_cancel_backend'),
    message: /user request/,
  },
  {
    what: 'a server process that is ended',
    run: (single) => interrupt(single, 'pg_terminate_backend'),
    message: /terminat/,
  },
  {
    what: 'a reader who has left in the middle',
    run: (single) =>
      single.withSite('demo', async (tx) => {
        await tx.query('select site from footfall.events');
        throw new Error('the client has gone');
      }),
    message: /gone/,
  },
  {
    what: 'a statement that nobody waited for and that failed',
    run: (single) => single.withSite('demo', async (tx) => tx.send('select 1 / 0')),
    message: /division by zero/,
  },
  {
    what: 'an attempt to become another role',
    run: (single) =>
      single.withSite('demo', async (tx) => {
        await tx.query(`set local app.site = 'other'`);
        await tx.query('set local role footfall_owner');
        throw new Error('taken back');
      }),
    message: /taken back/,
  },
];

test.each(breaks)('one connection that serves two sites in turn leaks nothing behind $what', async (one) => {
  const single = openDatabase({ url: collector.url, maxConnections: 1, log: () => {} });
  const read = (site: string) =>
    single.withSite(site, (tx) => tx.query<{ site: string }>('select distinct site from footfall.events'));
  const look = () => single.asIngest((tx) => tx.query<Trace>(traces));
  const rows = (site: string) => [{ site }];
  expect(await Promise.all(['demo', 'other', 'demo'].map(read))).toEqual(['demo', 'other', 'demo'].map(rows));
  await expect(one.run(single)).rejects.toThrow(one.message);
  expect(await look()).toMatchObject([{ is_login: false, site: '', timeout: '0' }]);
  expect(await Promise.all(['other', 'demo', 'other'].map(read))).toEqual(
    ['other', 'demo', 'other'].map(rows),
  );
  await single.end();
});

test('outside of a transaction for a site a reader sees no rows, and a login no tables', async () => {
  const client = new pg.Client({ connectionString: collector.url });
  await client.connect();
  await client.query(`begin; set local role footfall_reader`);
  expect((await client.query('select 1 from footfall.events')).rows).toEqual([]);
  await client.query(`set local app.site = ''`);
  expect((await client.query('select 1 from footfall.sessions')).rows).toEqual([]);
  await client.query('rollback');
  await client.end();
});

test('a collector with one connection answers two tenants at the same time, each with its own', async () => {
  const narrow = await startTestCollector({ maxConnections: 1 });
  try {
    await askInTurn(narrow);
  } finally {
    await narrow.stop();
  }
});

const marks = { demo: 'mark-of-demo', other: 'mark-of-other' };
type Tenant = keyof typeof marks;

async function askInTurn(narrow: TestCollector): Promise<void> {
  const tenants: Tenant[] = ['demo', 'other'];
  const keys = new Map<Tenant, string>();
  for (const site of tenants) {
    keys.set(site, await makeKey(narrow, 'analyst', [site]));
    const event = { id: newId(), type: 'pageview', ts: Date.now(), url: `https://a.example/${marks[site]}` };
    expect(await narrow.send({ events: [event] }, { site })).toMatchObject({ body: { accepted: 1 } });
  }
  const query = (site: Tenant, more: object = {}) => ({
    site_id: site,
    metrics: ['visitors', 'events'],
    date_range: 'all',
    dimensions: ['event:page'],
    ...more,
  });
  const ask = async (site: Tenant, accept: string, more: object = {}) => {
    const response = await postQuery(narrow, query(site, more), { key: keys.get(site) ?? '', accept });
    return { site, status: response.status, text: await response.text() };
  };
  const leave = async (site: Tenant) => {
    const response = await postQuery(narrow, query(site), { key: keys.get(site) ?? '', accept: 'text/csv' });
    await response.body?.cancel();
  };
  const broken = { filters: [['matches', 'event:page', ['(']]] };
  const rounds = Array.from({ length: 4 }, () =>
    tenants.map(async (site) => {
      const asked = [
        ask(site, 'application/json'),
        ask(site, 'text/csv'),
        ask(site, 'application/json', broken),
      ];
      await leave(site);
      return Promise.all(asked);
    }),
  );
  const answers = (await Promise.all(rounds.flat())).flat();
  const leaks = answers.filter(({ site, text }) => text.includes(marks[site === 'demo' ? 'other' : 'demo']));
  expect(leaks).toEqual([]);
  const good = answers.filter(({ status }) => status === 200);
  expect(good.every(({ site, text }) => text.includes(marks[site]))).toBe(true);
  // Of exports a few at a time are answered; the broken question never.
  expect(good.length).toBeGreaterThanOrEqual(8);
  expect(answers.filter(({ status }) => ![200, 400, 429].includes(status))).toEqual([]);
}

test.each([
  { what: 'write', sql: `update footfall.sessions set engaged_ms = 0` },
  { what: 'read a partition directly', sql: 'select * from footfall.events_default' },
  { what: 'read keys', sql: 'select * from footfall.api_keys' },
  { what: 'read site keys', sql: 'select * from footfall.site_keys' },
  { what: 'read salts', sql: 'select * from footfall.visitor_salts' },
  { what: 'read the import secret', sql: 'select import_secret from footfall.sites' },
])('a reader may not $what', async ({ sql }) => {
  await expect(collector.database.withSite('demo', (tx) => tx.query(sql))).rejects.toThrow(
    /permission denied/,
  );
});

test('ingest may not read keys', async () => {
  await expect(
    collector.database.asIngest((tx) => tx.query('select * from footfall.api_keys')),
  ).rejects.toThrow(/permission denied/);
});

test('a site that is no slug never reaches a statement', async () => {
  await expect(
    collector.database.withSite(`x'; drop table footfall.events; --`, (tx) => tx.query('select 1')),
  ).rejects.toThrow(/^site: expected/);
});
