import { expect, test, vi } from 'vitest';
import {
  bellCurve,
  clickRatio,
  conversions,
  growingRevenue,
  type Population,
  revenue,
  withPrePeriod,
} from '../simulation/populations.js';
import { repeatQuantileTest } from '../simulation/quantiles.js';
import { repeatExperiment } from '../simulation/repeat-experiment.js';
import { watchAllocation } from '../simulation/sample-ratio.js';

// The seeds were chosen before the first run and are not changed: a seed that passes is no evidence.
// `npm run test:simulations` is the long form, with the narrower limits of 10,000 runs.
const runs = Number(process.env.FOOTFALL_SIMULATION_RUNS ?? 2_000);
const fixedLimits = runs >= 10_000 ? { low: 0.044, high: 0.056 } : { low: 0.036, high: 0.064 };
const looks = 150;
vi.setConfig({ testTimeout: 170_000 });

type Case = { name: string; population: Population; perLook: number; seed: number };

const sameInBothArms: Case[] = [
  { name: 'conversion of 50 %', population: conversions(0.5, 100), perLook: 100, seed: 50_001 },
  { name: 'conversion of 10 %', population: conversions(0.1, 100), perLook: 100, seed: 50_002 },
  { name: 'conversion of 1 %', population: conversions(0.01, 100), perLook: 100, seed: 50_003 },
  { name: 'heavy-tailed revenue', population: revenue(1.5, 400), perLook: 400, seed: 50_004 },
  { name: 'CUPED', population: withPrePeriod(10), perLook: 10, seed: 50_005 },
  { name: 'a ratio metric', population: clickRatio(20), perLook: 20, seed: 50_006 },
  { name: 'a bell curve', population: bellCurve(10), perLook: 10, seed: 50_007 },
  { name: 'revenue that units add to later', population: growingRevenue(50), perLook: 50, seed: 50_008 },
];

test.each(sameInBothArms)(
  '$name: A/A tests are called at their level',
  ({ population, perLook, seed, name }) => {
    const plannedUnits = 2 * perLook * looks;
    const called = repeatExperiment({ population, runs, looks, seed, lift: 0, plannedUnits });
    report(name, { ...called });
    expect(called.sequential).toBeLessThanOrEqual(0.05);
    expect(called.fixed).toBeGreaterThanOrEqual(fixedLimits.low);
    expect(called.fixed).toBeLessThanOrEqual(fixedLimits.high);
  },
);

test('a few large orders make the tests careful, not eager', () => {
  const population = revenue(1.8, 100);
  const called = repeatExperiment({ population, runs, looks, seed: 50_009, lift: 0, plannedUnits: 30_000 });
  report('revenue of few orders', { ...called });
  expect(called.sequential).toBeLessThanOrEqual(0.05);
  expect(called.fixed).toBeLessThanOrEqual(fixedLimits.high);
});

test.each([
  { quantile: 0.5, seed: 50_041 },
  { quantile: 0.9, seed: 50_042 },
])('the quantile $quantile of values in groups is called at its level', ({ quantile, seed }) => {
  const called = repeatQuantileTest({ quantile, runs, seed });
  report(`quantile ${quantile}`, { fixed: called });
  expect(called).toBeGreaterThanOrEqual(fixedLimits.low);
  expect(called).toBeLessThanOrEqual(fixedLimits.high);
});

// Per look and arm: what an 80 % plan for a lift of a tenth needs, divided by 150.
const tenthMore: Case[] = [
  { name: 'conversion of 50 %', population: conversions(0.5, 11), perLook: 11, seed: 50_011 },
  { name: 'conversion of 10 %', population: conversions(0.1, 96), perLook: 96, seed: 50_012 },
  { name: 'conversion of 1 %', population: conversions(0.01, 1_040), perLook: 1_040, seed: 50_013 },
  { name: 'revenue', population: revenue(1, 560), perLook: 560, seed: 50_014 },
  { name: 'CUPED', population: withPrePeriod(6), perLook: 6, seed: 50_015 },
  { name: 'a ratio metric', population: clickRatio(25), perLook: 25, seed: 50_016 },
];

test.each(tenthMore)('$name: looking all the time costs less than half the power', (row) => {
  const { population, perLook, seed, name } = row;
  const plannedUnits = 2 * perLook * looks;
  const called = repeatExperiment({ population, runs, looks, seed, lift: 0.1, plannedUnits });
  report(name, { ...called, share: called.sequential / called.fixed });
  expect(called.fixed).toBeGreaterThan(0.74);
  expect(called.fixed).toBeLessThan(0.92);
  expect(called.sequential / called.fixed).toBeGreaterThanOrEqual(0.55);
});

const sixtyDays = Array.from({ length: 60 }, () => 1_000);
const ramp = [...Array(5).fill(100), ...Array(5).fill(250), ...Array(10).fill(500), ...Array(40).fill(1_000)];

test.each([
  { name: 'even allocation', perDay: sixtyDays, seed: 50_021 },
  { name: 'coverage ramped from a tenth to all', perDay: ramp, seed: 50_022 },
])('$name: at most one in a hundred is taken for a mismatch in 60 looks', ({ name, perDay, seed }) => {
  const alarms = watchAllocation({ perDay, share: 0.5 }, { runs, seed });
  const shareOf = (test: 'sequential' | 'daily') => alarms.filter((alarm) => alarm[test] < 61).length / runs;
  report(name, { sequential: shareOf('sequential'), 'chi-square every day': shareOf('daily') });
  expect(shareOf('sequential')).toBeLessThanOrEqual(0.01);
  expect(shareOf('daily')).toBeGreaterThan(0.03);
});

test('52 to 48 at a thousand units a day is found within two weeks', () => {
  const alarms = watchAllocation({ perDay: sixtyDays, share: 0.52 }, { runs, seed: 50_023 });
  const days = alarms.map((alarm) => alarm.sequential).sort((one, other) => one - other);
  const median = days[Math.floor(days.length / 2)] ?? Number.POSITIVE_INFINITY;
  report('52 to 48', { 'median day': median });
  expect(median).toBeLessThanOrEqual(14);
});

function report(name: string, figures: Record<string, number>): void {
  if (process.env.FOOTFALL_SIMULATION_RUNS === undefined) return;
  console.log(name, ...Object.entries(figures).map(([key, value]) => `${key} ${value.toFixed(4)}`));
}
