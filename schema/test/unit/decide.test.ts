import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../src/bucket.js';
import { type Decision, decide, type ExperimentConfig, type Subject } from '../../src/decide.js';
import { isTargeted } from '../../src/url-target.js';

const checkout: ExperimentConfig = {
  key: 'checkout',
  phase: 2,
  seed: 'checkout-seed',
  unitType: 'visitor',
  coverage: 1,
  isRunning: true,
  variations: [
    { key: 'control', weight: 0.5 },
    { key: 'treatment', weight: 0.5 },
  ],
};

function ask(
  change: Partial<ExperimentConfig>,
  subject: Partial<Subject> = {},
  others: ExperimentConfig[] = [],
) {
  const experiment = { ...checkout, ...change };
  const all = new Map([experiment, ...others].map((one) => [one.key, one]));
  return decide(experiment, { attributes: { visitor: 'v1' }, ...subject }, all);
}

const isIn = (visitor: string) => (bucketOf('checkout-seed', visitor) < 0.5 ? 'control' : 'treatment');

it('draws the variation from seed and unit', () => {
  for (const visitor of ['v1', 'v2', 'käthe', '42'])
    expect(ask({}, { attributes: { visitor } })).toMatchObject({
      variation: isIn(visitor),
      reason: 'ASSIGNED',
      isEnrolled: true,
      unit: { unitType: 'visitor', unitId: visitor },
    });
});

it('takes a number for the same unit as its digits', () => {
  expect(ask({ unitType: 'account' }, { attributes: { account: 42 } }).bucket).toBe(
    ask({ unitType: 'account' }, { attributes: { account: '42' } }).bucket,
  );
});

const sticky = (phase: number, variation: string) => () => ({ phase, variation });
const other: ExperimentConfig = { ...checkout, key: 'other', seed: 'other-seed' };
const otherOf = (visitor: string) => (bucketOf('other-seed', visitor) < 0.5 ? 'control' : 'treatment');

describe('in this order', () => {
  // Each line is stopped by what its name says, though all that comes later would stop it too.
  const late = {
    layers: [{ seed: 'l', unitType: 'visitor', range: [0, 0] as const }],
    condition: { plan: 'pro' },
  };
  const cases: [string, Partial<ExperimentConfig>, Partial<Subject>, Partial<Decision>][] = [
    [
      'URL',
      { urls: { include: ['/a'] }, isRunning: false },
      { url: '/b', overrides: { checkout: 'treatment' } },
      { variation: 'control' },
    ],
    [
      'OVERRIDE',
      { isRunning: false },
      { overrides: { checkout: 'treatment' }, isBot: true },
      { variation: 'treatment' },
    ],
    ['NOT_RUNNING', { isRunning: false }, { isBot: true }, { variation: 'control' }],
    ['BOT', late, { isBot: true, attributes: {} }, { variation: 'control' }],
    ['NO_UNIT', late, { attributes: {} }, { variation: 'control' }],
    ['STICKY', late, { remember: sticky(2, 'treatment') }, { variation: 'treatment' }],
    ['LAYER', late, {}, { variation: 'control' }],
    [
      'CONDITION',
      { condition: { plan: 'pro' }, prerequisites: [{ experiment: 'none', variations: ['x'] }] },
      {},
      {},
    ],
    ['PREREQUISITE', { coverage: 0, prerequisites: [{ experiment: 'none', variations: ['x'] }] }, {}, {}],
    ['COVERAGE', { coverage: 0, blocksEarlier: true }, { remember: sticky(1, 'treatment') }, {}],
    ['BLOCKED', { blocksEarlier: true }, { remember: sticky(1, 'treatment') }, { variation: 'control' }],
    ['ASSIGNED', {}, { remember: sticky(1, 'treatment') }, { variation: isIn('v1') }],
  ];
  it.each(cases)('%s', (reason, change, subject, expected) => {
    const isEnrolled = reason === 'STICKY' || reason === 'ASSIGNED';
    expect(ask(change, subject)).toMatchObject({ reason, isEnrolled, ...expected });
  });
});

it('passes over an override to a variation that there is not', () => {
  expect(ask({}, { overrides: { checkout: 'nope' } }).reason).toBe('ASSIGNED');
  expect(ask({ key: 'constructor' }, { overrides: {} }).reason).toBe('ASSIGNED');
});

it('forgets an assignment to a variation that the phase does not have', () => {
  expect(ask({}, { remember: sticky(2, 'gone') }).reason).toBe('ASSIGNED');
});

it('asks for the variation of a prerequisite', () => {
  const needs = (variation: string) =>
    ask({ prerequisites: [{ experiment: 'other', variations: [variation] }] }, {}, [other]);
  expect(needs(otherOf('v1')).reason).toBe('ASSIGNED');
  expect(needs(otherOf('v1') === 'control' ? 'treatment' : 'control').reason).toBe('PREREQUISITE');
});

it('ends where experiments are prerequisites of each other', () => {
  const circle = {
    ...other,
    prerequisites: [{ experiment: 'checkout', variations: ['control', 'treatment'] }],
  };
  const asked = ask({ prerequisites: [{ experiment: 'other', variations: ['control', 'treatment'] }] }, {}, [
    circle,
  ]);
  expect(asked.reason).toBe('PREREQUISITE');
});

it('keeps two experiments of a layer apart, for every unit', () => {
  const part = (from: number, to: number) => [
    { seed: 'layer', unitType: 'visitor', range: [from, to] as const },
  ];
  for (let n = 0; n < 1_000; n++) {
    const subject = { attributes: { visitor: `v${n}` } };
    const [left, right] = [ask({ layers: part(0, 0.5) }, subject), ask({ layers: part(0.5, 1) }, subject)];
    expect([left.isEnrolled, right.isEnrolled].sort()).toEqual([false, true]);
  }
});

describe('a visitor who signs in', () => {
  const byUser = { unitType: 'user', fallbackUnitType: 'visitor' };
  const known = new Map<string, string>();
  const remember: Subject['remember'] = (_, unitType, unitId) => {
    const variation = known.get(`${unitType} ${unitId}`);
    return variation === undefined ? undefined : { phase: 2, variation };
  };

  it('is drawn as a visitor first', () => {
    expect(ask(byUser)).toMatchObject({ variation: isIn('v1'), unit: { unitType: 'visitor' } });
  });
  it('keeps what the visitor had', () => {
    known.set('visitor v1', 'treatment');
    for (const user of ['u1', 'u2', 'u3'])
      expect(ask(byUser, { attributes: { visitor: 'v1', user }, remember })).toMatchObject({
        variation: 'treatment',
        reason: 'STICKY',
        unit: { unitType: 'user', unitId: user },
        mergedFrom: { unitType: 'visitor', unitId: 'v1' },
      });
  });
  it('keeps what the user had before', () => {
    known.set('user u1', 'control');
    const decision = ask(byUser, { attributes: { visitor: 'v1', user: 'u1' }, remember });
    expect(decision).toMatchObject({ variation: 'control', reason: 'STICKY' });
    expect(decision.mergedFrom).toBeUndefined();
  });
});

it.each([
  ['https://shop.example/checkout', ['/checkout'], true],
  ['https://shop.example/checkout?a=1#x', ['/checkout'], true],
  ['https://shop.example/checkout/pay', ['/checkout'], false],
  ['https://shop.example/checkout/pay', ['/checkout*'], true],
  ['https://shop.example/a?b=1', ['/a?b=*'], true],
  ['https://shop.example', ['/'], true],
  ['https://shop.example/de/a', ['https://shop.example/*/a'], true],
  ['https://other.example/de/a', ['https://shop.example/*'], false],
  ['/checkout', ['/checkout'], true],
  ['', ['/checkout'], false],
])('%j is on %j: %s', (url, include, expected) => {
  expect(isTargeted(url, { include })).toBe(expected);
});

it('leaves out what is excluded', () => {
  expect(isTargeted('https://shop.example/a/b', { include: ['/a/*'], exclude: ['*/b'] })).toBe(false);
  expect(isTargeted('https://shop.example/a/c', { exclude: ['*/b'] })).toBe(true);
});
