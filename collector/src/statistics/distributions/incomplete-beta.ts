import { continuedFraction } from './continued-fraction.js';
import { logBeta } from './log-gamma.js';

/**
 * I_x(a, b), the regularised incomplete beta function (DLMF 8.17.2), for a, b > 0.
 *
 * @param x between 0 and 1
 * @param rest 1 - x, for callers that know it better than the subtraction does
 */
export function incompleteBeta(x: number, { a, b, rest = 1 - x }: { a: number; b: number; rest?: number }) {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - leftTail(rest, x, b, a);
  return leftTail(x, rest, a, b);
}

// DLMF 8.17.22; settles quickly left of the mean.
function leftTail(x: number, rest: number, a: number, b: number): number {
  const fraction = continuedFraction(1, (k) => [coefficient(k, x, a, b), 1]);
  const power = a * logOf(x, rest) + b * logOf(rest, x) - logBeta(a, b);
  return Math.exp(power) / (a * fraction);
}

function coefficient(k: number, x: number, a: number, b: number): number {
  const half = Math.floor(k / 2);
  const position = a + 2 * half;
  if (k % 2 === 0) return (half * (b - half) * x) / ((position - 1) * position);
  return (-(a + half) * (a + b + half) * x) / (position * (position + 1));
}

function logOf(x: number, rest: number): number {
  return rest < 0.5 ? Math.log1p(-rest) : Math.log(x);
}
