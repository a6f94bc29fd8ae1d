import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { addSite } from '../../src/access/sites.js';
import { keepPartitions } from '../../src/db/partitions.js';
import { applyRetention } from '../../src/retention/apply-retention.js';
import { retentionPresets } from '../../src/retention/settings.js';
import { runFootfall } from '../run-footfall.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const dayMs = 86_400_000;
const now = Date.now();
let collector: TestCollector;
let archiveDir: string;

beforeEach(async () => {
  collector = await startTestCollector();
  archiveDir = join(await mkdtemp(join(tmpdir(), 'footfall-archive-')), 'archive');
});
afterEach(async () => {
  await collector.stop();
  await rm(join(archiveDir, '..'), { recursive: true });
});

function footfall(...args: string[]) {
  return runFootfall(args, { env: { DATABASE_URL: collector.url } }).finished;
}

/** A pageview and its session. */
async function insert(site: string, age: number) {
  const at = new Date(now - age * dayMs);
  const id = newId(at.getTime());
  await collector.query(
    `insert into footfall.events (site, event_day, event_id, session_id, type, occurred_at, received_at)
     values ($1, $2::timestamptz at time zone 'UTC', $3, $3, 'pageview', $2, $2)`,
    [site, at, id],
  );
  await collector.query(
    `insert into footfall.sessions (site, session_id, started_at, ended_at, last_seen_at, entry_at, entry_event_id, entry_rank, is_client_id)
     values ($1, $2, $3, $3, $3, $3, $2, 0, false)`,
    [site, id, at],
  );
  return id;
}

async function left(table: 'events' | 'sessions') {
  const rows = await collector.query<{ id: string }>(
    `select ${table === 'events' ? 'event_id' : 'session_id'} as id from footfall.${table} where site = 'shop'`,
  );
  return rows.map(({ id }) => id).sort();
}

test('sessions go before events where a site says so, and what was counted stays', async () => {
  await addSite(collector.database, { site: 'shop', retentionDays: null });
  await insert('other', 0);
  const [old, young] = [await insert('shop', 100), await insert('shop', 80)];
  await collector.query(`select footfall.roll_up('shop', 400)`);
  expect(await footfall('retention', 'shop', '--preset', 'service', '--json')).toMatchObject({
    code: 0,
    stdout: '{"site":"shop","events":365,"sessions":90}\n',
  });
  await applyRetention(collector.database, now, () => {});
  expect(await left('events')).toEqual([old, young].sort());
  expect(await left('sessions')).toEqual([young]);
  await collector.query(`select footfall.roll_up('shop', 400)`);
  const days = await collector.query(
    `select sum(sessions)::integer as sessions, sum(pageviews)::integer as pageviews
     from footfall.rollup_days where site = 'shop' and dimension = 'all'`,
  );
  expect(days).toEqual([{ sessions: 2, pageviews: 2 }]);
});

test('what is deleted is in the archive first, whole days and single rows', async () => {
  await addSite(collector.database, { site: 'shop', retentionDays: 10 });
  await collector.query(`update footfall.sites set retention_days = 33 where site <> 'shop'`);
  await keepPartitions(collector.database, now, () => {});
  await insert('other', 0);
  const [dropped, deleted, kept] = [
    await insert('shop', 35),
    await insert('shop', 20),
    await insert('shop', 5),
  ];
  for (let run = 0; run < 6; run++) await applyRetention(collector.database, now, () => {}, { archiveDir });
  expect(await left('events')).toEqual([kept]);
  const names = (await readdir(archiveDir)).sort();
  const files = await Promise.all(
    names.map(async (name) =>
      gunzipSync(await readFile(join(archiveDir, name)))
        .toString()
        .trim()
        .split('\n'),
    ),
  );
  const rows = files.flat().map((line) => JSON.parse(line));
  expect(
    rows
      .filter((row) => row.event_id)
      .map((row) => row.event_id)
      .sort(),
  ).toEqual([dropped, deleted].sort());
  expect(
    rows
      .filter((row) => row.entry_event_id)
      .map((row) => row.session_id)
      .sort(),
  ).toEqual([dropped, deleted].sort());
  expect(names.every((name) => /^(events|sessions)_.*_[0-9a-f]{8}\.ndjson\.gz$/.test(name))).toBe(true);
});

test('over the API an admin sets it and an analyst reads it', async () => {
  const keys = { admin: generateKey('admin'), analyst: generateKey('analyst') };
  await addKey(collector.database, { key: keys.admin, role: 'admin', name: 'admin' });
  await addKey(collector.database, { key: keys.analyst, role: 'analyst', name: 'analyst' });
  const ask = async (method: string, key: string, body?: object) => {
    const path = method === 'GET' ? 'sites/demo/retention' : 'retention';
    const response = await fetch(`${collector.origin}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify({ site: 'demo', ...body }) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const set = await ask('PUT', keys.admin, { preset: 'blog', sessions: 60 });
  expect(set).toEqual({
    status: 200,
    body: { site: 'demo', events: 730, sessions: 60, presets: retentionPresets },
  });
  expect(await ask('GET', keys.analyst)).toEqual(set);
  expect(await ask('PUT', keys.analyst, { events: 1 })).toMatchObject({ status: 403 });
  expect(await ask('PUT', keys.admin, { sessions: 5 })).toMatchObject({ status: 400 });
  expect(await footfall('retention', 'demo', '--sessions', '5')).toMatchObject({
    code: 2,
    stderr: '--sessions: expected 36 to 36500 days, or all, got "5"\n',
  });
});
