/** p-values of several comparisons, corrected for their number, in the order given. */
export type Correction = (pValues: readonly number[]) => number[];

/** Holm 1979, Scandinavian Journal of Statistics 6: keeps the chance of any false positive below the level. */
export const holm: Correction = (pValues) =>
  inOrder(pValues, 'ascending', (p, rank, count) => (count - rank) * p, Math.max);

/** Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57: keeps the expected share of false positives below the level. */
export const benjaminiHochberg: Correction = (pValues) =>
  inOrder(pValues, 'descending', (p, rank, count) => (count / (count - rank)) * p, Math.min);

function inOrder(
  pValues: readonly number[],
  order: 'ascending' | 'descending',
  scale: (p: number, rank: number, count: number) => number,
  keep: (...values: number[]) => number,
): number[] {
  const direction = order === 'ascending' ? 1 : -1;
  const sorted = pValues
    .map((p, index) => ({ p, index }))
    .sort((one, other) => direction * (one.p - other.p));
  const adjusted = new Array<number>(pValues.length);
  let kept: number | undefined;
  for (const [rank, { p, index }] of sorted.entries()) {
    const scaled = Math.min(1, scale(p, rank, pValues.length));
    kept = kept === undefined ? scaled : keep(kept, scaled);
    adjusted[index] = kept;
  }
  return adjusted;
}
