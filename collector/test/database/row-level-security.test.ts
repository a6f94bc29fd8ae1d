import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.js';
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

test('one connection that serves two sites in turn leaks nothing', async () => {
  const single = openDatabase({ url: collector.url, maxConnections: 1, log: () => {} });
  const read = (site: string) =>
    single.withSite(site, (tx) => tx.query<{ site: string }>('select distinct site from footfall.events'));
  expect(await Promise.all(['demo', 'other', 'demo'].map(read))).toEqual([
    [{ site: 'demo' }],
    [{ site: 'other' }],
    [{ site: 'demo' }],
  ]);
  await single.end();
});

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
