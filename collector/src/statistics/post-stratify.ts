import type { Arm } from './arm.js';
import { squaredError } from './arm.js';

/**
 * One estimate a variation from its strata: each stratum counts with its share of all units, whatever its share within
 * the variation is by chance (Miratrix, Sekhon and Yu 2013, J. R. Stat. Soc. B 75). Strata must be known before the
 * exposure. Needs two units in every stratum of every variation.
 *
 * @param strata the arms of the variations, in one order, for each stratum
 */
export function postStratify(strata: readonly (readonly Arm[])[]): Arm[] {
  const sizes = strata.map((arms) => arms.reduce((sum, { n }) => sum + n, 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const shares = sizes.map((size) => size / total);
  return (strata[0] ?? []).map((_, variation) =>
    combine(
      strata.map((arms) => arms[variation]),
      shares,
    ),
  );
}

function combine(arms: readonly (Arm | undefined)[], shares: readonly number[]): Arm {
  const combined = { n: 0, mean: 0, error: 0 };
  for (const [index, arm] of arms.entries()) {
    if (!arm) throw new Error('postStratify: expected the same variations in every stratum');
    const share = shares[index] ?? 0;
    combined.n += arm.n;
    combined.mean += share * arm.mean;
    combined.error += share * share * squaredError(arm);
  }
  return { n: combined.n, mean: combined.mean, variance: combined.error * combined.n };
}
