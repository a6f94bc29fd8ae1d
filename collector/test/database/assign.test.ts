import { bucketOf } from '@footfall/schema';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createExperimentClient, type ExperimentClient } from '../experiment-client.js';
import { composeRequest, openConnection } from '../raw-http.js';
import { chrome, startTestCollector, type TestCollector } from '../test-collector.js';

let collector: TestCollector;
let client: ExperimentClient;

beforeAll(async () => {
  collector = await startTestCollector();
  client = await createExperimentClient(collector);
});
afterAll(() => collector.stop());

const post = (path: string, body?: object) => client.call('POST', path, body ? { body } : {});
const stored = (experiment: string) =>
  collector.query(
    `select phase, unit_type, unit_id, variation, merged_from from footfall.experiment_assignments
     where experiment = $1 order by phase, unit_type, unit_id`,
    [experiment],
  );

async function assignOne(experiment: string, body: object) {
  const { body: answer } = await client.assign({ experiments: [experiment], ...body });
  return answer.assignments[0];
}

/** Sends requests without waiting for answers, fifty on each connection: all of them are under way together. */
async function atOnce(count: number, bodyOf: (n: number) => object) {
  const perConnection = 50;
  const connections = Array.from({ length: count / perConnection }, () => openConnection(collector.origin));
  const headers = { authorization: `Bearer ${client.keys.assign}`, 'content-type': 'application/json' };
  for (const [at, { socket }] of connections.entries())
    for (let n = 0; n < perConnection; n++) {
      const body = JSON.stringify({ site: 'demo', ...bodyOf(at * perConnection + n) });
      socket.write(composeRequest({ path: '/v1/assign', headers, body }));
    }
  const assignments: { variation: string; assignedAt: number }[] = [];
  for (const { socket, nextAnswer } of connections) {
    for (let n = 0; n < perConnection; n++) {
      const { body } = (await nextAnswer()) as { body: { assignments: typeof assignments } };
      assignments.push(...body.assignments);
    }
    socket.destroy();
  }
  return assignments;
}

test('a unit gets the variation that its hash says, for good', async () => {
  await client.run('hash', { seed: 'known-seed' });
  for (const visitor of ['v1', 'v2', 'käthe', '\u{1f600}']) {
    const assigned = await assignOne('hash', { unit: { visitor } });
    const bucket = bucketOf('known-seed', visitor);
    expect(assigned).toEqual({
      experiment: 'hash',
      phase: 1,
      variation: bucket < 0.5 ? 'control' : 'treatment',
      reason: 'ASSIGNED',
      isEnrolled: true,
      unitType: 'visitor',
      unitId: visitor,
      bucket,
      assignedAt: expect.any(Number),
    });
    expect(await assignOne('hash', { unit: { visitor } })).toMatchObject({
      variation: assigned.variation,
      reason: 'STICKY',
      assignedAt: assigned.assignedAt,
    });
  }
});

test('a thousand first requests at once give one variation, also where their attributes would not', async () => {
  await client.run('rush', { condition: { plan: { $in: ['a', 'b'] } } });
  const answers = await atOnce(1_000, (n) => ({
    experiments: ['rush'],
    unit: { visitor: 'one' },
    attributes: { plan: 'ab'[n % 2] },
  }));
  expect(answers).toHaveLength(1_000);
  expect(new Set(answers.map(({ variation }) => variation)).size).toBe(1);
  expect(new Set(answers.map(({ assignedAt }) => assignedAt)).size).toBe(1);
  expect(await stored('rush')).toHaveLength(1);
});

test('the first write wins over the hash', async () => {
  await client.run('first', { seed: 's' });
  const other = bucketOf('s', 'v1') < 0.5 ? 'treatment' : 'control';
  await collector.query(
    `insert into footfall.experiment_assignments (site, experiment, phase, unit_type, unit_id, variation, assigned_at)
     values ('demo', 'first', 1, 'visitor', 'v1', $1, now())`,
    [other],
  );
  expect(await assignOne('first', { unit: { visitor: 'v1' } })).toMatchObject({
    variation: other,
    reason: 'STICKY',
  });
});

test('one request asks for all that runs', async () => {
  const { body } = await client.assign({ unit: { visitor: 'all' } });
  expect(body.assignments.map(({ experiment }: { experiment: string }) => experiment)).toEqual([
    'hash',
    'rush',
    'first',
  ]);
});

test('assignments are read without enrolling', async () => {
  const read = (id: string) =>
    client.call('GET', `/v1/assignments?site=demo&unitType=visitor&unitId=${id}`, { role: 'assign' });
  expect((await read('nobody')).body).toEqual({ assignments: [] });
  expect(
    await collector.query(`select 1 from footfall.experiment_assignments where unit_id = 'nobody'`),
  ).toEqual([]);
  const { body } = await read('v1');
  expect(body.assignments).toContainEqual({
    experiment: 'hash',
    phase: 1,
    variation: bucketOf('known-seed', 'v1') < 0.5 ? 'control' : 'treatment',
    assignedAt: expect.any(Number),
  });
});

test('a ramp keeps everybody where they are, and a new phase draws again', async () => {
  await client.run('ramp', { coverage: 0.1 });
  const units = Array.from({ length: 100 }, (_, n) => `ramp-${n}`);
  const variationsNow = async () => {
    const answers = await Promise.all(units.map((visitor) => assignOne('ramp', { unit: { visitor } })));
    return new Map(
      answers.map(({ isEnrolled, variation }, at) => [units[at], isEnrolled ? variation : null]),
    );
  };
  let before = await variationsNow();
  for (const coverage of [0.25, 0.5, 1]) {
    await post('/api/v1/experiments/ramp/ramp?site=demo', { coverage });
    const after = await variationsNow();
    for (const [unit, variation] of before) if (variation) expect(after.get(unit)).toBe(variation);
    expect([...after.values()].filter(Boolean).length).toBeGreaterThan(
      [...before.values()].filter(Boolean).length,
    );
    before = after;
  }
  await post('/api/v1/experiments/ramp/phases?site=demo', {
    variations: [
      { key: 'control', weight: 0.1 },
      { key: 'treatment', weight: 0.9 },
    ],
  });
  const second = [...(await variationsNow()).values()];
  expect(second.filter((variation) => variation === 'treatment').length).toBeGreaterThan(75);
});

test('a phase that blocks earlier ones keeps their units out', async () => {
  await client.run('blocked');
  await assignOne('blocked', { unit: { visitor: 'early' } });
  await post('/api/v1/experiments/blocked/phases?site=demo', { blocksEarlier: true });
  expect(await assignOne('blocked', { unit: { visitor: 'early' } })).toMatchObject({
    reason: 'BLOCKED',
    variation: 'control',
    isEnrolled: false,
  });
  expect(await assignOne('blocked', { unit: { visitor: 'late' } })).toMatchObject({
    reason: 'ASSIGNED',
    phase: 2,
  });
});

describe('a visitor who signs in', () => {
  const unit = { visitor: 'anna' };
  const other = { visitor: 'other-device' };
  const seed = 'sign-in';
  const variationOf = (id: string) => (bucketOf(seed, id) < 0.5 ? 'control' : 'treatment');
  // Of users whose own hash says otherwise than that of the visitor.
  const user =
    ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7'].find((id) => variationOf(id) !== variationOf('anna')) ?? '';

  it('keeps the variation, which the user then has on every device', async () => {
    await client.run('sign-in', { seed, unitType: 'user', fallbackUnitType: 'visitor' });
    const before = await assignOne('sign-in', { unit });
    expect(before).toMatchObject({ variation: variationOf('anna'), unitType: 'visitor' });
    const after = await assignOne('sign-in', { unit: { ...unit, user } });
    expect(after).toMatchObject({
      variation: before.variation,
      unitType: 'user',
      unitId: user,
      reason: 'STICKY',
    });
    expect(await assignOne('sign-in', { unit: { user } })).toMatchObject({ variation: before.variation });
  });

  it('takes what the user has over what another device was given, and both stay on record', async () => {
    await assignOne('sign-in', { unit: other });
    const merged = await assignOne('sign-in', { unit: { ...other, user } });
    expect(merged).toMatchObject({ variation: variationOf('anna'), unitType: 'user' });
    expect(await stored('sign-in')).toEqual([
      { phase: 1, unit_type: 'user', unit_id: user, variation: variationOf('anna'), merged_from: 'visitor' },
      { phase: 1, unit_type: 'visitor', unit_id: 'anna', variation: variationOf('anna'), merged_from: null },
      {
        phase: 1,
        unit_type: 'visitor',
        unit_id: 'other-device',
        variation: variationOf('other-device'),
        merged_from: null,
      },
    ]);
  });

  it('is merged once, however many ask at once', async () => {
    await assignOne('sign-in', { unit: { visitor: 'many' } });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => assignOne('sign-in', { unit: { visitor: 'many', user: 'busy' } })),
    );
    expect(new Set(answers.map(({ variation }) => variation))).toEqual(new Set([variationOf('many')]));
  });
});

test('what does not enrol stores nothing', async () => {
  await client.run('strict', { condition: { country: 'DE' }, urls: { include: ['/shop*'] } });
  const url = 'https://shop.example/shop';
  const cases: [object, string][] = [
    [{ unit: { visitor: 'v' } }, 'URL'],
    [{ unit: { visitor: 'v' }, url, overrides: { strict: 'treatment' } }, 'OVERRIDE'],
    [{ unit: { visitor: 'v' }, url, userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' }, 'BOT'],
    [{ unit: {}, url, userAgent: chrome }, 'NO_UNIT'],
    [{ unit: { visitor: 'v' }, url, attributes: { country: 'FR' } }, 'CONDITION'],
  ];
  for (const [body, reason] of cases)
    expect(await assignOne('strict', body)).toMatchObject({ reason, isEnrolled: false });
  expect(await stored('strict')).toEqual([]);
  expect(
    await assignOne('strict', { unit: { visitor: 'v' }, url, attributes: { country: 'DE' } }),
  ).toMatchObject({
    reason: 'ASSIGNED',
  });
});

test('a stopped experiment gives its winner to all and enrols nobody', async () => {
  await client.run('over');
  await post('/api/v1/experiments/over/stop?site=demo', { winner: 'treatment' });
  expect(await assignOne('over', { unit: { visitor: 'v' } })).toMatchObject({
    reason: 'NOT_RUNNING',
    variation: 'treatment',
    isEnrolled: false,
  });
});

describe('hostile input is refused with a reason, and nothing is stored', () => {
  const manyKeys = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]));
  const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`);
  it.each([
    ['an unknown experiment', { experiments: ['hash', 'nope'] }, 404, 'unknown_experiment', 'experiments.1'],
    ['a key with a slash', { experiments: ['a/b'] }, 400, 'bad_assign', 'experiments.0'],
    ['10,000 keys', { attributes: manyKeys }, 400, 'too_many_values', 'body'],
    ['40 levels', { attributes: deep }, 400, 'too_deep', undefined],
    ['a unit of 200 characters', { unit: { visitor: 'x'.repeat(200) } }, 400, 'bad_assign', 'unit.visitor'],
    ['a unit with NUL', { unit: { visitor: 'a\0b' } }, 400, 'bad_text', 'unit.visitor'],
    ['a unit that is an object', { unit: { visitor: {} } }, 400, 'bad_assign', 'unit.visitor'],
    ['a field that there is not', { units: {} }, 400, 'bad_assign', 'units'],
    ['a body of 140 KB', { attributes: { a: 'x'.repeat(140_000) } }, 413, 'too_large', undefined],
  ])('%s', async (_, body, status, code, path) => {
    const [before] = await collector.query('select count(*) from footfall.experiment_assignments');
    const answer = await client.assign({ unit: { visitor: 'hostile' }, ...body });
    expect(answer).toMatchObject({ status, body: { error: { code, ...(path && { path }) } } });
    expect(await collector.query('select count(*) from footfall.experiment_assignments')).toEqual([before]);
  });

  it('judges a pattern that makes others backtrack without a pause', async () => {
    await client.run('slow', { condition: { text: { $regex: '^(a+)+$' } } });
    const text = `${'a'.repeat(5_000)}!`;
    expect(await assignOne('slow', { unit: { visitor: 'v' }, attributes: { text } })).toMatchObject({
      isEnrolled: expect.any(Boolean),
    });
    expect(
      await assignOne('slow', { unit: { visitor: 'v9' }, attributes: { text: `${'a'.repeat(50)}!` } }),
    ).toMatchObject({
      reason: 'CONDITION',
    });
  });

  it('lets nobody in without the role', async () => {
    for (const role of ['none', 'analyst', 'ingest'] as const)
      expect((await client.call('POST', '/v1/assign', { body: { site: 'demo' }, role })).status).toBe(
        role === 'none' ? 401 : 403,
      );
    expect(await client.assign({ site: 'other' })).toMatchObject({ status: 403 });
  });
});

test('definitions that have not changed are answered 304, and a new one is not missed', async () => {
  const ask = (etag = '') =>
    fetch(`${collector.origin}/v1/experiments?site=demo`, { headers: { 'if-none-match': etag } });
  const etag = (await ask()).headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\da-f]{32}"$/);
  const same = await ask(etag);
  expect([same.status, await same.text()]).toEqual([304, '']);
  await client.run('etag-changes');
  await expect.poll(async () => (await ask(etag)).status, { timeout: 10_000 }).toBe(200);
});
