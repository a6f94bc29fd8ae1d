const tiny = 1e-300;
const maxSteps = 1_000_000;

/**
 * b0 + a1 / (b1 + a2 / (b2 + …)) by the modified Lentz algorithm (Thompson and Barnett 1986, J. Comput. Phys. 64).
 *
 * @param term the k-th pair [a, b], k = 1, 2, …
 * @throws Error when it does not settle
 */
export function continuedFraction(first: number, term: (k: number) => readonly [number, number]): number {
  let value = first === 0 ? tiny : first;
  let upper = value;
  let lower = 0;
  for (let k = 1; k < maxSteps; k++) {
    const [a, b] = term(k);
    lower = 1 / awayFromZero(b + a * lower);
    upper = awayFromZero(b + a / upper);
    const change = upper * lower;
    value *= change;
    if (Math.abs(change - 1) < Number.EPSILON) return value;
  }
  throw new Error(`continuedFraction: not settled after ${maxSteps} steps`);
}

function awayFromZero(value: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
