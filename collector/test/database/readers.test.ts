import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let analyst: string;

beforeAll(async () => {
  collector = await startTestCollector();
  analyst = generateKey('owner');
  await addKey(collector.database, { key: analyst, role: 'owner', name: 'test' });
});
afterAll(() => collector.stop());

async function askOverview(): Promise<number> {
  const response = await fetch(
    `${collector.origin}/api/v1/overview?site=demo&from=2026-11-01&to=2026-11-02`,
    {
      headers: { authorization: `Bearer ${analyst}` },
    },
  );
  return response.status;
}

/** Questions that the database holds up. */
async function countHeld(): Promise<number | undefined> {
  const [row] = await collector.query<{ held: number }>(
    `select count(*)::integer as held from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and query like '%definitions%'`,
  );
  return row?.held;
}

test('however many questions hang, events are stored, and no more than four connections are taken', async () => {
  const asked = await collector.database.asOwner(async (tx) => {
    await tx.query('lock table footfall.goals in access exclusive mode');
    const answers = Array.from({ length: 30 }, askOverview);
    await expect.poll(countHeld, { timeout: 30_000 }).toBe(4);
    for (let batch = 0; batch < 20; batch++) {
      const event = { id: newId(), type: 'pageview', ts: Date.now(), url: 'https://a.example/' };
      const { status } = await collector.send({ sentAt: Date.now(), events: [event] });
      expect(status).toBe(200);
    }
    expect(await countHeld()).toBe(4);
    return answers;
  });
  expect(await Promise.all(asked)).toEqual(asked.map(() => 200));
});
