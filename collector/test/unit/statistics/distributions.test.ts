import { expect, test } from 'vitest';
import { chiSquareSurvival } from '../../../src/statistics/distributions/chi-square.js';
import { incompleteBeta } from '../../../src/statistics/distributions/incomplete-beta.js';
import { upperGamma } from '../../../src/statistics/distributions/incomplete-gamma.js';
import { logGamma } from '../../../src/statistics/distributions/log-gamma.js';
import { normalCdf, normalQuantile } from '../../../src/statistics/distributions/normal.js';
import { studentSurvival, studentUpperQuantile } from '../../../src/statistics/distributions/student-t.js';
import { expectClose } from './close-to.js';
import { known } from './known-values.js';

const functions: Record<string, (...input: number[]) => number> = {
  studentSurvival: (t = Number.NaN, df = Number.NaN) => studentSurvival(t, df),
  studentUpperQuantile: (p = Number.NaN, df = Number.NaN) => studentUpperQuantile(p, df),
  normalCdf: (z = Number.NaN) => normalCdf(z),
  normalQuantile: (p = Number.NaN) => normalQuantile(p),
  chiSquareSurvival: (x = Number.NaN, df = Number.NaN) => chiSquareSurvival(x, df),
  incompleteBeta: (x = Number.NaN, a = Number.NaN, b = Number.NaN) => incompleteBeta(x, { a, b }),
  upperGamma: (a = Number.NaN, x = Number.NaN) => upperGamma(a, x),
  logGamma: (x = Number.NaN) => logGamma(x),
};

test.each(Object.entries(functions))('%s agrees with SciPy to ten digits', (name, compute) => {
  const rows = known.distributions[name] ?? [];
  expect(rows.length).toBeGreaterThan(9);
  for (const row of rows) {
    const input = row.slice(0, -1);
    const expected = row.at(-1) ?? Number.NaN;
    expectClose(compute(...input), expected, { absolute: 1e-290, of: `${name}(${input}):` });
  }
});
