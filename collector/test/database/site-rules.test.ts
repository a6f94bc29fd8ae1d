import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { runFootfall } from '../run-footfall.js';
import { chrome, newId, startTestCollector, type TestCollector } from '../test-collector.js';

const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const sevenSeconds = 7_000;
let collector: TestCollector;
let now = Date.parse('2026-11-20T12:00:00Z');

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
});
afterAll(() => collector.stop());
beforeEach(async () => {
  await collector.query('truncate footfall.events, footfall.sessions, footfall.dead_letter');
  await setRules({});
});

/** Changes the rules of the demo site, and lets the time go by in which the old ones are remembered. */
async function setRules(rules: Record<string, string[]>) {
  const all = { excluded_addresses: [], excluded_hosts: [], excluded_paths: [], human_reasons: [], ...rules };
  for (const [column, values] of Object.entries(all)) {
    await collector.query(`update footfall.sites set ${column} = $1::text[] where site = 'demo'`, [values]);
  }
  now += sevenSeconds;
}

function pageview(url?: string) {
  return { id: newId(now), type: 'pageview', ts: now, ...(url !== undefined && { url }) };
}

async function send(events: unknown[], headers: Record<string, string> = {}) {
  return (await collector.send({ sentAt: now, events }, { headers })).body;
}

test('a visit from an excluded address is not stored, and its client is told that there is nothing to send again', async () => {
  await setRules({ excluded_addresses: ['10.0.0.0/8', '127.0.0.0/8', '::1', 'nonsense', '1.2.3.4/99'] });
  expect(await send([pageview('https://shop.example/'), { id: 'bad' }])).toEqual({
    accepted: 0,
    duplicate: 0,
    rejected: [],
    excluded: 2,
    serverTime: now,
  });
  expect(
    await collector.query('select 1 from footfall.events union all select 1 from footfall.dead_letter'),
  ).toEqual([]);
});

test('the address of a server is not that of a visitor', async () => {
  await setRules({ excluded_addresses: ['127.0.0.1'] });
  const key = generateKey('ingest');
  await addKey(collector.database, { key, role: 'ingest', name: 'server' });
  expect(await send([pageview('https://shop.example/')], { authorization: `Bearer ${key}` })).toMatchObject({
    accepted: 1,
  });
});

test.each([
  {
    rules: { excluded_hosts: ['staging.example'] },
    excluded: ['https://staging.example/'],
    kept: ['https://shop.example/', 'https://a.staging.example/'],
  },
  {
    rules: { excluded_hosts: ['*.Staging.example'] },
    excluded: ['https://A.staging.example/'],
    kept: ['https://staging.example/', 'https://xstaging.example/'],
  },
  {
    rules: { excluded_paths: ['/admin', '/admin/*'] },
    excluded: ['https://shop.example/admin', 'https://shop.example/admin/a?b=c'],
    kept: ['https://shop.example/administrator', 'javascript:/admin'],
  },
  {
    rules: { excluded_paths: ['/a.b(c'] },
    excluded: ['https://shop.example/a.b(c'],
    kept: ['https://shop.example/axb(c'],
  },
])('$rules leaves out $excluded', async ({ rules, excluded, kept }) => {
  await setRules(rules);
  expect(await send([...excluded, ...kept, undefined].map(pageview))).toEqual({
    accepted: kept.length + 1,
    duplicate: 0,
    rejected: [],
    excluded: excluded.length,
    serverTime: now,
  });
  const rows = await collector.query('select url from footfall.events where url is not null');
  expect(rows.map(({ url }) => url).toSorted()).toEqual(kept.toSorted());
});

async function countBots() {
  const [row] = await collector.query(
    `select (select count(*) from footfall.events where is_bot) as events,
       (select count(*) from footfall.sessions where is_bot) as sessions,
       (select count(*) from footfall.events where bot_reason is not null) as reasons`,
  );
  return row;
}

test('a reason that does not hold on a site is taken back, for past and future visits, and can be put in force again', async () => {
  const env = { DATABASE_URL: collector.url };
  const run = async (...args: string[]) => (await runFootfall(['bots', ...args], { env }).finished).stdout;
  await send([pageview('https://shop.example/1'), pageview('https://shop.example/2')], {
    'user-agent': googlebot,
  });
  await send([pageview('https://shop.example/')], { 'user-agent': chrome });
  await send([pageview('https://shop.example/')], { 'user-agent': 'curl/8.5.0' });
  expect(await countBots()).toEqual({ events: 3, sessions: 2, reasons: 3 });
  const [first] = JSON.parse(await run('list', '--site', 'demo', '--json'));
  expect(first).toEqual({ reason: expect.stringMatching(/Googlebot/), events: 2, isHuman: false });

  const task = ['--site', 'demo', '--reason', first.reason];
  expect(await run('restore', ...task)).toBe(`2 events of site demo count as people now: ${first.reason}\n`);
  expect(await countBots()).toEqual({ events: 1, sessions: 1, reasons: 3 });
  now += sevenSeconds;
  await send([pageview('https://shop.example/3')], { 'user-agent': googlebot });
  expect(await countBots()).toEqual({ events: 1, sessions: 1, reasons: 4 });
  expect(await run('restore', ...task)).toMatch(/^0 events/);

  expect(await run('exclude', ...task)).toMatch(/^3 events of site demo count as bots now/);
  expect(await countBots()).toEqual({ events: 4, sessions: 2, reasons: 4 });
});

test('an unknown site is named, and so is an option that is missing', async () => {
  const env = { DATABASE_URL: collector.url };
  const unknown = await runFootfall(['bots', 'restore', '--site', 'nope', '--reason', 'x'], { env }).finished;
  expect(unknown).toMatchObject({
    code: 1,
    stderr: 'site: there is no site "nope"; footfall site list shows them\n',
  });
  const missing = await runFootfall(['bots', 'restore', '--site', 'demo'], { env }).finished;
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/^--reason: expected a value/) });
});
