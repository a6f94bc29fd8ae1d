import { readFileSync } from 'node:fs';
import type { Arm } from '../../../src/statistics/arm.js';
import type { PairedSums } from '../../../src/statistics/paired-sums.js';

type Comparison = {
  alpha: number;
  control: Arm;
  treatment: Arm;
  welch: { p: number; degreesOfFreedom: number; low: number; high: number };
  fieller: { shape: 'inside' | 'outside' | 'all'; ends: number[] };
  delta: { estimate: number; standardError: number };
  sequence: { plannedUnits: number; low: number; high: number; p: number };
  bayes: {
    prior: { mean: number; standardDeviation: number };
    chanceToWin: number;
    riskOfTreatment: number;
    riskOfControl: number;
    low: number;
    high: number;
  };
};

type KnownValues = {
  distributions: Record<string, number[][]>;
  comparisons: Comparison[];
  cuped: { sums: PairedSums[]; theta: number; arms: Arm[] };
  ratios: { sums: PairedSums; mean: number; variance: number }[];
  quantiles: { quantile: number; below: PairedSums; low: number; high: number }[];
  postStratification: { strata: Arm[][]; means: number[]; standardErrors: number[] };
  sampleRatios: {
    counts: number[];
    weights: number[];
    statistic: number;
    p: number;
    logBayesFactor: number;
  }[];
  corrections: { p: number[]; holm: number[]; benjaminiHochberg: number[] }[];
  power: {
    design: { variance: number; treatmentShare: number; alpha: number };
    difference: number;
    units: number;
    power: number;
    unitsNeeded: number;
    unitsToPlan: number;
  }[];
};

const file = new URL('../../fixtures/statistics/known-values.json', import.meta.url);

/** By SciPy and NumPy; make-known-values.py beside the file says how. */
export const known = JSON.parse(readFileSync(file, 'utf8')) as KnownValues;
