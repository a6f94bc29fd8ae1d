import { continuedFraction } from './continued-fraction.js';
import { logGamma, stirlingError, stirlingFrom } from './log-gamma.js';

/** Q(a, x), the upper regularised incomplete gamma function (DLMF 8.2.4), for a > 0 and x >= 0. */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

// DLMF 8.7.1
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; term > sum * Number.EPSILON; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum * powerOverGamma(a, x);
}

// DLMF 8.9.2, in its even form
function upperFraction(a: number, x: number): number {
  const fraction = continuedFraction(x + 1 - a, (k) => [-k * (k - a), x + 1 - a + 2 * k]);
  return powerOverGamma(a, x) / fraction;
}

// x^a e^-x / Γ(a); for large a in a form where ln x^a and ln Γ(a) do not cancel.
function powerOverGamma(a: number, x: number): number {
  if (a < stirlingFrom) return Math.exp(a * Math.log(x) - x - logGamma(a));
  const excess = (x - a) / a;
  const logPower = a * (Math.log1p(excess) - excess) - stirlingError(a);
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(logPower);
}
