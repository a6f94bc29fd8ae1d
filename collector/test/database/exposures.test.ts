import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createExperimentClient, type ExperimentClient } from '../experiment-client.js';
import { runFootfall } from '../run-footfall.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let client: ExperimentClient;
const now = Date.parse('2026-11-20T12:00:00Z');

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
  client = await createExperimentClient(collector);
  await client.run('checkout');
  await client.run('plan', { unitType: 'account' });
});
afterAll(() => collector.stop());
beforeEach(() => collector.query('truncate footfall.events, footfall.experiment_exposures'));

const expose = (exposures: object[], role: 'assign' | 'analyst' = 'assign') =>
  client.call('POST', '/v1/exposures', { body: { site: 'demo', exposures }, role });
const read = () =>
  collector.query(
    `select experiment, phase, unit_type, unit_id, variation, first_exposed_at as at
     from footfall.experiment_exposures order by experiment, unit_id, variation`,
  );

type Props = Record<string, unknown>;
const seen = (minute: number, props: Props) => ({
  id: newId(now - minute * 60_000),
  type: 'exposure',
  ts: now - minute * 60_000,
  props: { experiment: 'checkout', phase: 1, variation: 'control', unitType: 'visitor', ...props },
});
const send = (visitor: string, events: object[]) =>
  collector.send({ sentAt: now, visitor: { id: visitor }, session: { id: newId(now) }, events });

test('a server tells that a unit has seen its variation, and may say so again', async () => {
  await client.assign({ unit: { visitor: 'v1', account: 'a1' } });
  const exposures = [
    { experiment: 'checkout', unitId: 'v1' },
    { experiment: 'plan', unitType: 'account', unitId: 'a1', ts: now - 5_000 },
  ];
  expect((await expose(exposures)).body).toEqual({
    accepted: 2,
    duplicate: 0,
    rejected: [],
    serverTime: now,
  });
  const rows = await read();
  expect(rows).toEqual([
    {
      experiment: 'checkout',
      phase: 1,
      unit_type: 'visitor',
      unit_id: 'v1',
      variation: expect.any(String),
      at: new Date(now),
    },
    {
      experiment: 'plan',
      phase: 1,
      unit_type: 'account',
      unit_id: 'a1',
      variation: expect.any(String),
      at: new Date(now - 5_000),
    },
  ]);
  expect((await expose(exposures)).body).toMatchObject({ accepted: 0, duplicate: 2 });
  expect(await read()).toEqual(rows);
  expect(
    await collector.query('select type, is_server, visitor_id from footfall.events order by visitor_id'),
  ).toEqual([
    { type: 'exposure', is_server: true, visitor_id: 'v1' },
    { type: 'exposure', is_server: true, visitor_id: null },
  ]);
});

test('who was not assigned cannot have seen anything', async () => {
  const { status, body } = await expose([{ experiment: 'checkout', unitId: 'stranger' }]);
  expect(status).toBe(200);
  expect(body.rejected).toEqual([
    {
      index: 0,
      code: 'not_assigned',
      message: 'exposures.0: the visitor "stranger" is not assigned in "checkout"',
    },
  ]);
  expect(await collector.query('select 1 from footfall.events')).toEqual([]);
  expect(await expose([{ experiment: 'a/b', unitId: 'v' }])).toMatchObject({
    status: 400,
    body: { error: { path: 'exposures.0.experiment' } },
  });
  expect((await expose([{ experiment: 'checkout', unitId: 'v1' }], 'analyst')).status).toBe(403);
});

test('the earliest exposure counts, whatever arrives first, and two variations are two rows', async () => {
  await send('b1', [seen(10, {}), seen(5, { variation: 'treatment' })]);
  await send('b1', [seen(30, {}), seen(20, {})]);
  const rows = await read();
  expect(rows.map(({ variation, at }) => [variation, (now - at.getTime()) / 60_000])).toEqual([
    ['control', 30],
    ['treatment', 5],
  ]);
  await collector.query('truncate footfall.experiment_exposures');
  await collector.query(`select footfall.rebuild_exposures('demo', 'checkout')`);
  expect(await read()).toEqual(rows);
});

test('what is no exposure is kept as an event and counted nowhere', async () => {
  const hostile: Props[] = [
    { experiment: 'nope' },
    { phase: 2 },
    { variation: 'gone' },
    { unit: 'x'.repeat(5_000) },
    { unitType: 'user' },
    { unitType: 'x'.repeat(3_000), unit: 'u' },
    { experiment: undefined },
  ];
  const events = hostile.map((props) => seen(1, props));
  expect((await send('b2', events)).body).toMatchObject({ accepted: hostile.length, rejected: [] });
  const misfits = [{ phase: 1.5 }, { phase: '1' }].map((props) => seen(1, props));
  expect((await send('b2', misfits)).body).toMatchObject({ accepted: 0, rejected: [{}, {}] });
  expect(await read()).toEqual([]);
});

test('a bot exposes nobody, and whoever turns out to be a person does', async () => {
  const userAgent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  const body = { sentAt: now, visitor: { id: 'bot' }, session: { id: newId(now) }, events: [seen(1, {})] };
  await collector.send(body, { headers: { 'user-agent': userAgent } });
  expect(await read()).toEqual([]);
  const env = { DATABASE_URL: collector.url };
  const list = await runFootfall(['bots', 'list', '--site', 'demo', '--json'], { env }).finished;
  const [{ reason }] = JSON.parse(list.stdout);
  await runFootfall(['bots', 'restore', '--site', 'demo', '--reason', reason], { env }).finished;
  expect(await read()).toMatchObject([{ unit_id: 'bot' }]);
});

test('a reader sees the experiments of its site alone', async () => {
  await send('v1', [seen(1, {})]);
  for (const table of [
    'experiments',
    'experiment_phases',
    'experiment_assignments',
    'experiment_exposures',
    'audit_log',
  ]) {
    const count = (site: string) =>
      collector.database
        .withSite(site, (tx) => tx.query(`select from footfall.${table} where site = 'demo'`))
        .then((rows) => rows.length);
    expect(await count('demo')).toBeGreaterThan(0);
    expect(await count('other')).toBe(0);
  }
});
