import { type ExperimentResults, experimentResultsSchema } from '@footfall/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKey, generateKey } from '../../src/access/keys.js';
import { addSite } from '../../src/access/sites.js';
import { describeResults } from '../../src/experiments/results/describe-results.js';
import { recordSignificance } from '../../src/experiments/results/record-significance.js';
import { inventVisitors, requestOf } from '../experiment-scenario.js';
import {
  adjustArms,
  armOf,
  errorOf,
  eventsAfter,
  findUnits,
  localDay,
  type OracleArm,
  type OracleEvent,
  type OracleUnit,
  type OracleVisitor,
  quantileOf,
  ratioOf,
  sequentialP,
  welchP,
} from '../oracle/experiment-results.js';
import { runFootfall } from '../run-footfall.js';
import { newId, startTestCollector, type TestCollector } from '../test-collector.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const timezone = 'America/New_York';
const start = Date.parse('2026-11-05T09:00:00Z');
const now = Date.parse('2026-11-20T12:00:00Z');
const event = (name: string) => ({ type: 'custom', name });
const metrics = [
  { key: 'signup', kind: 'proportion', role: 'primary', event: event('signup'), minimumEffect: 0.1 },
  { key: 'spend', kind: 'revenue', role: 'primary', event: event('purchase'), windowHours: 120 },
  { key: 'searches', kind: 'mean', event: event('search'), prePeriodDays: 7 },
  { key: 'items', kind: 'mean', event: event('purchase'), property: 'items', winsorize: 0.95 },
  {
    key: 'clicks',
    kind: 'ratio',
    event: { type: 'click' },
    denominator: { event: { type: 'pageview', path: '/shop/item_*' } },
  },
  { key: 'back', kind: 'retention', event: { type: 'pageview' }, retention: { fromDay: 1, toDay: 3 } },
  {
    key: 'timing',
    kind: 'quantile',
    event: event('timing'),
    property: 'ms',
    quantile: 0.9,
    goal: 'decrease',
  },
  { key: 'errors', kind: 'mean', role: 'guardrail', event: { type: 'error' }, goal: 'decrease', margin: 0.5 },
  { key: 'load', kind: 'mean', role: 'guardrail', event: event('search'), goal: 'decrease' },
  { key: 'never', kind: 'proportion', event: event('never') },
];
const plan = { alpha: 0.05, planned: 1_500 };
const variations = ['control', 'blue', 'green'];

let collector: TestCollector;
let clock = now;
const keys = { analyst: '', admin: '' };
let visitors: OracleVisitor[];

beforeAll(async () => {
  collector = await startTestCollector({ now: () => clock });
  await addSite(collector.database, { site: 'shop', siteKey: 'shop', timezone, retentionDays: 395 });
  for (const role of ['analyst', 'admin'] as const) {
    keys[role] = generateKey(role);
    await addKey(collector.database, { key: keys[role], role, name: 'test', sites: ['shop'] });
  }
  await startExperiment('checkout');
  visitors = inventVisitors(760, { start, now }, 20_261_120);
  await sendAll(visitors);
});
afterAll(() => collector.stop());

async function manage(path: string, body?: object) {
  const response = await fetch(`${collector.origin}/api/v1/experiments${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect({ ok: response.ok, body: await response.json() }).toMatchObject({ ok: true });
}

async function startExperiment(key: string, definition: object = {}) {
  clock = start;
  await manage('', {
    site: 'shop',
    key,
    variations: variations.map((variation, index) => ({ key: variation, weight: [0.45, 0.45, 0.1][index] })),
    metrics,
    plannedUnits: plan.planned,
    ...definition,
  });
  await manage(`/${key}/start?site=shop`);
  clock = now;
}

async function sendAll(all: readonly OracleVisitor[]) {
  const waiting = [...all];
  const work = async () => {
    for (let visitor = waiting.pop(); visitor; visitor = waiting.pop()) {
      const { body, headers } = requestOf(visitor, now);
      const { status, body: answer } = await collector.send(body, { site: 'shop', headers });
      expect({ status, answer }).toMatchObject({ status: 200, answer: { rejected: [] } });
    }
  };
  await Promise.all(Array.from({ length: 64 }, work));
}

async function ask(query = '', experiment = 'checkout', key = keys.analyst) {
  const response = await fetch(
    `${collector.origin}/api/v1/experiments/${experiment}/results?site=shop${query}`,
    {
      headers: { authorization: `Bearer ${key}` },
    },
  );
  return { status: response.status, body: await response.json() };
}

async function read(query = '', experiment = 'checkout'): Promise<ExperimentResults> {
  const { status, body } = await ask(query, experiment);
  expect({ status, logged: status === 200 ? [] : collector.logged }).toEqual({ status: 200, logged: [] });
  return experimentResultsSchema.strict().parse(body);
}

function metricOf(results: ExperimentResults, key: string) {
  const metric = results.metrics.find((one) => one.key === key);
  if (!metric) throw new Error(`no metric ${key}`);
  return metric;
}

function comparisonOf(results: ExperimentResults, key: string, variation = 'blue') {
  const found = metricOf(results, key).comparisons.find((one) => one.variation === variation);
  if (found?.status !== 'ok') throw new Error(`${key}: ${JSON.stringify(found)}`);
  return found;
}

type Value = (events: OracleEvent[], unit: OracleUnit) => number;

const isNamed = (name: string) => (one: OracleEvent) => one.name === name;
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const signup: Value = (events) => (events.some(isNamed('signup')) ? 1 : 0);
const searches: Value = (events) => events.filter(isNamed('search')).length;
const spend: Value = (events, { exposedAt }) =>
  sum(
    events
      .filter(isNamed('purchase'))
      .filter(({ at, currency = 'USD' }) => currency === 'USD' && at < exposedAt + 120 * hourMs)
      .map(({ value = 0 }) => value),
  );
const items: Value = (events) =>
  sum(
    events
      .filter(isNamed('purchase'))
      .map(({ props }) => (typeof props?.items === 'number' ? props.items : 0)),
  );
const clicks: Value = (events) => events.filter(({ type }) => type === 'click').length;
const shopViews: Value = (events) =>
  events.filter(({ type, path }) => type === 'pageview' && path?.startsWith('/shop/item_')).length;
const errors: Value = (events) => events.filter(({ type }) => type === 'error').length;
const back: Value = (events, { exposedAt }) => {
  const first = Date.parse(localDay(exposedAt, timezone));
  const days = events
    .filter(({ type }) => type === 'pageview')
    .map(({ at }) => (Date.parse(localDay(at, timezone)) - first) / dayMs);
  return days.some((day) => day >= 1 && day <= 3) ? 1 : 0;
};
const earlierSearches = ({ visitor, exposedAt }: OracleUnit) =>
  visitor.events.filter(isNamed('search')).filter(({ at }) => at < exposedAt && at >= exposedAt - 7 * dayMs)
    .length;

function unitsOf(variation: string): OracleUnit[] {
  const { units } = findUnits(visitors, { experiment: 'checkout', phase: 1, until: now });
  return units.filter((unit) => unit.variation === variation);
}

function valuesOf(variation: string, value: Value): number[] {
  return unitsOf(variation).map((unit) => value(eventsAfter(unit, now), unit));
}

function expectClose(actual: number | null | undefined, expected: number, relative = 1e-9) {
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

function expectArms(results: ExperimentResults, key: string, [control, treatment]: readonly OracleArm[]) {
  if (!control || !treatment) throw new Error('expected two arms');
  const found = comparisonOf(results, key);
  expectClose(metricOf(results, key).variations[0]?.mean, control.mean);
  expectClose(metricOf(results, key).variations[1]?.mean, treatment.mean);
  expectClose(found.fixed.difference, treatment.mean - control.mean);
  expectClose(found.fixed.standardError, errorOf(control, treatment));
  expectClose(found.fixed.p, welchP(control, treatment), 1e-6);
  expectClose(found.lift.lift, (treatment.mean - control.mean) / control.mean);
  expect(found.lift.isSignificant).toBe(found.fixed.isSignificant);
}

test.each<[string, Value]>([
  ['signup', signup],
  ['spend', spend],
  ['searches', searches],
  ['back', back],
  ['errors', errors],
])('%s equals the plain computation from all events', async (key, value) => {
  const results = await read(`&metric=${key}`);
  expectArms(results, key, [armOf(valuesOf('control', value)), armOf(valuesOf('blue', value))]);
});

test('units are those that saw one variation, and who saw two is counted', async () => {
  const { units, sampleRatio } = await read('&metric=signup');
  const { several } = findUnits(visitors, { experiment: 'checkout', phase: 1, until: now });
  expect(several).toBeGreaterThan(10);
  expect(units.multipleExposures).toBe(several);
  expect(units.variations.map((one) => one.units)).toEqual(variations.map((key) => unitsOf(key).length));
  expect(sampleRatio.isMismatch).toBe(false);
});

test('days are those of the site', async () => {
  const { units } = await read('&metric=signup');
  const days = new Map<string, number>();
  for (const { exposedAt } of variations.flatMap(unitsOf)) {
    const day = localDay(exposedAt, timezone);
    days.set(day, (days.get(day) ?? 0) + 1);
  }
  const read1 = units.daily.map(({ day, units: counts }) => [day, sum(counts)]);
  expect(read1).toEqual([...days].sort(([one], [other]) => (one < other ? -1 : 1)));
});

test('a ratio has the variance of its units', async () => {
  const pairsOf = (variation: string) =>
    unitsOf(variation).map((unit): [number, number] => {
      const events = eventsAfter(unit, now);
      return [clicks(events, unit), shopViews(events, unit)];
    });
  expectArms(await read('&metric=clicks'), 'clicks', [ratioOf(pairsOf('control')), ratioOf(pairsOf('blue'))]);
});

test('winsorised values are cut at one limit for all variations', async () => {
  const all = variations.flatMap((key) => valuesOf(key, items)).sort((one, other) => one - other);
  const position = 0.95 * (all.length - 1);
  const [below = 0, above = 0] = [all[Math.floor(position)], all[Math.ceil(position)]];
  const limit = below + (position - Math.floor(position)) * (above - below);
  expect(limit).toBeLessThan(all.at(-1) ?? 0);
  const cut = (variation: string) => armOf(valuesOf(variation, items).map((value) => Math.min(value, limit)));
  expectArms(await read('&metric=items'), 'items', [cut('control'), cut('blue')]);
});

test('the quantile is that of the values, and numbers beyond reason are no values', async () => {
  const results = await read('&metric=timing');
  const valuesBy = (variation: string) =>
    unitsOf(variation)
      .flatMap((unit) => eventsAfter(unit, now).filter(isNamed('timing')))
      .flatMap(({ props }) => (typeof props?.ms === 'number' && props.ms < 1e15 ? [props.ms] : []));
  expect(comparisonOf(results, 'timing').sequential).toBeNull();
  for (const [index, variation] of ['control', 'blue'].entries())
    expectClose(metricOf(results, 'timing').variations[index]?.mean, quantileOf(valuesBy(variation), 0.9));
});

test('CUPED equals the adjustment unit by unit, and sharpens the result', async () => {
  const results = await read('&metric=searches');
  const pairs = ['control', 'blue'].map((variation) =>
    unitsOf(variation).map((unit): [number, number] => [
      searches(eventsAfter(unit, now), unit),
      earlierSearches(unit),
    ]),
  );
  const [control, treatment] = adjustArms(pairs);
  if (!control || !treatment) throw new Error('expected two arms');
  const { cuped, fixed } = comparisonOf(results, 'searches');
  expectClose(cuped?.control, control.mean);
  expectClose(cuped?.fixed.difference, treatment.mean - control.mean);
  expectClose(cuped?.fixed.standardError, errorOf(control, treatment));
  expectClose(cuped?.fixed.p, welchP(control, treatment), 1e-6);
  expect(cuped?.fixed.standardError).toBeLessThan(0.95 * fixed.standardError);
});

function countedOn(day: string, variation: string, value: Value): number[] {
  return unitsOf(variation)
    .filter(({ exposedAt }) => localDay(exposedAt, timezone) <= day)
    .map((unit) =>
      value(
        eventsAfter(unit, now).filter(({ at }) => localDay(at, timezone) <= day),
        unit,
      ),
    );
}

test.each<[string, Value]>([
  ['spend', spend],
  ['signup', signup],
])(
  'the sequential p of %s is the smallest of all days, each recomputed from the start, and each is in the series',
  async (key, value) => {
    const days = new Set(visitors.flatMap(({ events }) => events.map(({ at }) => localDay(at, timezone))));
    let smallest = 1;
    const expected: { day: string; means: number[]; units: number; p: number }[] = [];
    for (const day of [...days].sort()) {
      const sides = ['control', 'blue'].map((variation) => countedOn(day, variation, value));
      const isEnough = sides.every(
        (values) => values.length >= 100 && (key !== 'signup' || sum(values) >= 5),
      );
      const [control, treatment] = sides.map(armOf);
      if (!isEnough || !control || !treatment) continue;
      const p = sequentialP(control, treatment, plan);
      smallest = Math.min(smallest, p);
      expected.push({ day, means: [control.mean, treatment.mean], units: control.n + treatment.n, p });
    }
    const { sequential, series = [] } = comparisonOf(await read(`&metric=${key}&series=true`), key);
    // A day on which nothing happened to the metric is no look.
    expect(series.length).toBeGreaterThan(3);
    expect(series).toHaveLength(sequential?.looks ?? 0);
    for (const { day, control, treatment, difference, lift, units, interval, p } of series) {
      const own = expected.find((one) => one.day === day);
      expect({ day, units }).toEqual({ day, units: own?.units });
      expectClose(control, own?.means[0] ?? Number.NaN, 1e-9);
      expectClose(treatment, own?.means[1] ?? Number.NaN, 1e-9);
      expectClose(difference, (own?.means[1] ?? Number.NaN) - (own?.means[0] ?? Number.NaN), 1e-9);
      expectClose(lift ?? Number.NaN, difference / control, 1e-9);
      expectClose(p, own?.p ?? Number.NaN, 1e-7);
      expectClose((interval.low + interval.high) / 2, difference, 1e-7);
      // The sequence leaves out zero exactly where its p is below the level.
      expect(interval.low > 0 || interval.high < 0).toBe(p < plan.alpha);
    }
    const plain = comparisonOf(await read(`&metric=${key}`), key);
    expect(plain).not.toHaveProperty('series');
    expectClose(series.at(-1)?.interval.low ?? Number.NaN, plain.sequential?.latest.low ?? Number.NaN);
    expect(smallest).toBeLessThan(0.9);
    expectClose(sequential?.p, smallest, 1e-7);
    expect(sequential?.isSignificant).toBe(smallest <= plan.alpha);
  },
);

test('complete windows leave out units whose window is still open', async () => {
  const isOver = ({ exposedAt }: OracleUnit) => exposedAt + 120 * hourMs <= now;
  const arms = ['control', 'blue'].map((variation) =>
    armOf(
      unitsOf(variation)
        .filter(isOver)
        .map((unit) => spend(eventsAfter(unit, now), unit)),
    ),
  );
  expect(arms[0]?.n).toBeLessThan(unitsOf('control').length);
  expectArms(await read('&metric=spend&completeWindows=true'), 'spend', arms);
});

test('a breakdown sums up to the whole, with corrected p-values', async () => {
  const results = await read('&metric=signup&breakdown=browser');
  const { breakdown } = metricOf(results, 'signup');
  expect(breakdown?.segments.map(({ value }) => value).sort()).toEqual(['Chrome', 'Firefox']);
  const pairs: { fixed: { p: number }; correctedP: number }[] = [];
  for (const { value, variations: cells, comparisons } of breakdown?.segments ?? []) {
    const own = unitsOf('blue').filter(({ visitor }) => visitor.browser === value);
    expect(cells[1]).toMatchObject({ variation: 'blue', units: own.length });
    const [blue] = comparisons;
    if (blue?.status !== 'ok') throw new Error('expected a comparison');
    pairs.push(blue);
  }
  const [least, most] = pairs.sort((one, other) => one.fixed.p - other.fixed.p);
  expect(least?.correctedP).toBe(2 * (least?.fixed.p ?? 0));
  expect(most?.correctedP).toBe(Math.max(most?.fixed.p ?? 0, least?.correctedP ?? 0));
  const [stratified] = breakdown?.postStratified ?? [];
  expectClose(stratified?.fixed.difference, comparisonOf(results, 'signup').fixed.difference, 0.2);
});

test('what there is too little of is said, with the numbers', async () => {
  const { comparisons } = metricOf(await read('&metric=never'), 'never');
  const control = unitsOf('control').length;
  expect(comparisons[0]).toEqual({
    variation: 'blue',
    status: 'not enough data',
    reason: `control: 0 of ${control} units converted, expected at least 5 that did and 5 that did not`,
  });
  const green = unitsOf('green').length;
  expect(metricOf(await read('&metric=spend'), 'spend').comparisons[1]).toEqual({
    variation: 'green',
    status: 'not enough data',
    reason: `green: ${green} units, expected at least 100`,
  });
});

test('an experiment without exposures says so for every metric', async () => {
  await startExperiment('empty');
  const results = await read('', 'empty');
  expect(results.units.analysed).toBe(0);
  expect(results.sampleRatio).toEqual({ fixed: null, sequentialP: 1, isMismatch: false });
  expect(results.metrics.flatMap(({ comparisons }) => comparisons.map(({ status }) => status))).toEqual(
    Array(metrics.length * 2).fill('not enough data'),
  );
});

test('p-values are corrected for the comparisons of the same role', async () => {
  const results = await read();
  const compared = ['signup', 'spend'].map((key) => comparisonOf(results, key));
  const [least, most] = compared.sort((one, other) => one.fixed.p - other.fixed.p);
  expect(least?.correctedP).toBe(Math.min(1, 2 * (least?.fixed.p ?? 0)));
  expect(most?.correctedP).toBe(Math.max(most?.fixed.p ?? 0, least?.correctedP ?? 0));
});

test('power, days to go, guardrail and prior are told', async () => {
  const results = await read();
  const { power, bayesian } = comparisonOf(results, 'signup');
  expect(bayesian).toMatchObject({ note: 'not protected against peeking' });
  expect(bayesian?.chanceToWin).toBeGreaterThan(0.9);
  expect(power?.fixed.unitsNeeded).toBeGreaterThan(1_000);
  expect(power?.sequential?.unitsNeeded).toBeGreaterThan(power?.fixed.unitsNeeded ?? 0);
  const lastDays = new Set(Array.from({ length: 7 }, (_, index) => localDay(now - index * dayMs, 'UTC')));
  const recent = [...unitsOf('control'), ...unitsOf('blue')].filter(({ exposedAt }) =>
    lastDays.has(localDay(exposedAt, timezone)),
  ).length;
  const missing = (power?.fixed.unitsNeeded ?? 0) - unitsOf('control').length - unitsOf('blue').length;
  expect(power?.fixed.daysToGo).toBe(Math.ceil(missing / (recent / 7)));
  expect(comparisonOf(results, 'errors').guardrail).toEqual({ margin: 0.5, verdict: 'safe' });
  expect(comparisonOf(results, 'load').guardrail).toEqual({ margin: 0.05, verdict: 'harmed' });
  expect(comparisonOf(results, 'spend').guardrail).toBeNull();
});

test('questions that cannot be answered say why', async () => {
  const problem = async (query: string, experiment?: string, key?: string) => {
    const { status, body } = await ask(query, experiment, key);
    return { status, code: body.error.code, path: body.error.path };
  };
  expect(await problem('', 'nothing')).toEqual({
    status: 404,
    code: 'unknown_experiment',
    path: 'experiment',
  });
  expect(await problem('', '%00')).toMatchObject({ status: 400, code: 'bad_text' });
  expect(await problem('&phase=2')).toEqual({ status: 404, code: 'unknown_experiment', path: 'experiment' });
  expect(await problem('&phase=x')).toEqual({ status: 400, code: 'bad_query', path: 'phase' });
  expect(await problem('&breakdown=exit_page')).toEqual({
    status: 400,
    code: 'bad_query',
    path: 'breakdown',
  });
  expect(await problem('&metric=other')).toEqual({ status: 404, code: 'unknown_metric', path: 'metric' });
  expect(await problem('', 'checkout', 'ff_analyst_wrong')).toMatchObject({ status: 401 });
});

test('a conversion that arrives late is in the next answer', async () => {
  const unit = unitsOf('control').find((one) => signup(eventsAfter(one, now), one) === 0);
  if (!unit) throw new Error('expected a unit without a signup');
  const before = metricOf(await read('&metric=signup'), 'signup').variations[0]?.total ?? 0;
  const late: OracleEvent = { type: 'custom', name: 'signup', at: unit.exposedAt + hourMs };
  await sendAll([{ ...unit.visitor, events: [late] }]);
  expect(metricOf(await read('&metric=signup'), 'signup').variations[0]?.total).toBe(before + 1);
});

test('the command prints the same in lines', async () => {
  const { code, stdout, stderr } = await runFootfall(['experiment', 'results', 'empty', '--site', 'shop'], {
    env: { DATABASE_URL: collector.url },
  }).finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('empty, phase 1, running: 2026-11-05T09:00 to ');
  expect(stdout).toContain('signup (primary proportion)\n  control: 0 units\n');
  expect(stdout).toContain('  blue: not enough data (control: 0 units, expected at least 100)\n');

  const results = await read('&metric=signup');
  const { lift, sequential, bayesian } = comparisonOf(results, 'signup');
  const percent = (share = Number.NaN) => `${(100 * share).toFixed(1)} %`;
  const line = describeResults(results)
    .split('\n')
    .find((one) => one.startsWith('  blue'));
  expect(line).toContain(`blue: ${percent(metricOf(results, 'signup').variations[1]?.mean ?? Number.NaN)}; `);
  expect(line).toContain(`lift +${percent(lift.lift ?? Number.NaN)} (`);
  expect(line).toContain(`at any look p = ${sequential?.p.toFixed(4)}`);
  expect(line).toContain(`chance to win ${percent(bayesian?.chanceToWin)} (not protected against peeking)`);
});

test('an account is a unit by the property of its events', async () => {
  await startExperiment('by-account', { unitType: 'account' });
  const accounts = Array.from({ length: 240 }, (_, index) => `account-${index}`);
  const variationOf = (index: number) => (index % 2 === 0 ? 'control' : 'blue');
  const at = start + dayMs;
  const events = accounts.flatMap((account, index): OracleEvent[] => [
    {
      type: 'exposure',
      at,
      props: {
        experiment: 'by-account',
        variation: variationOf(index),
        phase: 1,
        unitType: 'account',
        unit: account,
      },
    },
    {
      type: 'custom',
      name: 'signup',
      at: at + hourMs,
      props: { account: index % 3 === 0 ? account : 'nobody' },
    },
  ]);
  await sendAll([{ id: 'clerk', isBot: false, browser: 'Chrome', events }]);
  const results = await read('&metric=signup', 'by-account');
  expect(results.unitType).toBe('account');
  expect(metricOf(results, 'signup').variations).toMatchObject([
    { variation: 'control', units: 120, total: 40 },
    { variation: 'blue', units: 120, total: 40 },
    { variation: 'green', units: 0, total: 0, mean: null },
  ]);
});

test('a user is a unit across visitors', async () => {
  await startExperiment('by-user', { unitType: 'user' });
  const at = start + dayMs;
  const props = { experiment: 'by-user', variation: 'blue', phase: 1, unitType: 'user' };
  const send = (visitor: string, event: object) =>
    collector.send(
      { sentAt: now, visitor: { id: visitor, userId: 'ada' }, events: [{ id: newId(at), ts: at, ...event }] },
      { site: 'shop' },
    );
  await send('phone', { type: 'exposure', props });
  await send('laptop', { type: 'custom', name: 'signup' });
  const results = await read('&metric=signup', 'by-user');
  expect(metricOf(results, 'signup').variations[1]).toMatchObject({ variation: 'blue', units: 1, total: 1 });
});

test('after the end windows run out, and nothing else counts', async () => {
  const ended = start + 8 * dayMs;
  clock = ended;
  await manage('/checkout/stop?site=shop', {});
  clock = now;
  const { units } = findUnits(visitors, { experiment: 'checkout', phase: 1, until: ended });
  const inArm = (variation: string) => units.filter((unit) => unit.variation === variation);
  const armsOf = (value: Value, until: number) =>
    ['control', 'blue'].map((variation) =>
      armOf(inArm(variation).map((unit) => value(eventsAfter(unit, until), unit))),
    );
  expect(armsOf(spend, now)[0]?.mean).toBeGreaterThan(armsOf(spend, ended)[0]?.mean ?? 0);
  const results = await read();
  expect(results).toMatchObject({ status: 'stopped', until: new Date(ended).toISOString() });
  expectArms(results, 'spend', armsOf(spend, now));
  expectArms(results, 'searches', armsOf(searches, ended));
  expect(comparisonOf(results, 'spend').power?.fixed.daysToGo).toBeNull();
});

test('a stopped experiment keeps its significance, readable by SQL', async () => {
  await recordSignificance(collector.database, now, (line) => expect.fail(line));
  const { p } = comparisonOf(await read('&metric=signup'), 'signup').sequential ?? { p: Number.NaN };
  const rows = await collector.query<{ status: string; statistical_significance: string }>(
    `select status, statistical_significance from social.experiments where name = 'checkout'`,
  );
  expect(rows).toEqual([{ status: 'stopped', statistical_significance: p.toFixed(4) }]);
});
