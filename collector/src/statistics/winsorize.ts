/**
 * The values with those above their own `quantile` put down to it (Dixon 1960, Ann. Math. Stat. 31; here on one side, for
 * revenue). The quantile interpolates linearly between order statistics, as percentile_cont of SQL does (Hyndman and Fan
 * 1996, type 7). All variations share one limit, or they would be cut differently.
 */
export function winsorize(values: readonly number[], quantile: number): number[] {
  const limit = upperLimit(values, quantile);
  return values.map((value) => Math.min(value, limit));
}

function upperLimit(values: readonly number[], quantile: number): number {
  const sorted = Float64Array.from(values).sort();
  const position = quantile * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.POSITIVE_INFINITY;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (position - Math.floor(position)) * (above - below);
}
