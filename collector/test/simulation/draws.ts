import type { Random } from '../random.js';

/** Two independent standard normal numbers (Box and Muller 1958). */
export function drawNormals(random: Random): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(random.uniform()));
  const angle = 2 * Math.PI * random.uniform();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

export function drawLogNormal(random: Random, deviation: number): number {
  return Math.exp(deviation * drawNormals(random)[0]);
}

/** How many of `n` units convert, each with the same probability: by inversion of the exact distribution. */
export function binomialDraw(n: number, probability: number): (random: Random) => number {
  const cumulative = new Float64Array(n + 1);
  let logTerm = n * Math.log1p(-probability);
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += Math.exp(logTerm);
    cumulative[k] = sum;
    logTerm += Math.log((n - k) / (k + 1)) + Math.log(probability) - Math.log1p(-probability);
  }
  return (random) => firstAbove(cumulative, random.uniform() * sum);
}

function firstAbove(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
