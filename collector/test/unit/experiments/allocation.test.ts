import { expect, test } from 'vitest';
import { judgeAllocation } from '../../../src/experiments/results/allocation.js';
import type { Definition } from '../../../src/experiments/results/definition.js';

const definition: Definition = {
  site: 'demo',
  experiment: 'checkout',
  status: 'running',
  phase: 1,
  unitType: 'visitor',
  timezone: 'UTC',
  currency: 'EUR',
  alpha: 0.05,
  plannedUnits: 10_000,
  startedAt: new Date('2026-11-01T00:00:00Z'),
  endedAt: null,
  variations: [
    { key: 'control', weight: 0.5 },
    { key: 'blue', weight: 0.5 },
    { key: 'closed', weight: 0 },
  ],
  metrics: [],
};
const rowsOf = (day: string, control: number, blue: number) => [
  { day, variation: 'control', units: control },
  { day, variation: 'blue', units: blue },
];

test('units are counted by day, and apart from them who saw several or unknown variations', () => {
  const { units } = judgeAllocation(definition, [
    ...rowsOf('2026-11-01', 10, 12),
    { day: '2026-11-01', variation: null, units: 3 },
    { day: '2026-11-02', variation: 'blue', units: 7 },
    { day: '2026-11-02', variation: 'green', units: 2 },
  ]);
  expect(units).toEqual({
    analysed: 29,
    multipleExposures: 3,
    unknownVariations: 2,
    variations: [
      { variation: 'control', weight: 0.5, units: 10 },
      { variation: 'blue', weight: 0.5, units: 19 },
      { variation: 'closed', weight: 0, units: 0 },
    ],
    daily: [
      { day: '2026-11-01', units: [10, 12, 0] },
      { day: '2026-11-02', units: [0, 7, 0] },
    ],
  });
});

test('a variation that gets too many is a mismatch', () => {
  const { sampleRatio } = judgeAllocation(definition, rowsOf('2026-11-01', 400, 600));
  expect(sampleRatio.isMismatch).toBe(true);
  expect(sampleRatio.fixed?.degreesOfFreedom).toBe(1);
});

test('a mismatch stays one after the counts have evened out', () => {
  const rows = [...rowsOf('2026-11-01', 400, 600), ...rowsOf('2026-11-02', 1_200, 1_000)];
  const { sampleRatio } = judgeAllocation(definition, rows);
  expect(sampleRatio.fixed?.p).toBe(1);
  expect(sampleRatio.isMismatch).toBe(true);
});
