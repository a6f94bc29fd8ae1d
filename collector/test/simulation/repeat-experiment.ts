import { lookAtDifference } from '../../src/statistics/confidence-sequence.js';
import type { PairedSums } from '../../src/statistics/paired-sums.js';
import { testDifference } from '../../src/statistics/welch.js';
import { createRandom, type Random } from '../random.js';
import type { Population } from './populations.js';

export type Repetition = {
  population: Population;
  runs: number;
  looks: number;
  seed: number;
  /** True relative lift of the treatment; 0 makes it an A/A test. */
  lift: number;
  plannedUnits: number;
};

/** Shares of the runs in which the test called a difference. */
export type Called = {
  /** At any of the looks. */
  sequential: number;
  /** By the fixed-horizon test, at the last look alone. */
  fixed: number;
};

const alpha = 0.05;

/** Runs the same experiment many times with other units. */
export function repeatExperiment({ runs, seed, ...experiment }: Repetition): Called {
  const random = createRandom(seed);
  let sequential = 0;
  let fixed = 0;
  for (let run = 0; run < runs; run++) {
    const called = runOnce(random, experiment);
    if (called.sequential) sequential++;
    if (called.fixed) fixed++;
  }
  return { sequential: sequential / runs, fixed: fixed / runs };
}

function runOnce(
  random: Random,
  { population, looks, lift, plannedUnits }: Omit<Repetition, 'runs' | 'seed'>,
) {
  const sides = [
    { sums: emptySums(), arrive: population.start(), lift: 0 },
    { sums: emptySums(), arrive: population.start(), lift },
  ];
  const called = { sequential: false, fixed: false };
  for (let look = 1; look <= looks; look++) {
    for (const side of sides) side.arrive(random, side.sums, side.lift);
    const [control, treatment] = population.estimate(sides.map((side) => side.sums));
    if (!control || !treatment || !(control.variance + treatment.variance > 0)) continue;
    const { p } = lookAtDifference(control, treatment, { alpha, plannedUnits });
    if (p <= alpha) called.sequential = true;
    if (look === looks) called.fixed = testDifference(control, treatment, alpha).isSignificant;
  }
  return called;
}

function emptySums(): PairedSums {
  return { n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 };
}
