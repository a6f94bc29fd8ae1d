import { afterAll, beforeAll, expect, test } from 'vitest';
import { byCommandLine } from '../../src/access/audit.js';
import { addKey, generateKey } from '../../src/access/keys.js';
import { judgeReason } from '../../src/bots/judge-reason.js';
import { keepPartitions } from '../../src/db/partitions.js';
import { applyRetention } from '../../src/retention/apply-retention.js';
import { chrome, newId, startTestCollector, type TestCollector } from '../test-collector.js';

const dayMs = 86_400_000;
const now = Date.parse('2026-11-20T12:00:00Z');
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
let collector: TestCollector;
let key: string;

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
  key = generateKey('owner');
  await addKey(collector.database, { key, role: 'owner', name: 'test' });
});
afterAll(() => collector.stop());

async function readPageviews(day: string): Promise<unknown> {
  const url = `${collector.origin}/api/v1/overview?site=demo&from=${day}&to=${day}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  const { pageviews, visitors } = (await response.json()) as Record<string, unknown>;
  return { pageviews, visitors };
}

function pageview(at: number) {
  return { id: newId(at), type: 'pageview', ts: at, url: 'https://a.example/' };
}

test('the numbers of a day outlive its events', async () => {
  const old = now - 400 * dayMs;
  const day = new Date(old).toISOString().slice(0, 10);
  const headers = { authorization: `Bearer ${key}`, 'user-agent': chrome };
  await collector.send({ events: [pageview(old), pageview(old + 1)], visitor: { id: 'v' } }, { headers });
  await collector.send({ sentAt: now, events: [pageview(now)] });
  expect(await readPageviews(day)).toEqual({ pageviews: 2, visitors: 1 });
  await keepPartitions(collector.database, now, () => {});
  await applyRetention(collector.database, now, () => {});
  expect(
    await collector.query(`select count(*) as n from footfall.events where event_day < '2026-11-01'`),
  ).toEqual([{ n: 0 }]);
  expect(await readPageviews(day)).toEqual({ pageviews: 2, visitors: 1 });
});

test('a reason for bots that is taken back is in the numbers, and given again is not', async () => {
  await collector.send({ sentAt: now, events: [pageview(now)] }, { headers: { 'user-agent': googlebot } });
  expect(await readPageviews('2026-11-20')).toEqual({ pageviews: 1, visitors: 1 });
  const [bot] = await collector.query<{ reason: string }>(
    'select bot_reason as reason from footfall.events where is_bot',
  );
  const rule = { site: 'demo', reason: bot?.reason ?? '' };
  await judgeReason(collector.database, { ...rule, isHuman: true }, byCommandLine);
  expect(await readPageviews('2026-11-20')).toEqual({ pageviews: 2, visitors: 2 });
  await judgeReason(collector.database, { ...rule, isHuman: false }, byCommandLine);
  expect(await readPageviews('2026-11-20')).toEqual({ pageviews: 1, visitors: 1 });
});
