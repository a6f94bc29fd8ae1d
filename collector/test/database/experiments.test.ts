import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createExperimentClient, type ExperimentClient } from '../experiment-client.js';
import { startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let client: ExperimentClient;
let now = Date.parse('2026-11-20T12:00:00Z');
const base = '/api/v1/experiments';
const variations = [{ key: 'control' }, { key: 'treatment' }];

beforeAll(async () => {
  collector = await startTestCollector({ now: () => now });
  client = await createExperimentClient(collector);
});
afterAll(() => collector.stop());

const create = (body: object) => client.call('POST', base, { body: { site: 'demo', variations, ...body } });
const change = (key: string, verb: string, body?: object) =>
  client.call('POST', `${base}/${key}/${verb}?site=demo`, body ? { body } : {});

test('an experiment goes from draft to archive, and every step is in the audit log', async () => {
  const created = await create({
    key: 'checkout',
    name: 'Shorter checkout',
    hypothesis: 'One page sells more than three',
    variations: [
      { key: 'control', weight: 0.5 },
      { key: 'short', weight: 0.5, value: { pages: 1 } },
    ],
    coverage: 0.1,
    urls: { include: ['/checkout/*'] },
    condition: { country: { $in: ['DE', 'AT'] } },
    metrics: [],
    plannedUnits: 10_000,
  });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    key: 'checkout',
    status: 'draft',
    unitType: 'visitor',
    seed: expect.stringMatching(/^\S{12}$/),
    phase: 1,
    phases: [
      {
        phase: 1,
        coverage: 0.1,
        startedAt: null,
        variations: [{ key: 'control', weight: 0.5 }, { key: 'short' }],
      },
    ],
  });

  expect((await change('checkout', 'start')).body).toMatchObject({
    status: 'running',
    startedAt: '2026-11-20T12:00:00+00:00',
    phases: [{ startedAt: '2026-11-20T12:00:00+00:00' }],
  });
  now += 3_600_000;
  expect((await change('checkout', 'ramp', { coverage: 0.5 })).body.phases[0]).toMatchObject({
    coverage: 0.5,
    ramps: [
      { at: '2026-11-20T12:00:00+00:00', coverage: 0.1 },
      { at: '2026-11-20T13:00:00+00:00', coverage: 0.5 },
    ],
  });
  const phased = await change('checkout', 'phases', {
    variations: [
      { key: 'control', weight: 0.8 },
      { key: 'short', weight: 0.2 },
    ],
    blocksEarlier: true,
    condition: null,
  });
  expect(phased.body).toMatchObject({
    phase: 2,
    condition: null,
    urls: { include: ['/checkout/*'] },
    phases: [
      { phase: 1, endedAt: '2026-11-20T13:00:00+00:00' },
      { phase: 2, coverage: 0.5, blocksEarlier: true, startedAt: '2026-11-20T13:00:00+00:00', endedAt: null },
    ],
  });
  expect((await change('checkout', 'stop', { winner: 'short' })).body).toMatchObject({
    status: 'stopped',
    winner: 'short',
    stoppedAt: '2026-11-20T13:00:00+00:00',
  });
  expect((await change('checkout', 'archive')).body).toMatchObject({ status: 'archived' });

  const log = await collector.query(
    `select action, target, actor, detail->>'coverage' as coverage from footfall.audit_log where target = 'checkout'
     order by at, audit_id is null`,
  );
  expect(log.map(({ action }) => action).sort()).toEqual(
    ['archive', 'create', 'new-phase', 'ramp', 'start', 'stop'].map((action) => `experiment.${action}`),
  );
  expect(new Set(log.map(({ actor }) => actor)).size).toBe(1);
  expect(log[0]?.actor).toMatch(/^test admin \(key [\da-f-]{36}\)$/);
});

test('nobody changes or deletes the audit log, not even the owner of the tables', async () => {
  const { database } = collector;
  for (const statement of [
    'update footfall.audit_log set actor = $1',
    'delete from footfall.audit_log where actor <> $1',
  ])
    await expect(database.asOwner((tx) => tx.query(statement, ['x']))).rejects.toThrow(/permission denied/);
});

describe('a definition that does not fit is refused by the name of its field', () => {
  const half = (key: string, weight: number) => ({ key, weight });
  it.each([
    [{ key: 'a/b' }, 'key', /^key: expected 1 to 100 of A-Z/],
    [{ key: '..' }, 'key', /^key: expected 1 to 100/],
    [{ key: 'x', variations: [{ key: 'a' }] }, 'variations', /at least two variations/],
    [{ key: 'x', variations: [half('a', 0.5), half('b', 0.6)] }, 'variations', /sum to 1, got 1.1/],
    [{ key: 'x', variations: [half('a', 0.5), { key: 'b' }] }, 'variations.1.weight', /as the others/],
    [{ key: 'x', variations: [{ key: 'a' }, { key: 'a' }] }, 'variations.1.key', /a key of its own/],
    [{ key: 'x', coverage: 1.5 }, 'coverage', /a number from 0 to 1/],
    [{ key: 'x', coverage: '50%' }, 'coverage', /a number from 0 to 1/],
    [{ key: 'x', unitType: 'user id' }, 'unitType', /the name of an attribute/],
    [{ key: 'x', condition: { age: { $above: 3 } } }, 'condition.age.$above', /expected an operator/],
    [{ key: 'x', condition: { ua: { $regex: '(a)\\1' } } }, 'condition.ua.$regex', /without back references/],
    [{ key: 'x', urls: { include: ['checkout'] } }, 'urls.include.0', /a path like/],
    [{ key: 'x', layer: { layer: 'l', start: 0.5, end: 0.2 } }, 'layer.end', /more than start/],
    [{ key: 'x', layer: { layer: 'holdout' } }, 'layer.layer', /another layer/],
    [{ key: 'x', hashVersion: 3 }, 'hashVersion', /expected 1 or 2/],
    [{ key: 'x', startsAt: 'tomorrow' }, 'startsAt', /a time as/],
    [{ key: 'x', wait: 1 }, 'wait', /there is no such field/],
    [{ key: 'x', name: 'a\0b' }, 'name', /without NUL/],
    [{ key: 'x', site: 'Demo' }, 'site', /1 to 32 of a-z/],
  ])('%j', async (definition, path, message) => {
    const { status, body } = await create(definition);
    expect({ status, path: body.error.path }).toEqual({ status: 400, path });
    expect(body.error.message).toMatch(message);
  });

  it.each([
    [{ key: 'x', layer: { layer: 'none', start: 0, end: 1 } }, 'layer.layer'],
    [{ key: 'x', prerequisites: [{ experiment: 'none', variations: ['a'] }] }, 'prerequisites.0.experiment'],
    [
      { key: 'x', prerequisites: [{ experiment: 'checkout', variations: ['short', 'no'] }] },
      'prerequisites.0.variations.1',
    ],
    [{ key: 'x', unitType: 'user', fallbackUnitType: 'user' }, 'fallbackUnitType'],
  ])('%j', async (definition, path) => {
    expect(await create(definition)).toMatchObject({
      status: 422,
      body: { error: { code: 'bad_experiment', path } },
    });
  });

  it('leaves nothing behind', async () => {
    expect(await collector.query(`select 1 from footfall.experiments where experiment = 'x'`)).toEqual([]);
  });
});

test('the same key again, an unknown experiment and an unknown site are told apart', async () => {
  await create({ key: 'once' });
  expect(await create({ key: 'once' })).toMatchObject({
    status: 409,
    body: { error: { code: 'experiment_exists' } },
  });
  expect(await change('never', 'start')).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown_experiment' } },
  });
  const foreign = await client.call('GET', `${base}?site=other`);
  expect(foreign).toMatchObject({ status: 403, body: { error: { code: 'site' } } });
});

test('what decides on units is fixed once they are assigned', async () => {
  await client.run('fixed', { coverage: 0.5 });
  expect(await change('fixed', 'ramp', { coverage: 0.4 })).toMatchObject({
    status: 422,
    body: { error: { path: 'coverage', message: 'coverage: expected at least 0.5, got 0.4' } },
  });
  const patch = (body: object) => client.call('PATCH', `${base}/fixed?site=demo`, { body });
  expect(await patch({ variations })).toMatchObject({
    status: 409,
    body: { error: { code: 'fixed', path: 'variations' } },
  });
  expect(await patch({ condition: { a: 1 } })).toMatchObject({
    status: 409,
    body: { error: { path: 'condition' } },
  });
  expect((await patch({ name: 'Better name', plannedUnits: 500 })).body).toMatchObject({
    name: 'Better name',
    plannedUnits: 500,
  });
  expect(await change('fixed', 'start')).toMatchObject({
    status: 409,
    body: { error: { code: 'wrong_state' } },
  });
  expect(await change('fixed', 'archive')).toMatchObject({
    status: 409,
    body: { error: { path: 'status' } },
  });
  expect(await change('fixed', 'stop', { winner: 'nobody' })).toMatchObject({
    status: 422,
    body: { error: { path: 'winner' } },
  });
});

test('a draft changes in all but key and hash', async () => {
  await create({ key: 'sketch' });
  const patched = await client.call('PATCH', `${base}/sketch?site=demo`, {
    body: {
      variations: [{ key: 'a' }, { key: 'b' }, { key: 'c' }],
      coverage: 0.3,
      unitType: 'user',
      fallbackUnitType: 'visitor',
    },
  });
  expect(patched.body).toMatchObject({
    unitType: 'user',
    fallbackUnitType: 'visitor',
    phases: [{ coverage: 0.3, variations: [{ key: 'a', weight: 1 / 3 }, { key: 'b' }, { key: 'c' }] }],
  });
  expect(await client.call('PATCH', `${base}/sketch?site=demo`, { body: { seed: 'x' } })).toMatchObject({
    status: 400,
    body: { error: { path: 'seed' } },
  });
});

test('experiments of a layer may not share units, and the holdout is a share of all', async () => {
  const layers = '/api/v1/experiment-layers';
  const put = (body: object) => client.call('PUT', layers, { body: { site: 'demo', ...body } });
  expect(await put({ layer: 'prices' })).toMatchObject({
    status: 200,
    body: { layer: 'prices', unitType: 'visitor' },
  });
  await client.run('left', { layer: { layer: 'prices', start: 0, end: 0.5 } });
  await create({ key: 'overlap', layer: { layer: 'prices', start: 0.4, end: 1 } });
  expect(await change('overlap', 'start')).toMatchObject({
    status: 409,
    body: { error: { code: 'layer_taken' } },
  });
  expect(await put({ layer: 'prices', unitType: 'user' })).toMatchObject({
    status: 409,
    body: { error: { code: 'layer_in_use' } },
  });
  expect(await put({ layer: 'holdout' })).toMatchObject({ status: 400, body: { error: { path: 'share' } } });
  expect(await put({ layer: 'holdout', share: 0.05 })).toMatchObject({ status: 409 });
});

test('an experiment keeps to its schedule', async () => {
  const at = (ms: number) => new Date(now + ms).toISOString();
  await create({ key: 'timed', startsAt: at(60_000), endsAt: at(120_000) });
  const { followSchedule } = await import('../../src/experiments/follow-schedule.js');
  const statusAt = async (ms: number) => {
    await followSchedule(collector.database, now + ms, () => {});
    const [row] = await collector.query(`select status from footfall.experiments where experiment = 'timed'`);
    return row?.status;
  };
  expect([
    await statusAt(0),
    await statusAt(60_000),
    await statusAt(119_000),
    await statusAt(120_000),
  ]).toEqual(['draft', 'running', 'running', 'stopped']);
});

test('an analyst reads and does not change', async () => {
  expect((await client.call('GET', `${base}/fixed?site=demo`, { role: 'analyst' })).body.key).toBe('fixed');
  const list = await client.call('GET', `${base}?site=demo`, { role: 'analyst' });
  expect(list.body.experiments.map(({ key }: { key: string }) => key)).toContain('fixed');
  for (const role of ['analyst', 'assign', 'ingest'] as const)
    expect(await client.call('POST', `${base}/fixed/stop?site=demo`, { role })).toMatchObject({
      status: 403,
    });
  expect(await client.call('GET', `${base}?site=demo`, { role: 'none' })).toMatchObject({ status: 401 });
});
