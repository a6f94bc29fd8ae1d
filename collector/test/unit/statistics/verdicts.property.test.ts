import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Arm } from '../../../src/statistics/arm.js';
import { fiellerLift } from '../../../src/statistics/fieller.js';
import { testDifference } from '../../../src/statistics/welch.js';

const mean = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.constant(0),
);
const arm: fc.Arbitrary<Arm> = fc.record({
  n: fc.integer({ min: 2, max: 1_000_000 }),
  mean,
  variance: fc.oneof(
    fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    fc.double({ min: 0.01, max: 10, noNaN: true }),
  ),
});
// Half of the pairs lie close together, where the verdict hangs on the last digits.
const pair = fc
  .tuple(arm, arm, fc.double({ min: -5, max: 5, noNaN: true }), fc.boolean())
  .map(([control, treatment, distance, isNear]) => {
    const error = Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
    return {
      control,
      treatment: isNear ? { ...treatment, mean: control.mean + distance * error } : treatment,
    };
  });
const level = fc.constantFrom(0.01, 0.05, 0.1);

test('the absolute and the relative verdict agree in 10,000 of 10,000 comparisons', () => {
  fc.assert(
    fc.property(pair, level, ({ control, treatment }, alpha) => {
      const absolute = testDifference(control, treatment, alpha);
      const relative = fiellerLift(control, absolute);
      expect(relative.isSignificant).toBe(absolute.isSignificant);
      if (relative.set.shape === 'inside' && absolute.isSignificant)
        expect(Math.sign(relative.set.low)).toBe(Math.sign(absolute.difference));
    }),
    { numRuns: 10_000, seed: 50_031 },
  );
});

test('the verdict is that of the p-value, and of both intervals', () => {
  fc.assert(
    fc.property(pair, level, ({ control, treatment }, alpha) => {
      const { p, interval, isSignificant } = testDifference(control, treatment, alpha);
      expect(interval.low > 0 || interval.high < 0).toBe(isSignificant);
      if (Math.abs(p - alpha) > 1e-9) expect(p < alpha).toBe(isSignificant);
    }),
    { numRuns: 2_000, seed: 50_032 },
  );
});
