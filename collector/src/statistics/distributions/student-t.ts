import { incompleteBeta } from './incomplete-beta.js';
import { logBeta } from './log-gamma.js';
import { normalQuantile } from './normal.js';

/** P(T > t) of Student's t distribution with `df` > 0 degrees of freedom, which need not be whole (DLMF 8.17, 26.7). */
export function studentSurvival(t: number, df: number): number {
  const square = t * t;
  const tail = 0.5 * incompleteBeta(df / (df + square), { a: df / 2, b: 0.5, rest: square / (df + square) });
  return t < 0 ? 1 - tail : tail;
}

/** The probability of a value at least as far from 0 as `t`, on both sides. */
export function studentTwoSided(t: number, df: number): number {
  return Math.min(1, 2 * studentSurvival(Math.abs(t), df));
}

const maxSteps = 200;

/**
 * The t that is exceeded with probability `p` < 1/2: Newton's method on the upper tail, kept inside a bracket.
 */
export function studentUpperQuantile(p: number, df: number): number {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let t = firstGuess(p, df);
  for (let step = 0; step < maxSteps; step++) {
    const excess = studentSurvival(t, df) - p;
    if (excess > 0) low = t;
    else high = t;
    const next = inside(t + excess / studentDensity(t, df), low, high);
    if (Math.abs(next - t) <= 4 * Number.EPSILON * t) return next;
    t = next;
  }
  return t;
}

// Abramowitz and Stegun 26.7.5, first term
function firstGuess(p: number, df: number): number {
  const z = -normalQuantile(p);
  return z + (z ** 3 + z) / (4 * df);
}

function inside(next: number, low: number, high: number): number {
  if (next > low && next < high) return next;
  return high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
}

function studentDensity(t: number, df: number): number {
  return Math.exp(-0.5 * (df + 1) * Math.log1p((t * t) / df) - 0.5 * Math.log(df) - logBeta(df / 2, 0.5));
}
