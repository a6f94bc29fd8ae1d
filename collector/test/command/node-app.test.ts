import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Example, startExample } from '../../../sdk/test/browser/start-example.js';
import { createTestDatabase, type TestDatabase } from '../test-collector.js';

let db: TestDatabase;
let shop: Example;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await startExample('node-app', { databaseUrl: db.url, portVariable: 'SHOP_PORT' });
});
afterAll(async () => {
  await shop.stop();
  await db.drop();
});

async function visit(cookie?: string): Promise<{ variation: string | undefined; cookie: string }> {
  const response = await fetch(shop.url, cookie ? { headers: { cookie } } : {});
  const variation = /data-variation="(\w+)"/.exec(await response.text())?.[1];
  return { variation, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

test('the shop on a Node server shows each user one label, exposes it once, and records the order', async () => {
  const first = await visit();
  expect(first.variation).toMatch(/^(control|saving)$/);
  expect((await visit(first.cookie)).variation).toBe(first.variation);
  await fetch(new URL('/buy', shop.url), { method: 'POST', headers: { cookie: first.cookie } });

  const user = first.cookie.replace('user=', '');
  const rows = () =>
    db.query(
      `select a.variation, x.variation as exposed, e.name, e.value::float8 as value
       from footfall.experiment_assignments a
       join footfall.experiment_exposures x using (site, experiment, phase, unit_type, unit_id)
       join footfall.events e on e.site = a.site and e.user_id = a.unit_id and e.type = 'custom'
       where a.unit_type = 'user' and a.unit_id = $1`,
      [user],
    );
  await vi.waitFor(
    async () =>
      expect(await rows()).toEqual([
        { variation: first.variation, exposed: first.variation, name: 'order', value: 12 },
      ]),
    { timeout: 10_000, interval: 50 },
  );
});

test('both labels are shown', async () => {
  const visits = await Promise.all(Array.from({ length: 20 }, () => visit()));
  expect(new Set(visits.map(({ variation }) => variation))).toEqual(new Set(['control', 'saving']));
});
