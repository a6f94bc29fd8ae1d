import { upperGamma } from './incomplete-gamma.js';

/** P(X > x) of the chi-square distribution with `df` > 0 degrees of freedom (DLMF 8.2.4, a = df/2 at x/2). */
export function chiSquareSurvival(x: number, df: number): number {
  return upperGamma(df / 2, x / 2);
}
