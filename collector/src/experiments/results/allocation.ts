import type { ExperimentResults } from '@footfall/schema';
import { testSampleRatio, testSampleRatioSequentially } from '../../statistics/sample-ratio.js';
import type { Definition } from './definition.js';
import type { ExposureRow } from './read-exposures.js';

/** Units of the phase by local day and variation. */
export type Allocation = {
  units: ExperimentResults['units'];
  sampleRatio: ExperimentResults['sampleRatio'];
};

const mismatchLevel = 0.01;

/** Who came to which variation, whether that fits the weights, and who saw more than one. */
export function judgeAllocation({ variations }: Definition, rows: readonly ExposureRow[]): Allocation {
  const keys = variations.map(({ key }) => key);
  const known = rows.filter(({ variation }) => variation !== null && keys.includes(variation));
  const daily = countDaily(known, keys);
  const counts = keys.map((_, index) => total(daily.map(({ units }) => units[index] ?? 0)));
  const multiple = rows.filter(({ variation }) => variation === null);
  const analysed = total(counts);
  return {
    units: {
      analysed,
      multipleExposures: total(multiple.map(({ units }) => units)),
      unknownVariations:
        total(rows.map(({ units }) => units)) - total(multiple.map(({ units }) => units)) - analysed,
      variations: variations.map(({ key, weight }, index) => ({
        variation: key,
        weight,
        units: counts[index] ?? 0,
      })),
      daily,
    },
    sampleRatio: judgeRatio({ counts, daily, weights: variations.map(({ weight }) => weight) }),
  };
}

type Ratio = { counts: number[]; daily: Allocation['units']['daily']; weights: number[] };

function judgeRatio({ counts, daily, weights }: Ratio): Allocation['sampleRatio'] {
  const running = counts.map(() => 0);
  const looks = daily.map(({ units }) =>
    running.map((_, index) => {
      running[index] = (running[index] ?? 0) + (units[index] ?? 0);
      return running[index];
    }),
  );
  const sequentialP = testSampleRatioSequentially(weights, looks);
  return {
    fixed: testSampleRatio({ counts, weights }) ?? null,
    sequentialP,
    isMismatch: sequentialP <= mismatchLevel,
  };
}

function countDaily(rows: readonly ExposureRow[], keys: readonly string[]): Allocation['units']['daily'] {
  const days = new Map<string, number[]>();
  for (const { day, variation, units } of rows) {
    const counts = days.get(day) ?? keys.map(() => 0);
    days.set(day, counts);
    counts[keys.indexOf(variation ?? '')] = units;
  }
  return [...days].map(([day, units]) => ({ day, units }));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
